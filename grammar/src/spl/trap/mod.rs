//! Traps of SPL: text that is valid but probably does not say what its author meant.

mod eval;
mod search;

use super::ast::{CommandKind, Pipeline};
use crate::TrapKind as _;

/// A suspicious place in a search.
pub type Trap = crate::Trap<TrapKind>;

/// The traps that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrapKind {
    /// `and`, `or` or `not` in `search`: a word that is searched.
    LowercaseOperator,
    /// `field=a OR b`: `b` is free text.
    BareAlternative,
    /// `a OR b c` without parentheses in `search`.
    MixedAndOr,
    /// `field!=value` in `search`.
    NotEquals,
    /// `field!=*`.
    NotEqualsStar,
    /// `\*` in `search`.
    EscapedStar,
    /// `?` in a value of `search`.
    QuestionMark,
    /// `field='value'` in `search`.
    SingleQuotes,
    /// `field=NULL` in `search`.
    Null,
    /// `"field" = …` in an expression.
    QuotedField,
    /// `a.b` in an expression.
    DottedField,
    /// A `*` in a text that an expression compares.
    StarInExpression,
    /// A `*` in a pattern of `like`.
    StarInLike,
}

impl crate::TrapKind for TrapKind {
    fn explain(&self) -> &'static str {
        match self {
            Self::LowercaseOperator => {
                "in `search` only AND, OR and NOT are operators; this word is searched"
            }
            Self::BareAlternative => "the field is compared with the first value only; the rest is free text",
            Self::MixedAndOr => "`search` evaluates OR before AND",
            Self::NotEquals => "`!=` does not match events without the field; `NOT field=value` does",
            Self::NotEqualsStar => "`!=*` matches no event",
            Self::EscapedStar => "an asterisk cannot be escaped in `search`; this one is a wildcard",
            Self::QuestionMark => "`?` is no wildcard in `search`; it stands for itself",
            Self::SingleQuotes => "single quotes are part of the value in `search`",
            Self::Null => {
                "this compares with the text, whatever its case; it does not ask for a missing field"
            }
            Self::QuotedField => "in an expression this is a text, not a field",
            Self::DottedField => "in an expression `.` joins the values of two fields",
            Self::StarInExpression => "an expression compares whole texts: `*` stands for itself",
            Self::StarInLike => "the wildcards of `like` are `%` and `_`: `*` stands for itself",
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::LowercaseOperator => "lowercase-operator",
            Self::BareAlternative => "bare-alternative",
            Self::MixedAndOr => "mixed-and-or",
            Self::NotEquals => "not-equals",
            Self::NotEqualsStar => "not-equals-star",
            Self::EscapedStar => "escaped-star",
            Self::QuestionMark => "question-mark",
            Self::SingleQuotes => "single-quotes",
            Self::Null => "null",
            Self::QuotedField => "quoted-field",
            Self::DottedField => "dotted-field",
            Self::StarInExpression => "star-in-expression",
            Self::StarInLike => "star-in-like",
        }
    }
}

impl TrapKind {
    /// Every trap.
    pub const ALL: [Self; 13] = [
        Self::LowercaseOperator,
        Self::BareAlternative,
        Self::MixedAndOr,
        Self::NotEquals,
        Self::NotEqualsStar,
        Self::EscapedStar,
        Self::QuestionMark,
        Self::SingleQuotes,
        Self::Null,
        Self::QuotedField,
        Self::DottedField,
        Self::StarInExpression,
        Self::StarInLike,
    ];
}

impl std::fmt::Display for TrapKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The traps of a pipeline that was read from `source`, in order of the text.
pub fn lints(source: &str, pipeline: &Pipeline) -> Vec<Trap> {
    let mut traps = Vec::new();
    for command in &pipeline.commands {
        match &command.kind {
            CommandKind::Search(Some(search)) => search::find(source, search, &mut traps),
            CommandKind::Where(expr) => eval::find(source, expr, &mut traps),
            CommandKind::Eval(list) => {
                list.iter().for_each(|assignment| eval::find(source, &assignment.value, &mut traps));
            }
            _ => {}
        }
    }
    traps.sort_by_key(|trap| (trap.span.start, trap.span.end));
    traps
}
