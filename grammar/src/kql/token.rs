//! The tokens of the KQL grammar.

use super::ast::{Literal, RangeOp};

#[derive(Clone, Debug)]
pub(super) enum Token {
    Colon,
    OpenParen,
    CloseParen,
    OpenBrace,
    CloseBrace,
    Compare(RangeOp),
    And,
    Or,
    Not,
    Literal(Literal),
}
