//! Expressions of `where` and `eval`: conditions and values alike, three-valued.

use super::Macro;
use crate::Span;

/// An expression.
#[derive(Clone, Debug)]
pub struct Eval {
    /// What the expression says.
    pub kind: EvalKind,
    /// The text of the expression, its own parentheses included.
    pub span: Span,
    /// How many pairs of parentheses were written around it. Not part of equality.
    pub parens: u32,
}

/// The forms of an expression. `AND` binds tighter than `OR` here, `OR` tighter than `XOR`.
#[derive(Clone, Debug, PartialEq)]
pub enum EvalKind {
    /// `a AND b`, at least two operands.
    And(Vec<Eval>),
    /// `a OR b`, at least two operands.
    Or(Vec<Eval>),
    /// `a XOR b`, at least two operands.
    Xor(Vec<Eval>),
    /// `NOT a`.
    Not(Box<Eval>),
    /// `a = b` and its like.
    Compare {
        /// Left side.
        left: Box<Eval>,
        /// The operator.
        op: CompareOp,
        /// Right side.
        right: Box<Eval>,
    },
    /// `a IN (b, c)`.
    In {
        /// Left side.
        left: Box<Eval>,
        /// The list.
        list: Vec<Eval>,
    },
    /// `a + b - c`, `a * b`, `a . b`: operators of one rank, from left to right; at least one
    /// operator.
    Arithmetic {
        /// The first operand.
        first: Box<Eval>,
        /// Operators and their right operands: all of `+ - .` or all of `* / %`.
        rest: Vec<(ArithmeticOp, Eval)>,
    },
    /// `-a`.
    Negative(Box<Eval>),
    /// `name(arguments)`; the name as written.
    Call {
        /// The function's name.
        name: String,
        /// Its arguments.
        args: Vec<Eval>,
    },
    /// A field: a bare name, or any name in single quotes.
    Field(String),
    /// A text in double quotes.
    Text(String),
    /// A number.
    Number(Number),
    /// `` `name(arguments)` ``.
    Macro(Macro),
}

/// A number as it is written; compared by its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(pub String);

impl Number {
    /// Its value.
    pub fn value(&self) -> f64 {
        // The lexer takes nothing else than what `f64` reads; a hand-made one may be anything.
        self.0.parse().unwrap_or(f64::NAN)
    }
}

/// The comparisons of `where` and `eval`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=` or `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `LIKE`: `%` and `_` are wildcards.
    Like,
}

impl CompareOp {
    /// The operator as printed.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Like => "LIKE",
        }
    }
}

/// Arithmetic and concatenation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `.`: one text behind the other.
    Concat,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl ArithmeticOp {
    /// The operator as written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Concat => ".",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

impl Eval {
    /// An expression without a position.
    pub fn new(kind: EvalKind) -> Self {
        Self::spanned(kind, Span::default())
    }

    /// `a AND b …`. The operands must be two or more to read back as the same tree.
    pub fn and(operands: Vec<Eval>) -> Self {
        Self::new(EvalKind::And(operands))
    }

    /// `a OR b …`. The operands must be two or more to read back as the same tree.
    pub fn or(operands: Vec<Eval>) -> Self {
        Self::new(EvalKind::Or(operands))
    }

    /// `NOT a`.
    #[allow(clippy::should_implement_trait)] // named after the keyword, like `and` and `or`
    pub fn not(operand: Eval) -> Self {
        Self::new(EvalKind::Not(Box::new(operand)))
    }

    /// `left op right`.
    pub fn compare(left: Eval, op: CompareOp, right: Eval) -> Self {
        Self::new(EvalKind::Compare { left: Box::new(left), op, right: Box::new(right) })
    }

    /// `name(arguments)`.
    pub fn call(name: impl Into<String>, args: Vec<Eval>) -> Self {
        Self::new(EvalKind::Call { name: name.into(), args })
    }

    /// A field; printed in single quotes where its name needs them.
    pub fn field(name: impl Into<String>) -> Self {
        Self::new(EvalKind::Field(name.into()))
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(EvalKind::Text(text.into()))
    }

    /// A number that is not negative, as it is to be written.
    pub fn number(text: impl Into<String>) -> Self {
        Self::new(EvalKind::Number(Number(text.into())))
    }

    pub(in crate::spl) fn spanned(kind: EvalKind, span: Span) -> Self {
        Self { kind, span, parens: 0 }
    }

    pub(in crate::spl) fn in_parens(mut self, span: Span) -> Self {
        self.span = span;
        self.parens += 1;
        self
    }
}

impl PartialEq for Eval {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}
