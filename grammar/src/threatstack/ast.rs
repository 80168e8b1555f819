//! The syntax tree of a Threat Stack filter.
//!
//! Trees are compared without spans, quotation styles and parentheses that do not change the
//! structure, so that a printed and re-read tree equals the original.

use crate::Span;

/// A condition.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What the condition says.
    pub kind: ExprKind,
    /// The text of the condition, its own parentheses included.
    pub span: Span,
    /// How many pairs of parentheses were written around it. Not part of equality.
    pub parens: u32,
}

/// The forms of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `a and b and c`, at least two operands.
    And(Vec<Expr>),
    /// `a or b or c`, at least two operands.
    Or(Vec<Expr>),
    /// `not a`: an extension, never seen in the product.
    Not(Box<Expr>),
    /// `key = "value"` and its like.
    Comparison(Comparison),
}

/// A key, an operator and a literal.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The key.
    pub key: Key,
    /// The operator.
    pub op: Op,
    /// Where the operator stands. Not part of equality.
    pub op_span: Span,
    /// What the key is compared with.
    pub value: Value,
}

/// A key: names joined by dots. Case counts.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key as written.
    pub path: String,
    /// Where it stands.
    pub span: Span,
}

/// The comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// `=`
    Eq,
    /// `!=`
    Ne,
    /// `<`: an extension.
    Lt,
    /// `<=`: an extension.
    Lte,
    /// `>`
    Gt,
    /// `>=`: an extension.
    Gte,
    /// `starts_with`
    StartsWith,
    /// `ends_with`
    EndsWith,
    /// `like`: contains; there are no wildcards.
    Like,
}

/// A literal.
#[derive(Clone, Debug)]
pub struct Value {
    /// The content.
    pub kind: ValueKind,
    /// The raw text, quotation marks included.
    pub span: Span,
}

/// The forms of a literal.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// Text, unescaped.
    Str {
        /// The text.
        text: String,
        /// How it was marked as text. Not part of equality.
        quotes: Quotes,
    },
    /// A number.
    Number(Number),
    /// `null`: the key is missing.
    Null,
    /// `true` or `false`: an extension.
    Bool(bool),
}

/// How a text literal was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quotes {
    /// `"…"`
    Double,
    /// `'…'`
    Single,
    /// `„…“`, `«…»` and the like, or a mismatched pair (lenient mode only).
    Typographic,
    /// None at all (lenient mode only).
    Bare,
}

/// An unquoted number: an optional minus, digits, and perhaps a fraction.
#[derive(Clone, Debug)]
pub struct Number {
    /// The number as written.
    pub text: String,
}

impl Number {
    /// The value, if it is an integer of at most 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        self.text.parse().ok()
    }

    /// The nearest floating-point value.
    pub fn as_f64(&self) -> f64 {
        // The lexer lets nothing through that Rust does not read as a number.
        self.text.parse().unwrap_or(f64::NAN)
    }
}

impl Key {
    /// A key without a position.
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), span: Span::default() }
    }

    /// The names between the dots.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.path.split('.')
    }
}

impl Op {
    /// The operator as written in a filter.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Lte => "<=",
            Self::Gt => ">",
            Self::Gte => ">=",
            Self::StartsWith => "starts_with",
            Self::EndsWith => "ends_with",
            Self::Like => "like",
        }
    }
}

impl Value {
    /// Quoted text without a position.
    pub fn str(text: impl Into<String>) -> Self {
        Self::of(ValueKind::Str { text: text.into(), quotes: Quotes::Double })
    }

    /// An integer without a position.
    pub fn int(value: i64) -> Self {
        Self::of(ValueKind::Number(Number { text: value.to_string() }))
    }

    /// `null` without a position.
    pub fn null() -> Self {
        Self::of(ValueKind::Null)
    }

    /// `true` or `false` without a position.
    pub fn bool(value: bool) -> Self {
        Self::of(ValueKind::Bool(value))
    }

    fn of(kind: ValueKind) -> Self {
        Self { kind, span: Span::default() }
    }
}

impl Expr {
    /// A condition without a position.
    pub fn new(kind: ExprKind) -> Self {
        Self::spanned(kind, Span::default())
    }

    /// `a and b …`. The operands must be two or more to read back as the same tree.
    pub fn and(operands: Vec<Expr>) -> Self {
        Self::new(ExprKind::And(operands))
    }

    /// `a or b …`. The operands must be two or more to read back as the same tree.
    pub fn or(operands: Vec<Expr>) -> Self {
        Self::new(ExprKind::Or(operands))
    }

    /// `not a`.
    #[allow(clippy::should_implement_trait)] // named after the keyword, like `and` and `or`
    pub fn not(operand: Expr) -> Self {
        Self::new(ExprKind::Not(Box::new(operand)))
    }

    /// `key op value`.
    pub fn comparison(key: Key, op: Op, value: Value) -> Self {
        Self::new(ExprKind::Comparison(Comparison { key, op, op_span: Span::default(), value }))
    }

    pub(super) fn spanned(kind: ExprKind, span: Span) -> Self {
        Self { kind, span, parens: 0 }
    }

    pub(super) fn in_parens(mut self, span: Span) -> Self {
        self.span = span;
        self.parens += 1;
        self
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Comparison {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.op == other.op && self.value == other.value
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (&self.kind, &other.kind) {
            (ValueKind::Str { text: a, .. }, ValueKind::Str { text: b, .. }) => a == b,
            (ValueKind::Number(a), ValueKind::Number(b)) => a.text == b.text,
            (ValueKind::Null, ValueKind::Null) => true,
            (ValueKind::Bool(a), ValueKind::Bool(b)) => a == b,
            _ => false,
        }
    }
}
