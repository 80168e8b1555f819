//! Three lexers, one for each way in which the text of a command is cut. All positions are those
//! of the whole text.

mod eval;
mod names;
mod search;

use super::error::SyntaxError;
use super::token::Token;
use crate::Span;

pub(super) use eval::EvalLexer;
pub(super) use names::NameLexer;
pub(super) use search::SearchLexer;

/// A token or the mistake that stands in its place.
pub(super) type Lexed = Result<(Token, Span), SyntaxError>;

/// A part of the text that is read as one command.
pub(super) trait Lexer {
    /// The next token; `None` at the end.
    fn next_token(&mut self) -> Option<Lexed>;
}

/// Undoes the escapes `\X` for the characters given; any other backslash stands for itself.
fn unescaped(text: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some(next) if special.contains(&next) => out.push(next),
            Some(next) => out.extend([c, next]),
            None => out.push(c),
        }
    }
    out
}
