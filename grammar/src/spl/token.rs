//! The tokens of the SPL grammar: one set for the three ways in which the text of a command is
//! cut, as conditions of `search`, as expressions and as lists of names.

use super::ast::{ArithmeticOp, CompareOp, Literal, Macro, Name, SearchOp, TermKind};

#[derive(Clone, Debug)]
pub(super) enum Token {
    OpenParen,
    CloseParen,
    Comma,
    And,
    Or,
    Not,
    Xor,
    In,
    Macro(Macro),

    // Conditions of `search`.
    Literal(Literal),
    SearchOp(SearchOp),
    Term(TermKind, Literal),
    Subsearch(String),

    // Expressions; `=` in lists of names, too.
    Equals,
    Compare(CompareOp),
    Like,
    Minus,
    Sum(ArithmeticOp),
    Dot,
    Product(ArithmeticOp),
    Identifier(String),
    Field(String),
    Text(String),
    Number(String),

    // Lists of names.
    Name(Name),
    As,
    By,
}

/// What a token is, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An open parenthesis.
    Open,
    /// A closing parenthesis.
    Close,
    Comma,
    /// An operator that stands before its operand.
    Prefix,
    /// A comparison.
    Compare,
    /// Any other operator between two operands.
    Infix,
    Operand,
}

impl Token {
    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::OpenParen => Shape::Open,
            Self::CloseParen => Shape::Close,
            Self::Comma => Shape::Comma,
            Self::Not => Shape::Prefix,
            Self::SearchOp(_) | Self::Compare(_) | Self::Equals | Self::Like => Shape::Compare,
            Self::And
            | Self::Or
            | Self::Xor
            | Self::In
            | Self::Minus
            | Self::Sum(_)
            | Self::Dot
            | Self::Product(_)
            | Self::As
            | Self::By => Shape::Infix,
            Self::Macro(_)
            | Self::Literal(_)
            | Self::Term(..)
            | Self::Subsearch(_)
            | Self::Identifier(_)
            | Self::Field(_)
            | Self::Text(_)
            | Self::Number(_)
            | Self::Name(_) => Shape::Operand,
        }
    }
}
