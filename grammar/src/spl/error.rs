//! What can be wrong with an SPL text.

use std::fmt;

use crate::error::shown;

/// A mistake in SPL.
pub type SyntaxError = crate::SyntaxError<ErrorKind>;

/// The mistakes that are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No command at all.
    Empty,
    /// Nothing between two `|`, or behind the last one.
    EmptyCommand,
    /// A quotation mark without its partner.
    UnterminatedQuote,
    /// A backquote without its partner.
    UnterminatedMacro,
    /// A bracket that is never closed.
    Unclosed(char),
    /// A bracket that closes nothing.
    Unopened(char),
    /// An operator without its operand, or a comparison without its value.
    MissingOperand(String),
    /// `==` in `search`.
    DoubleEquals,
    /// `in (…)` in `search`.
    LowercaseIn,
    /// `field=(…)` in `search`.
    ValueList,
    /// `{}` in an expression outside quotes.
    UnquotedBraces,
    /// More open brackets than [`crate::MAX_DEPTH`].
    TooDeep,
    /// The text ends too early.
    UnexpectedEnd,
    /// Something that does not fit where it stands.
    Unexpected(String),
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no search"),
            Self::EmptyCommand => f.write_str("there is no command behind this `|`"),
            Self::UnterminatedQuote => f.write_str("this quotation mark is never closed"),
            Self::UnterminatedMacro => f.write_str("this backquote is never closed"),
            Self::Unclosed(c) => write!(f, "`{c}` is never closed"),
            Self::Unopened(c) => write!(f, "`{c}` closes nothing"),
            Self::MissingOperand(operator) => write!(f, "`{operator}` lacks an operand"),
            Self::DoubleEquals => f.write_str("`search` compares with one `=`"),
            Self::LowercaseIn => f.write_str("`IN` is an operator of `search` in upper case only"),
            Self::ValueList => f.write_str("a list of values is written with `IN`"),
            Self::UnquotedBraces => {
                f.write_str("a field name with `{}` needs single quotes in an expression")
            }
            Self::TooDeep => f.write_str("brackets are nested too deeply"),
            Self::UnexpectedEnd => f.write_str("the command ends too early"),
            Self::Unexpected(text) => write!(f, "{} does not fit here", shown(text)),
        }
    }
}

impl crate::ErrorKind for ErrorKind {
    fn help(&self) -> Option<String> {
        Some(
            match self {
                Self::Empty => "write at least one condition",
                Self::EmptyCommand => "remove the `|`, or write a command behind it",
                Self::UnterminatedQuote => "close the text with `\"`; a quotation mark inside it is `\\\"`",
                Self::UnterminatedMacro => "close the macro with a backquote",
                Self::DoubleEquals => "write `field=value`; `==` belongs to `where` and `eval`",
                Self::LowercaseIn => "write `field IN (a, b)`",
                Self::ValueList => "write `field IN (a, b)`",
                Self::UnquotedBraces => "write 'requestParameters.items{}.name', in single quotes",
                Self::TooDeep => "at most 200 brackets may be open at once",
                Self::Unclosed(_)
                | Self::Unopened(_)
                | Self::MissingOperand(_)
                | Self::UnexpectedEnd
                | Self::Unexpected(_) => return None,
            }
            .to_owned(),
        )
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::EmptyCommand => "empty-command",
            Self::UnterminatedQuote => "unterminated-quote",
            Self::UnterminatedMacro => "unterminated-macro",
            Self::Unclosed(_) => "unclosed",
            Self::Unopened(_) => "unopened",
            Self::MissingOperand(_) => "missing-operand",
            Self::DoubleEquals => "double-equals",
            Self::LowercaseIn => "lowercase-in",
            Self::ValueList => "value-list",
            Self::UnquotedBraces => "unquoted-braces",
            Self::TooDeep => "too-deep",
            Self::UnexpectedEnd => "unexpected-end",
            Self::Unexpected(_) => "unexpected",
        }
    }
}

impl SyntaxError {
    /// The short stable name of the mistake.
    pub fn name(&self) -> &'static str {
        crate::ErrorKind::name(&self.kind)
    }
}
