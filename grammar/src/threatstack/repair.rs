//! What lenient reading mends and what both modes accept beyond the seen language.

use crate::Span;

/// A place that strict reading would refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// What was wrong.
    pub kind: RepairKind,
    /// The text as found.
    pub span: Span,
    /// The text that it was read as.
    pub replacement: String,
}

/// What lenient reading mends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RepairKind {
    /// `„…“`, `”…”`, `«…»`: quotation marks of a typesetter.
    TypographicQuotes,
    /// A straight quotation mark closed by a typographic one or the other way round.
    MismatchedQuotes,
    /// `und`, `beginnt_mit`, `且`: a machine-translated keyword.
    LocalisedKeyword,
    /// Text without quotation marks behind an operator.
    BareValue,
}

impl RepairKind {
    /// One sentence on what was wrong.
    pub const fn explain(self) -> &'static str {
        match self {
            Self::TypographicQuotes => "typographic quotation marks were read as straight ones",
            Self::MismatchedQuotes => "the quotation marks around this text do not match",
            Self::LocalisedKeyword => "a translated keyword was read as the English one",
            Self::BareValue => "a value without quotation marks was read as text",
        }
    }

    /// A short stable name in kebab case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TypographicQuotes => "typographic-quotes",
            Self::MismatchedQuotes => "mismatched-quotes",
            Self::LocalisedKeyword => "localised-keyword",
            Self::BareValue => "bare-value",
        }
    }
}

/// A construct that is accepted although it was never seen in a real filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Which construct.
    pub kind: Extension,
    /// Where.
    pub span: Span,
}

/// Constructs beyond the language that real filters show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extension {
    /// `not`
    Not,
    /// `<`, `<=` or `>=`
    OrderOperator,
    /// `true` or `false` without quotation marks
    Boolean,
    /// `-` or `@` in a key
    KeyCharacter,
    /// `\"`, `\'` or `\\` in text
    Escape,
    /// A negative number or a fraction.
    Number,
}

impl Extension {
    /// One sentence on what it is.
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Not => "`not` is not known to exist in Threat Stack",
            Self::OrderOperator => "of the order operators only `>` is known to exist",
            Self::Boolean => "booleans are not known to exist in Threat Stack",
            Self::KeyCharacter => "keys with `-` or `@` are not known to exist in Threat Stack",
            Self::Escape => "escape sequences are not known to exist in Threat Stack",
            Self::Number => "only integers without a sign are known to exist in Threat Stack",
        }
    }

    /// A short stable name in kebab case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Not => "not",
            Self::OrderOperator => "order-operator",
            Self::Boolean => "boolean",
            Self::KeyCharacter => "key-character",
            Self::Escape => "escape",
            Self::Number => "number",
        }
    }
}
