//! The KQL syntax tree: what was written, including value lists and parentheses, but no meaning.
//!
//! Trees are compared without spans and without parentheses that do not change the structure,
//! so that a printed and re-read tree equals the original. Back ends build trees with the
//! constructors below; such nodes carry empty spans.

use crate::Span;

/// A whole query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// `None` for a blank query, which matches everything.
    pub expr: Option<Expr>,
}

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
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `a and b and c`, at least two operands.
    And(Vec<Expr>),
    /// `a or b or c`, at least two operands.
    Or(Vec<Expr>),
    /// `not a`.
    Not(Box<Expr>),
    /// `field: value`, `field: (x or y)`, or free text without a field.
    Is {
        /// `None` for free text.
        field: Option<Literal>,
        /// One literal, or a list of them joined by `and`, `or` and `not`.
        value: ValueExpr,
    },
    /// `field < value` and its like.
    Range {
        /// The field.
        field: Literal,
        /// The operator.
        op: RangeOp,
        /// Where the operator stands. Not part of equality.
        op_span: Span,
        /// The bound. A `*` in it stays text for Elasticsearch, although it parses as a wildcard.
        value: Literal,
    },
    /// `path: { body }`: conditions on one element of a nested field; field names in the body
    /// are relative to the path.
    Nested {
        /// The nested field.
        path: Literal,
        /// The conditions.
        body: Box<Expr>,
    },
}

/// What may stand behind `field:`. Every literal in it is compared with that same field.
#[derive(Clone, Debug)]
pub struct ValueExpr {
    /// A literal or a combination.
    pub kind: ValueKind,
    /// The text of the value, its own parentheses included.
    pub span: Span,
    /// How many pairs of parentheses were written around it. Not part of equality.
    pub parens: u32,
}

/// The forms of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// A single literal.
    Literal(Literal),
    /// `(x and y)`, at least two operands.
    And(Vec<ValueExpr>),
    /// `(x or y)`, at least two operands.
    Or(Vec<ValueExpr>),
    /// `(not x)`.
    Not(Box<ValueExpr>),
}

/// The comparison of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RangeOp {
    /// `<`
    Lt,
    /// `<=`
    Lte,
    /// `>`
    Gt,
    /// `>=`
    Gte,
}

impl RangeOp {
    /// The operator as written in a query.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Lte => "<=",
            Self::Gt => ">",
            Self::Gte => ">=",
        }
    }
}

/// A field name or a value. Both follow the same rules: an unquoted field name `true` is the
/// boolean, and either may hold spaces, escapes and wildcards.
#[derive(Clone, Debug)]
pub struct Literal {
    /// The content, unescaped and typed.
    pub kind: LiteralKind,
    /// The raw text, quotes and escapes included.
    pub span: Span,
}

/// The forms of a literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LiteralKind {
    /// `"…"`: text that is never typed and never a wildcard.
    Quoted(String),
    /// Unquoted text, trimmed. Numbers are text too.
    Text(String),
    /// Unquoted text with at least one unescaped `*`.
    Wildcard(Vec<Segment>),
    /// Unquoted `true` or `false`.
    Bool(bool),
    /// Unquoted `null`.
    Null,
}

/// A part of a wildcard literal. Text parts are never empty and never adjacent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Characters that stand for themselves, an escaped `*` included.
    Text(String),
    /// An unescaped `*`: any characters.
    Star,
}

impl Literal {
    /// The text of a literal where wildcards mean nothing: a star stands for itself.
    pub fn plain(&self) -> String {
        match &self.kind {
            LiteralKind::Quoted(text) | LiteralKind::Text(text) => text.clone(),
            LiteralKind::Bool(value) => value.to_string(),
            LiteralKind::Null => "null".into(),
            LiteralKind::Wildcard(segments) => segments
                .iter()
                .map(|segment| match segment {
                    Segment::Text(text) => text.as_str(),
                    Segment::Star => "*",
                })
                .collect(),
        }
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

    /// `field: value`.
    pub fn is(field: Literal, value: impl Into<ValueExpr>) -> Self {
        Self::new(ExprKind::Is { field: Some(field), value: value.into() })
    }

    /// `field: *`.
    pub fn exists(field: Literal) -> Self {
        Self::is(field, Literal::star())
    }

    /// A value without a field.
    pub fn free_text(value: Literal) -> Self {
        Self::new(ExprKind::Is { field: None, value: value.into() })
    }

    /// `field < value`.
    pub fn range(field: Literal, op: RangeOp, value: Literal) -> Self {
        Self::new(ExprKind::Range { field, op, op_span: Span::default(), value })
    }

    /// `path: { body }`.
    pub fn nested(path: Literal, body: Expr) -> Self {
        Self::new(ExprKind::Nested { path, body: Box::new(body) })
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

impl ValueExpr {
    /// A value without a position.
    pub fn new(kind: ValueKind) -> Self {
        Self::spanned(kind, Span::default())
    }

    /// `(x and y …)`. The operands must be two or more to read back as the same tree.
    pub fn and(operands: Vec<ValueExpr>) -> Self {
        Self::new(ValueKind::And(operands))
    }

    /// `(x or y …)`. The operands must be two or more to read back as the same tree.
    pub fn or(operands: Vec<ValueExpr>) -> Self {
        Self::new(ValueKind::Or(operands))
    }

    /// `(not x)`.
    #[allow(clippy::should_implement_trait)] // named after the keyword, like `and` and `or`
    pub fn not(operand: ValueExpr) -> Self {
        Self::new(ValueKind::Not(Box::new(operand)))
    }

    pub(super) fn spanned(kind: ValueKind, span: Span) -> Self {
        Self { kind, span, parens: 0 }
    }

    pub(super) fn in_parens(mut self, span: Span) -> Self {
        self.span = span;
        self.parens += 1;
        self
    }
}

impl From<Literal> for ValueExpr {
    fn from(literal: Literal) -> Self {
        let span = literal.span;
        Self::spanned(ValueKind::Literal(literal), span)
    }
}

// Equality leaves out spans and parentheses; everything else is compared.

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for ExprKind {
    fn eq(&self, other: &Self) -> bool {
        use ExprKind::{And, Is, Nested, Not, Or, Range};
        match (self, other) {
            (And(a), And(b)) | (Or(a), Or(b)) => a == b,
            (Not(a), Not(b)) => a == b,
            (Is { field: f, value: v }, Is { field: g, value: w }) => f == g && v == w,
            (Range { field: f, op: o, value: v, .. }, Range { field: g, op: p, value: w, .. }) => {
                f == g && o == p && v == w
            }
            (Nested { path: p, body: b }, Nested { path: q, body: c }) => p == q && b == c,
            _ => false,
        }
    }
}

impl PartialEq for ValueExpr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}
