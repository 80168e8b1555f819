//! The part of ES|QL that rules need, as a typed tree.

use crate::ir::Duration;

/// A pipeline: `FROM`, `WHERE`, `STATS`, `WHERE`.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Index patterns.
    pub from: Vec<String>,
    /// The condition on single events; `None`: every event.
    pub filter: Option<Expr>,
    /// Counts per group; without them rows are documents, and carry their id.
    pub stats: Option<Stats>,
}

/// `STATS … BY …` and the condition on its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// The columns that are made, and what a row must show in them.
    pub measures: Vec<Measure>,
    /// What rows are made by.
    pub by: Vec<Group>,
}

/// A column that is made of the events of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The name of the column.
    pub name: String,
    /// What it holds.
    pub of: Of,
    /// What a row must show.
    pub bound: Option<Bound>,
}

/// What a measure holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Of {
    /// How many events.
    Rows,
    /// How many values of a field.
    Distinct(String),
    /// The earliest time.
    First(Moment),
}

/// What a measure must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// This number or more.
    AtLeast(u64),
    /// Not longer ago than this.
    Within(Duration),
}

/// The time of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// A column.
    Column(String),
    /// A column, or `@timestamp` where it is missing.
    OrTimestamp(String),
}

/// A key of the groups.
#[derive(Debug, Clone, PartialEq)]
pub enum Group {
    /// The value of a column.
    Column(String),
    /// The stretch of time, aligned to the clock, that an event falls into; under a name.
    Stretch(String, Duration),
}

/// A condition.
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
    /// `COALESCE(…, false)`: null is false.
    OrFalse(Box<Expr>),
    /// The column has a value.
    IsNotNull(String),
    /// `==`, `<`, …; null for a missing or a multiple value.
    Compare {
        /// The column.
        column: Column,
        /// The sign.
        op: &'static str,
        /// The right-hand side.
        value: Literal,
    },
    /// One of several values; null for a missing or a multiple value.
    In {
        /// The column.
        column: Column,
        /// The values.
        values: Vec<Literal>,
    },
    /// `LIKE` with one or several patterns; null for a missing or a multiple value.
    Like {
        /// The column.
        column: Column,
        /// The patterns: `*`, `?`, and `\` before those and itself.
        patterns: Vec<String>,
    },
    /// A Lucene regular expression over the whole value; null for a missing or a multiple value.
    Rlike {
        /// The column.
        column: Column,
        /// The expression.
        regex: String,
    },
    /// An address in a network; null for a missing or a multiple value.
    CidrMatch {
        /// The column.
        column: Column,
        /// The networks.
        networks: Vec<String>,
    },
    /// `:`: some value of the field equals. True or false.
    Matches {
        /// The column.
        column: String,
        /// The value.
        value: Literal,
    },
    /// `MV_LIKE`: some value matches the pattern. True or false.
    MvLike {
        /// The column.
        column: Column,
        /// The pattern, as in `LIKE`.
        pattern: String,
    },
    /// `MV_RLIKE`: some value matches the expression. True or false.
    MvRlike {
        /// The column.
        column: Column,
        /// The expression, as in `RLIKE`.
        regex: String,
    },
    /// The event is not longer ago than this.
    Since {
        /// Its time.
        time: Moment,
        /// How long.
        length: Duration,
    },
    /// A Lucene query string that the index answers: some value matches. True or false.
    Qstr(String),
}

/// What stands on the left of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// A column.
    Name(String),
    /// A column in lower case.
    Lower(String),
    /// A key below a `flattened` column.
    Key {
        /// The flattened column.
        root: String,
        /// The key's path below it.
        key: String,
    },
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text; cast for addresses and dates.
    Text(String),
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
}

impl Expr {
    /// The condition with null as false, so that its negation is true or false.
    pub fn certain(self) -> Expr {
        match self {
            expr if expr.is_certain() => expr,
            // A function that the index answers may not stand inside another function.
            Expr::And(parts) if parts.iter().any(Expr::asks_index) => {
                Expr::And(parts.into_iter().map(Expr::certain).collect())
            }
            Expr::Or(parts) if parts.iter().any(Expr::asks_index) => {
                Expr::Or(parts.into_iter().map(Expr::certain).collect())
            }
            // Nothing below is negated but what is certain, so null as a whole means that no null below would
            // make it true.
            expr => Expr::OrFalse(Box::new(expr)),
        }
    }

    /// Whether it is never null.
    fn is_certain(&self) -> bool {
        match self {
            Expr::Bool(_)
            | Expr::OrFalse(_)
            | Expr::IsNotNull(_)
            | Expr::Matches { .. }
            | Expr::MvLike { .. }
            | Expr::MvRlike { .. }
            | Expr::Qstr(_) => true,
            Expr::Not(inner) => inner.is_certain(),
            Expr::And(parts) | Expr::Or(parts) => parts.iter().all(Expr::is_certain),
            Expr::Compare { .. }
            | Expr::In { .. }
            | Expr::Like { .. }
            | Expr::Rlike { .. }
            | Expr::Since { .. }
            | Expr::CidrMatch { .. } => false,
        }
    }

    /// Whether a part of it is answered by the index.
    fn asks_index(&self) -> bool {
        match self {
            Expr::Matches { .. } | Expr::Qstr(_) => true,
            Expr::Not(inner) | Expr::OrFalse(inner) => inner.asks_index(),
            Expr::And(parts) | Expr::Or(parts) => parts.iter().any(Expr::asks_index),
            _ => false,
        }
    }
}
