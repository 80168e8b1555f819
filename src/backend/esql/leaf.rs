//! One comparison as a condition on columns, where that sees every value of the field; and whether it
//! can be said at all.

use super::tree::{Column, Expr, Literal};
use crate::backend::indexed::Documents;
use crate::backend::query_dsl::leaf::date_text;
use crate::backend::stack::Stack;
use crate::ir::{
    Bound, Case, Comparison, DateBound, Field, FieldType, Glob, GlobPart, NumberOp, Test, TextMatch,
    Vocabulary,
};
use crate::schema::types;

/// What decides between forms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context {
    /// What is read.
    pub documents: Documents,
    /// The engine.
    pub stack: Stack,
}

/// Elasticsearch's `index.max_regex_length`.
const LONGEST_REGEX: usize = 1000;

/// The condition on columns; `None`: none that sees every value, or none that an index without the
/// field survives. The index can still be asked with a query string.
pub(super) fn native(test: &Test, context: Context) -> Option<Expr> {
    let Test { field, comparison } = test;
    if field.ty == FieldType::FlattenedLeaf {
        return key(test, context);
    }
    let no_column =
        matches!(field.ty, FieldType::Flattened | FieldType::Object | FieldType::Nested | FieldType::Json);
    if no_column || !context.documents.is_always_mapped(field) {
        return None;
    }
    match comparison {
        Comparison::Exists => Some(Expr::IsNotNull(field.path.clone())),
        _ if context.documents.has_one_value(field) => single(field, comparison),
        _ => any(field, comparison),
    }
}

/// `:` sees every value and is true or false.
fn any(field: &Field, comparison: &Comparison) -> Option<Expr> {
    let value = match comparison {
        Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive } if !text.is_empty() => {
            Literal::Text(text.clone())
        }
        Comparison::Bool(value) => Literal::Bool(*value),
        Comparison::Number { op: NumberOp::Eq, value } => Literal::Number(*value),
        _ => return None,
    };
    Some(Expr::Matches { column: field.path.clone(), value })
}

/// On a field with at most one value.
fn single(field: &Field, comparison: &Comparison) -> Option<Expr> {
    let column = || Column::Name(field.path.clone());
    let compare = |op, value| Expr::Compare { column: column(), op, value };
    Some(match comparison {
        Comparison::Text { matcher, case: Case::Sensitive } => match matcher {
            TextMatch::Equals(text) => compare("==", Literal::Text(text.clone())),
            other => Expr::Like { column: column(), patterns: vec![glob(other).escaped()] },
        },
        Comparison::Text { matcher, case: Case::AsciiInsensitive } => return any_case(field, matcher),
        Comparison::TextRange { lower, upper } => {
            between(column(), lower, upper, |text| Some(Literal::Text(text.clone())))?
        }
        Comparison::Number { op, value } => {
            let op = if *op == NumberOp::Eq { "==" } else { op.as_str() };
            compare(op, Literal::Number(*value))
        }
        Comparison::Bool(value) => compare("==", Literal::Bool(*value)),
        Comparison::Ip(network) if network.prefix_len() == network.max_prefix_len() => {
            compare("==", Literal::Text(network.addr().to_string()))
        }
        Comparison::Ip(network) => Expr::CidrMatch { column: column(), networks: vec![network.to_string()] },
        // Date math is refused in comparisons of columns (measured), not in query strings.
        Comparison::Date { lower, upper } => between(column(), lower, upper, |at| match at {
            DateBound::Millis(_) => Some(Literal::Text(date_text(at))),
            DateBound::Math(_) => None,
        })?,
        Comparison::Exists | Comparison::IpRange { .. } | Comparison::Words(_) => return None,
    })
}

fn between<T>(
    column: Column,
    lower: &Bound<T>,
    upper: &Bound<T>,
    literal: impl Fn(&T) -> Option<Literal>,
) -> Option<Expr> {
    let mut parts = Vec::with_capacity(2);
    for (bound, inside, outside) in [(lower, ">=", ">"), (upper, "<=", "<")] {
        if let Some(limit) = &bound.limit {
            let op = if limit.inclusive { inside } else { outside };
            parts.push(Expr::Compare { column: column.clone(), op, value: literal(&limit.value)? });
        }
    }
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(Expr::And(parts)),
    }
}

/// `TO_LOWER` where it folds no more than the letters of ASCII that the text has: it also turns the
/// sign for kelvin into `k`, and `İ` into `i` and a dot. Elsewhere an expression with both cases.
fn any_case(field: &Field, matcher: &TextMatch) -> Option<Expr> {
    let pattern = glob(matcher);
    let literals = || {
        pattern.parts.iter().filter_map(|part| match part {
            GlobPart::Literal(text) => Some(text.as_str()),
            _ => None,
        })
    };
    let exact = matches!(matcher, TextMatch::Equals(_));
    let safe =
        |text: &str| text.is_ascii() && !text.contains(['k', 'K']) && (exact || !text.contains(['i', 'I']));
    if literals().all(safe) && !pattern.parts.contains(&GlobPart::One) {
        let column = Column::Lower(field.path.clone());
        return Some(match matcher {
            TextMatch::Equals(text) => {
                Expr::Compare { column, op: "==", value: Literal::Text(text.to_ascii_lowercase()) }
            }
            _ => Expr::Like { column, patterns: vec![pattern.escaped().to_ascii_lowercase()] },
        });
    }
    let regex = crate::backend::regex::whole(matcher, Case::AsciiInsensitive);
    (regex.len() <= LONGEST_REGEX).then(|| Expr::Rlike { column: Column::Name(field.path.clone()), regex })
}

/// A pattern on a key below a `flattened` root, with functions that 9.6 has.
fn key(test: &Test, context: Context) -> Option<Expr> {
    let Comparison::Text { matcher, case } = &test.comparison else { return None };
    let plain = matches!((matcher, case), (TextMatch::Equals(_), Case::Sensitive));
    if plain || !context.stack.has(9, 6) {
        return None;
    }
    let path = &test.field.path;
    let roots = path.match_indices('.').map(|(dot, _)| &path[..dot]);
    let root =
        roots.into_iter().find(|above| types(Vocabulary::Ecs).field_type(above) == FieldType::Flattened)?;
    let key = &path[root.len() + 1..];
    if !key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')) {
        return None;
    }
    let column = Column::Key { root: root.to_owned(), key: key.to_owned() };
    match case {
        Case::Sensitive => Some(Expr::MvLike { column, pattern: glob(matcher).escaped() }),
        Case::AsciiInsensitive => {
            let regex = crate::backend::regex::whole(matcher, *case);
            (regex.len() <= LONGEST_REGEX).then_some(Expr::MvRlike { column, regex })
        }
    }
}

fn glob(matcher: &TextMatch) -> Glob {
    Glob { parts: crate::backend::regex::parts(matcher) }
}
