//! Conditions in the `search` command.
//!
//! `search` is what finds events fast, and it is vague: it ignores case, compares what looks like a
//! number as a number and what looks like a network as a network, and every `*` is a wildcard
//! (target_languages.md §6). So each condition says whether it is the rule's own or only wider; the
//! latter are said again in `where`.

use std::net::IpAddr;

use ipnet::IpNet;
use trailsmith_grammar::spl::{Literal, Search, SearchKind, SearchOp};

use super::columns::{Column, columns};
use super::computed::is_computed;
use crate::backend::predicate::folded;
use crate::ir::{Case, Comparison, GlobPart, Node, NumberOp, Predicate, Test, TextMatch};

/// A condition that is true wherever the rule's is.
#[derive(Debug)]
pub(super) struct Wider {
    /// The condition.
    pub search: Search,
    /// Whether it is true nowhere else.
    pub exact: bool,
}

/// The node, or with `truth` false its opposite; `None`: `search` can say nothing of it.
pub(super) fn condition(node: &Node, truth: bool) -> Option<Wider> {
    match &node.predicate {
        Predicate::Not(inner) => condition(inner, !truth),
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            let conjunction = matches!(node.predicate, Predicate::And(_)) == truth;
            let parts = nodes.iter().map(|node| condition(node, truth));
            if !conjunction {
                let parts = parts.collect::<Option<Vec<_>>>()?;
                let exact = parts.iter().all(|part| part.exact);
                let search = any(parts.into_iter().map(|part| part.search).collect());
                return Some(Wider { search, exact });
            }
            let parts: Vec<_> = parts.collect();
            let exact = parts.iter().all(|part| part.as_ref().is_some_and(|part| part.exact));
            let parts: Vec<_> = parts.into_iter().flatten().map(|part| part.search).collect();
            (!parts.is_empty() || nodes.is_empty()).then(|| Wider { search: all(parts), exact })
        }
        Predicate::Constant(value) => {
            let every = Search::text(Literal::bare("*"));
            let search = if *value == truth { every } else { Search::not(every) };
            Some(Wider { search, exact: true })
        }
        Predicate::Test(test) => {
            let wider = leaf(test)?;
            match truth {
                true => Some(wider),
                false => wider.exact.then(|| Wider { search: negated(wider.search), exact: true }),
            }
        }
        Predicate::AnyField(_) | Predicate::Nested { .. } => None,
    }
}

/// All of these, in one list.
pub(super) fn all(parts: Vec<Search>) -> Search {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match part.kind {
            SearchKind::And(inner) => flat.extend(inner),
            kind => flat.push(Search::new(kind)),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Search::and(flat) }
}

/// Any of these, in one list; values of one field in an `IN`.
fn any(parts: Vec<Search>) -> Search {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match part.kind {
            SearchKind::Or(inner) => flat.extend(inner),
            kind => flat.push(Search::new(kind)),
        }
    }
    let mut merged: Vec<Search> = Vec::with_capacity(flat.len());
    for part in flat {
        let (field, values) = match part.kind {
            SearchKind::Compare { field, op: SearchOp::Eq, value } if !value.is_star() => {
                (field, vec![value])
            }
            SearchKind::In { field, values } => (field, values),
            kind => {
                merged.push(Search::new(kind));
                continue;
            }
        };
        let same =
            |known: &&mut Search| matches!(&known.kind, SearchKind::In { field: of, .. } if *of == field);
        match merged.iter_mut().find(same).map(|known| &mut known.kind) {
            Some(SearchKind::In { values: known, .. }) => known.extend(values),
            _ => merged.push(Search::any_of(field, values)),
        }
    }
    for part in &mut merged {
        if let SearchKind::In { field, values } = &part.kind
            && let [value] = values.as_slice()
        {
            *part = Search::compare(field.clone(), SearchOp::Eq, value.clone());
        }
    }
    if merged.len() == 1 { merged.remove(0) } else { Search::or(merged) }
}

fn negated(search: Search) -> Search {
    match search.kind {
        SearchKind::Not(inner) => *inner,
        // Written for `errorCode`, which the add-on fills.
        SearchKind::And(parts) if parts.len() == 2 => any(parts.into_iter().map(negated).collect()),
        kind => Search::not(Search::new(kind)),
    }
}

