//! The tokens of the filter grammar, and the words that become one.

use super::ast::{Key, Op, Value};

#[derive(Clone, Debug)]
pub(super) enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Key(Key),
    /// `=` and `!=`: any literal may follow.
    Equality(Op),
    /// `<` and its like: a number or text may follow.
    Order(Op),
    /// `like` and its like: only text may follow.
    Matching(Op),
    Str(Value),
    Number(Value),
    /// `null`, `true`, `false`.
    Constant(Value),
}

/// A word with a fixed meaning, in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    And,
    Or,
    Not,
    Matching(Op),
    Null,
    Bool(bool),
}

impl Word {
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "and" => Self::And,
            "or" => Self::Or,
            "not" => Self::Not,
            "like" => Self::Matching(Op::Like),
            "starts_with" => Self::Matching(Op::StartsWith),
            "ends_with" => Self::Matching(Op::EndsWith),
            "null" => Self::Null,
            "true" => Self::Bool(true),
            "false" => Self::Bool(false),
            _ => return None,
        })
    }

    /// What a machine-translated page means by this word: the English keyword.
    pub(super) fn translate(text: &str) -> Option<&'static str> {
        Some(match text.to_ascii_lowercase().as_str() {
            "und" | "且" => "and",
            "oder" | "或" => "or",
            "nicht" => "not",
            "beginnt_mit" => "starts_with",
            "endet_mit" => "ends_with",
            _ => return None,
        })
    }
}
