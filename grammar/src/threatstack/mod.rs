//! The filter language of Threat Stack rules and suppressions.
//!
//! There is no public grammar; this one accepts every complete filter that was found, and reports
//! what goes beyond them as [`Note`]s. [`Mode::Lenient`] also reads text that was copied from web
//! pages and says what it mended.

mod ast;
mod context;
mod diagnose;
mod error;
mod lexer;
mod notes;
mod print;
mod raw;
mod repair;
mod text;
mod token;
mod trap;

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, missing_docs, unused_lifetimes)] // generated code
    grammar,
    "/threatstack/grammar.rs"
);

pub use ast::{Comparison, Expr, ExprKind, Key, Number, Op, Quotes, Value, ValueKind};
pub use error::{ErrorKind, Foreign, SyntaxError};
pub use print::print;
pub use repair::{Extension, Note, Repair, RepairKind};
pub use trap::{Trap, TrapKind, lints};

/// How forgiving to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// What the product itself accepts, and known extensions.
    Strict,
    /// Also what typesetting and machine translation make of it.
    Lenient,
}

/// A filter that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The condition.
    pub expr: Expr,
    /// What had to be mended, in text order; always empty in strict mode.
    pub repairs: Vec<Repair>,
    /// Constructs that no real filter shows, in text order.
    pub notes: Vec<Note>,
}

/// Reads a filter.
///
/// # Errors
///
/// The first mistake, with its position; [`ErrorKind::Empty`] for a blank filter. At most
/// [`crate::MAX_DEPTH`] parentheses may be open at once.
pub fn parse(source: &str, mode: Mode) -> Result<Parsed, SyntaxError> {
    let mut tokens = context::Tokens::new(source, mode);
    match grammar::FilterParser::new().parse(&mut tokens) {
        Ok(expr) => {
            Ok(Parsed { notes: notes::extensions(source, &expr), expr, repairs: tokens.lexer.repairs })
        }
        Err(error) => Err(diagnose::diagnose(error, &tokens)),
    }
}