fn leaf(test: &Test) -> Option<Wider> {
    // The column is made later.
    if is_computed(&test.field) {
        return None;
    }
    let parts: Option<Vec<_>> =
        columns(&test.field)?.iter().map(|column| on_column(column, &test.comparison)).collect();
    let parts = parts?;
    let exact = parts.iter().all(|part| part.exact);
    Some(Wider { search: any(parts.into_iter().map(|part| part.search).collect()), exact })
}

fn on_column(column: &Column, comparison: &Comparison) -> Option<Wider> {
    let field = || Literal::field(&column.name);
    let is = |value: String| Search::compare(field(), SearchOp::Eq, Literal::quoted(value));
    if *comparison == Comparison::Exists {
        let exists = Search::exists(field());
        return Some(match column.absent {
            None => Wider { search: exists, exact: true },
            // The add-on writes this very text, and no error of AWS is called so.
            Some("success") => {
                Wider { search: Search::and(vec![exists, Search::not(is("success".into()))]), exact: true }
            }
            Some(_) => Wider { search: exists, exact: false },
        });
    }
    let meets_absent = column.absent.is_some_and(|absent| folded(comparison, absent) == Some(true));
    let (search, exact) = match comparison {
        Comparison::Text { matcher, case } => {
            let (value, whole) = value(matcher)?;
            let caseless = *case == Case::AsciiInsensitive || !value.bytes().any(|b| b.is_ascii_alphabetic());
            (is(value), whole && caseless)
        }
        Comparison::Bool(value) => (is(value.to_string()), false),
        Comparison::Number { op, value } => {
            let op = match op {
                NumberOp::Eq => SearchOp::Eq,
                NumberOp::Lt => SearchOp::Lt,
                NumberOp::Le => SearchOp::Le,
                NumberOp::Gt => SearchOp::Gt,
                NumberOp::Ge => SearchOp::Ge,
            };
            (Search::compare(field(), op, Literal::bare(super::number(*value)?)), false)
        }
        _ => return None,
    };
    Some(Wider { search, exact: exact && !meets_absent })
}

/// The value for a pattern, and whether it stands for all of the pattern but its case.
fn value(matcher: &TextMatch) -> Option<(String, bool)> {
    let (value, literal, whole) = match matcher {
        TextMatch::Equals(text) if reads_otherwise(text) => return None,
        TextMatch::Equals(text) => (text.clone(), text, text.parse::<f64>().is_err()),
        TextMatch::Prefix(text) => (format!("{text}*"), text, true),
        TextMatch::Suffix(text) => (format!("*{text}"), text, true),
        TextMatch::Contains(text) => (format!("*{text}*"), text, true),
        // A wildcard inside a text may miss what the index has split there.
        TextMatch::Glob(glob) => {
            let literal = |part: Option<&GlobPart>| match part {
                Some(GlobPart::Literal(text)) if is_indexed(text) => Some(text.clone()),
                _ => None,
            };
            let wider = match (literal(glob.parts.first()), literal(glob.parts.last())) {
                (Some(head), _) if glob.parts.len() > 1 => TextMatch::Prefix(head),
                (_, Some(tail)) if glob.parts.len() > 1 => TextMatch::Suffix(tail),
                _ => TextMatch::Contains(glob.parts.iter().find_map(|part| literal(Some(part)))?),
            };
            return value(&wider).map(|(value, _)| (value, false));
        }
    };
    is_indexed(literal).then_some((value, whole))
}

/// Whether a text stands in the event, and in the index, as it is: no wildcards, nothing that JSON
/// escapes, nothing that a search takes apart.
fn is_indexed(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || " -_.:/@+,()#~;!%?{}[]|^".contains(c);
    !text.is_empty() && text.trim() == text && text.chars().all(plain)
}

/// A network in a `search` matches the addresses in it, not the text.
fn reads_otherwise(text: &str) -> bool {
    text.contains('/') && text.parse::<IpNet>().is_ok()
        || text.contains(':') && text.parse::<IpAddr>().is_ok()
}
