//! What stands in a `search` command: comparisons, free text and their combinations.

use super::Macro;
use crate::Span;

/// A condition of a `search` command.
#[derive(Clone, Debug)]
pub struct Search {
    /// What the condition says.
    pub kind: SearchKind,
    /// The text of the condition, its own parentheses included.
    pub span: Span,
    /// How many pairs of parentheses were written around it. Not part of equality.
    pub parens: u32,
}

/// The forms of a condition. `OR` binds tighter than `AND` here.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchKind {
    /// `a b` or `a AND b`, at least two operands.
    And(Vec<Search>),
    /// `a OR b`, at least two operands.
    Or(Vec<Search>),
    /// `NOT a`.
    Not(Box<Search>),
    /// `field=value` and its like.
    Compare {
        /// The field; its name is case-sensitive.
        field: Literal,
        /// The operator.
        op: SearchOp,
        /// The value; a `*` in it is a wildcard, quoted or not.
        value: Literal,
    },
    /// `field IN (a, b)`.
    In {
        /// The field.
        field: Literal,
        /// The values; a `*` in one is a wildcard.
        values: Vec<Literal>,
    },
    /// A word or phrase without a field, searched in the raw event.
    Text(Literal),
    /// `TERM(…)` or `CASE(…)`.
    Term {
        /// Which of the two.
        kind: TermKind,
        /// What stands between the parentheses.
        text: Literal,
    },
    /// `` `name(arguments)` ``.
    Macro(Macro),
    /// `[ search … ]`: the text between the brackets.
    Subsearch(String),
}

/// The comparisons of `search`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SearchOp {
    /// `=`
    Eq,
    /// `!=`: the field is there and some value of it differs.
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl SearchOp {
    /// The operator as written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

/// The directives that change how free text is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TermKind {
    /// `TERM(x)`: one indexed term, minor breakers included.
    Term,
    /// `CASE(x)`: case counts.
    Case,
}

impl TermKind {
    /// The directive as written.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Case => "CASE",
        }
    }
}

/// A field name, a value or a word of free text.
#[derive(Clone, Debug)]
pub struct Literal {
    /// The content: `\"`, `\\` and `\|` are unescaped, any other backslash stands for itself.
    pub text: String,
    /// Whether it stood (or is to be printed) in double quotes. Not part of equality: quotes
    /// change nothing but what the text may hold.
    pub quoted: bool,
    /// The raw text, quotes and escapes included.
    pub span: Span,
}

impl Literal {
    /// Text that is printed without quotes where that is possible.
    pub fn bare(text: impl Into<String>) -> Self {
        Self { text: text.into(), quoted: false, span: Span::default() }
    }

    /// Text that is printed in double quotes.
    pub fn quoted(text: impl Into<String>) -> Self {
        Self { text: text.into(), quoted: true, span: Span::default() }
    }

    /// A field name: quoted where it holds more than letters, digits, `_` and `.`.
    pub fn field(name: impl Into<String>) -> Self {
        let text = name.into();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let quoted = text.is_empty() || !text.chars().all(plain);
        Self { text, quoted, span: Span::default() }
    }

    /// Whether this is one `*` and nothing else: as a value it asks whether the field exists.
    pub fn is_star(&self) -> bool {
        self.text == "*"
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Search {
    /// A condition without a position.
    pub fn new(kind: SearchKind) -> Self {
        Self::spanned(kind, Span::default())
    }

    /// `a b …`. The operands must be two or more to read back as the same tree.
    pub fn and(operands: Vec<Search>) -> Self {
        Self::new(SearchKind::And(operands))
    }

    /// `a OR b …`. The operands must be two or more to read back as the same tree.
    pub fn or(operands: Vec<Search>) -> Self {
        Self::new(SearchKind::Or(operands))
    }

    /// `NOT a`.
    #[allow(clippy::should_implement_trait)] // named after the keyword, like `and` and `or`
    pub fn not(operand: Search) -> Self {
        Self::new(SearchKind::Not(Box::new(operand)))
    }

    /// `field op value`.
    pub fn compare(field: Literal, op: SearchOp, value: Literal) -> Self {
        Self::new(SearchKind::Compare { field, op, value })
    }

    /// `field=*`.
    pub fn exists(field: Literal) -> Self {
        Self::compare(field, SearchOp::Eq, Literal::bare("*"))
    }

    /// `field IN (a, b)`. There must be one value at least.
    pub fn any_of(field: Literal, values: Vec<Literal>) -> Self {
        Self::new(SearchKind::In { field, values })
    }

    /// Free text.
    pub fn text(text: Literal) -> Self {
        Self::new(SearchKind::Text(text))
    }

    /// `` `text` ``.
    pub fn call(text: impl Into<String>) -> Self {
        Self::new(SearchKind::Macro(Macro::new(text)))
    }

    pub(in crate::spl) fn spanned(kind: SearchKind, span: Span) -> Self {
        Self { kind, span, parens: 0 }
    }

    pub(in crate::spl) fn in_parens(mut self, span: Span) -> Self {
        self.span = span;
        self.parens += 1;
        self
    }
}

impl PartialEq for Search {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}
