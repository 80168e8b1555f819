//! The smallest pieces of a filter, as `logos` finds them; `lexer` turns them into tokens.

use logos::Logos;

#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    #[regex(r"\s+")]
    Space,
    #[token("(")]
    Open,
    #[token(")")]
    Close,
    #[token("=")]
    Eq,
    #[token("!=")]
    Ne,
    #[token("<")]
    Lt,
    #[token("<=")]
    Lte,
    #[token(">")]
    Gt,
    #[token(">=")]
    Gte,
    /// Operators of other languages, to be refused by name.
    #[regex(r"==|=~|!~|~|<>|&&|\|\||!|:")]
    Foreign,
    #[regex(r#""([^"\\]|\\(?s:.))*""#)]
    #[regex(r"'([^'\\]|\\(?s:.))*'")]
    Quoted,
    #[regex(r#""([^"\\]|\\(?s:.))*"#)]
    #[regex(r"'([^'\\]|\\(?s:.))*")]
    Unterminated,
    #[regex("[„“”‚‘’«»]")]
    TypographicQuote,
    /// `and` in the Chinese edition of the vendor's pages, and `or` by analogy.
    #[regex("[且或]")]
    ChineseKeyword,
    #[regex(r"-?[0-9]+(\.[0-9]+)?")]
    Number,
    #[regex(r"[A-Za-z_@][A-Za-z0-9_\-]*(\.[A-Za-z0-9_@][A-Za-z0-9_\-]*)*")]
    Word,
}
