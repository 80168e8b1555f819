//! The smallest pieces of KQL text, as `logos` finds them; `lexer` joins them into tokens.
//!
//! Words are not pieces: an unquoted value runs on over spaces until a special character or a
//! keyword, and `not` + whitespace is a keyword even inside a word (`cannot open`). So text comes
//! in runs that never cover an `n`, and longest match decides between that letter and `not `.
//! `and` and `or` need whitespace on both sides and take it with them.

use logos::Logos;

#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(subpattern space = r"[ \t\r\n\u{a0}]")]
pub(super) enum Raw {
    #[token(":")]
    Colon,
    #[token("(")]
    OpenParen,
    #[token(")")]
    CloseParen,
    #[token("{")]
    OpenBrace,
    #[token("}")]
    CloseBrace,
    #[token("<")]
    Lt,
    #[token("<=")]
    Lte,
    #[token(">")]
    Gt,
    #[token(">=")]
    Gte,
    #[token("*")]
    Star,
    /// A backslash never hides the end of the text: `"\"` is unterminated.
    #[regex(r#""([^"\\]|\\(?s:.))*""#)]
    Quoted,
    #[regex(r#""([^"\\]|\\(?s:.))*"#)]
    Unterminated,
    #[regex("(?&space)+")]
    Space,
    #[regex("(?&space)+(?i:and)(?&space)+")]
    And,
    #[regex("(?&space)+(?i:or)(?&space)+")]
    Or,
    #[regex("(?i:not)(?&space)+")]
    Not,
    #[regex(r"\\[trn]")]
    EscapedSpace,
    #[regex(r#"\\[\\():<>"*{}]"#)]
    EscapedSpecial,
    /// One UTF-16 code unit.
    #[regex(r"\\u[0-9a-fA-F]{4}")]
    EscapedUnit,
    /// `\not` is missing on purpose: Kibana reads it as a newline and `ot`.
    #[regex(r"\\(?i:or|and)")]
    #[regex(r"\\N(?i:ot)")]
    EscapedKeyword,
    #[token("\\")]
    Backslash,
    #[regex(r#"[^\\():<>"*{} \t\r\n\u{a0}nN]+"#)]
    #[regex("[nN]")]
    Text,
}

/// Whitespace between tokens, as Kibana's grammar counts it.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{a0}')
}

/// What JavaScript's `trim` removes; more than `is_space`.
pub(super) fn is_js_space(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}
