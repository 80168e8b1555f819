//! The part of EQL that rules need, as a typed tree.

use crate::ir::Duration;

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// `any where …`.
    Event(Expr),
    /// The same event several times in a row.
    Repeated {
        /// Keys whose values are equal in all of them.
        by: Vec<Field>,
        /// The longest time from first to last; `None`: no limit but the range of the run.
        maxspan: Option<Duration>,
        /// How often; 2 to 100.
        runs: u64,
        /// The event.
        event: Expr,
    },
}

/// A field name.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The dotted path.
    pub path: String,
    /// `?`: null where no index maps it (in a condition), or where an event lacks it (as a key).
    pub optional: bool,
}

/// A condition. A comparison with a missing field may be null.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Always or never.
    Bool(bool),
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
    /// The opposite; null stays null.
    Not(Box<Expr>),
    /// `!= null`; never null itself.
    Exists(Field),
    /// A test of one field.
    Test {
        /// The field.
        field: Field,
        /// What is asked.
        test: Test,
    },
}

/// What is asked of a field. Of a list any element satisfies it.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// A sign and a constant.
    Compare(&'static str, Literal),
    /// Equality with one of several texts; case as `word` says.
    OneOf(Word, Vec<String>),
    /// A call with texts: `startsWith`, `startsWith~`, `cidrMatch`. All but the first argument.
    Call(&'static str, Vec<String>),
}

/// Operators with a list of texts on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// `in`: exact.
    In,
    /// `in~`: in any case.
    InAnyCase,
    /// `:`: in any case, `*` and `?` are wildcards.
    Colon,
    /// `like`: `*` and `?` are wildcards.
    Like,
    /// `regex`: a Lucene expression over the whole value.
    Regex,
    /// `regex~`: in any case.
    RegexAnyCase,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text; dates and addresses too.
    Text(String),
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
}

impl Expr {
    /// The condition as true or false, so that it can be negated: a test of a missing field is null in
    /// some of EQL's forms, and `not null` is null. Tests of one field share one guard.
    pub fn certain(self) -> Expr {
        if let Some(field) = self.one_field() {
            return Expr::And(vec![Expr::Exists(field), self]);
        }
        match self {
            Expr::And(parts) => Expr::And(parts.into_iter().map(Expr::certain).collect()),
            Expr::Or(parts) => Expr::Or(parts.into_iter().map(Expr::certain).collect()),
            certain => certain,
        }
    }

    /// The only field of a condition that consists of tests, none of them negated or for existence.
    fn one_field(&self) -> Option<Field> {
        match self {
            Expr::Test { field, .. } => Some(field.clone()),
            Expr::And(parts) | Expr::Or(parts) => {
                let mut fields = parts.iter().map(Expr::one_field);
                let first = fields.next()??;
                fields.all(|field| field.as_ref() == Some(&first)).then_some(first)
            }
            _ => None,
        }
    }
}
