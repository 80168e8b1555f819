//! The verdict tree.

use super::super::Datum;
use crate::diagnostic::Span;
use crate::ir::Field;

/// The verdict of one rule on one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether the rule matches: its predicate is true and no exception is.
    pub matched: bool,
    /// The predicate, and the exceptions as negated clauses beside it.
    pub root: Clause,
}

/// What a clause does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClauseKind {
    /// All of its children.
    All,
    /// Any of its children.
    Any,
    /// The opposite of its child.
    Not,
    /// One element of an array satisfies the children, which are one group an element.
    Nested,
    /// A comparison on a field.
    Test,
    /// Free text over the whole event.
    FreeText,
    /// The same for every event.
    Constant,
}

/// What a record holds where a clause looks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seen {
    /// The raw path (or the path in the document) that was read; `None` for values that stand at
    /// no path.
    pub path: Option<String>,
    /// The values that count, objects as JSON text.
    pub values: Vec<Datum>,
    /// In words what is odd about the place: "the record holds no such field; responseElements is
    /// null", "the value is empty and does not count".
    pub remark: Option<String>,
}

/// One clause of a rule and its truth.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// What it does.
    pub kind: ClauseKind,
    /// Where it stands in the rule's file.
    pub origin: Option<Span>,
    /// The clause in the rule's own words, white space collapsed; in words of ours where no text
    /// stands for it.
    pub text: String,
    /// The field it reads.
    pub field: Option<Field>,
    /// What it expects of the field: `= "x"`, `> 0`, `exists`.
    pub expected: Option<String>,
    /// Whether it is true.
    pub truth: bool,
    /// What the record holds there.
    pub seen: Seen,
    /// What it is made of. For a test on nothing else: empty.
    pub children: Vec<Clause>,
}

impl Verdict {
    /// The clause that decided: the first false one of a conjunction, the first true one of a
    /// disjunction, and so on down; a group is itself the reason where all of its parts are.
    pub fn decisive(&self) -> &Clause {
        let mut clause = &self.root;
        loop {
            let next = match clause.kind {
                ClauseKind::All if !clause.truth => clause.children.iter().find(|child| !child.truth),
                ClauseKind::Any if clause.truth => clause.children.iter().find(|child| child.truth),
                ClauseKind::Not => clause.children.first(),
                _ => None,
            };
            match next {
                Some(next) => clause = next,
                None => return clause,
            }
        }
    }
}
