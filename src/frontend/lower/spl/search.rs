//! Conditions of `search`: two-valued, whatever the case of values, with `*` as a wildcard.

use trailsmith_grammar::Span;
use trailsmith_grammar::spl::{Literal, Search, SearchKind, SearchOp, TermKind};

use super::field::is_multivalue;
use super::scope::Scope;
use super::text::{comparison, number, star_parts};
use super::value::{Alternative, Leaf, constant, exists, guarded, unknown_macro};
use super::{Lowerer, Problem, Result, codes};
use crate::diagnostic::Diagnostic;
use crate::ir::{Bound, Case, Comparison, Field, Glob, GlobPart, Node, NumberOp, Predicate, Test, Words};

impl Lowerer<'_> {
    /// When a condition of `search` holds.
    pub(super) fn search(&mut self, search: &Search, scope: &Scope) -> Result<Node> {
        let origin = self.span(search.span);
        let node = match &search.kind {
            SearchKind::And(list) => Node::synthetic(Predicate::And(self.searches(list, scope)?)),
            SearchKind::Or(list) => Node::synthetic(Predicate::Or(self.searches(list, scope)?)),
            SearchKind::Not(inner) => Node::negate(self.search(inner, scope)?),
            SearchKind::Compare { field, op, value } => self.compare_search(field, *op, value, scope)?,
            SearchKind::In { field, values } => {
                let mut nodes = Vec::with_capacity(values.len());
                for value in values {
                    let node = self.compare_search(field, SearchOp::Eq, value, scope)?;
                    nodes.push(Node { origin: Some(self.span(value.span)), ..node });
                }
                Node::synthetic(Predicate::Or(nodes))
            }
            SearchKind::Text(text) => free_text(text),
            SearchKind::Term { kind: TermKind::Case, .. } => {
                let title = "`CASE` is not followed: free text is searched whatever its case";
                return Err(Problem::new(&codes::SPL_TERM, title, search.span));
            }
            SearchKind::Term { kind: TermKind::Term, text } => {
                self.note(&codes::SPL_TERM, "`TERM` is read as a phrase", search.span);
                free_text(text)
            }
            SearchKind::Macro(call) if call.name().ends_with("_filter") => {
                let title = "the filter macro is read as it is shipped: it keeps every event";
                self.note(&codes::SPL_FILTER_MACRO, title, call.span);
                constant(true)
            }
            SearchKind::Macro(call) => return Err(unknown_macro(call)),
            SearchKind::Subsearch(_) => {
                let title = "what this subsearch returns depends on other events";
                return Err(Problem::new(&codes::SPL_SUBSEARCH, title, search.span));
            }
        };
        Ok(Node { origin: Some(origin), ..node })
    }

    fn searches(&mut self, list: &[Search], scope: &Scope) -> Result<Vec<Node>> {
        list.iter().map(|search| self.search(search, scope)).collect()
    }

    fn compare_search(
        &mut self,
        name: &Literal,
        op: SearchOp,
        value: &Literal,
        scope: &Scope,
    ) -> Result<Node> {
        if name.text.contains('*') {
            let title = format!("`search` knows no patterns of field names: `{}`", name.text);
            return Err(Problem::new(&codes::SPL_FIELD_PATTERN, title, name.span));
        }
        if is_source(&name.text) || is_time(&name.text) {
            let title = format!("`{}` says where events come from and cannot be combined so", name.text);
            return Err(Problem::new(&codes::SPL_NOT_IN_RECORD, title, name.span)
                .help("put it beside the other conditions, outside parentheses"));
        }
        let mut nodes = Vec::new();
        for Alternative { guard, leaf } in scope.value(&name.text, name.span)? {
            let node = match leaf {
                Leaf::Field(field, _) => {
                    self.check_name(&field, name.span);
                    self.on_field(&field, op, value, name.span)?
                }
                Leaf::Text(text) => constant(holds(&text, op, value)),
                Leaf::Number(number) => constant(holds(&number.to_string(), op, value)),
                Leaf::Null => constant(false),
            };
            nodes.push(guarded(guard.as_ref(), node));
        }
        Ok(Node::any(nodes))
    }

    fn on_field(&mut self, field: &Field, op: SearchOp, value: &Literal, name: Span) -> Result<Node> {
        let test = |comparison| Node::synthetic(Predicate::Test(Test { field: field.clone(), comparison }));
        let number_op = match op {
            SearchOp::Eq => return Ok(Node::any(equals(value).into_iter().map(test).collect())),
            SearchOp::Ne => {
                let equal = Node::any(equals(value).into_iter().map(test).collect());
                return self.differs(field, equal, name);
            }
            SearchOp::Lt => NumberOp::Lt,
            SearchOp::Le => NumberOp::Le,
            SearchOp::Gt => NumberOp::Gt,
            SearchOp::Ge => NumberOp::Ge,
        };
        if let Some(value) = number(&value.text) {
            return Ok(test(Comparison::Number { op: number_op, value }));
        }
        let diagnostic = Diagnostic::new(&codes::SPL_TEXT_ORDER, "this compares texts, not numbers");
        let span = self.span(value.span);
        self.report(diagnostic, span, "no number");
        Ok(test(text_range(number_op, &value.text)))
    }

    /// Some value of the field is none that `equal` holds for.
    pub(super) fn differs(&mut self, field: &Field, equal: Node, name: Span) -> Result<Node> {
        let one = Node::all(vec![exists(field), Node::negate(equal)]);
        if !is_multivalue(field) {
            return Ok(one);
        }
        // Every array on the way is entered element by element; a plain array has no elements with
        // fields.
        let Some(inner) = field.path.rfind("{}").filter(|at| at + 2 < field.path.len()) else {
            let title = format!("some element of the array `{field}` that differs cannot be asked for here");
            return Err(Problem::new(&codes::SPL_NOT_EQUALS_ON_ARRAY, title, name)
                .help("`NOT field=value` asks for an array without the value"));
        };
        let ends: Vec<usize> = field.path.match_indices("{}").map(|(at, _)| at + 2).collect();
        debug_assert_eq!(ends.last(), Some(&(inner + 2)));
        Ok(ends.into_iter().rev().fold(one, |body, end| {
            let path = Field { path: field.path[..end].to_owned(), ..field.clone() };
            Node::synthetic(Predicate::Nested { path, body: Box::new(body) })
        }))
    }
}

/// Whether a name says where events come from.
pub(super) fn is_source(name: &str) -> bool {
    matches!(name, "index" | "sourcetype" | "source" | "host" | "splunk_server" | "splunk_server_group")
}

/// Whether a name says over which range a search runs.
pub(super) fn is_time(name: &str) -> bool {
    matches!(name, "earliest" | "latest" | "_index_earliest" | "_index_latest")
}

/// The comparisons one of which holds when a value equals the literal.
fn equals(value: &Literal) -> Vec<Comparison> {
    if let Some(value) = number(&value.text) {
        return vec![Comparison::Number { op: NumberOp::Eq, value }];
    }
    let text = comparison(star_parts(&value.text), Case::AsciiInsensitive);
    // `f=10.0.0.0/8` compares addresses (target_languages.md §6).
    match value.text.parse::<ipnet::IpNet>() {
        Ok(net) if value.text.contains('/') => vec![Comparison::Ip(net), text],
        _ => vec![text],
    }
}

/// The texts on one side of a bound.
pub(super) fn text_range(op: NumberOp, text: &str) -> Comparison {
    let bound = |inclusive| match inclusive {
        true => Bound::inclusive(text.to_owned()),
        false => Bound::exclusive(text.to_owned()),
    };
    let (lower, upper) = match op {
        NumberOp::Lt => (Bound::OPEN, bound(false)),
        NumberOp::Le => (Bound::OPEN, bound(true)),
        NumberOp::Gt => (bound(false), Bound::OPEN),
        NumberOp::Ge => (bound(true), Bound::OPEN),
        NumberOp::Eq => (bound(true), bound(true)),
    };
    Comparison::TextRange { lower, upper }
}

/// Whether a value that the search itself computed satisfies a comparison.
fn holds(text: &str, op: SearchOp, value: &Literal) -> bool {
    let order = match (number(text), number(&value.text)) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        _ => Some(text.cmp(value.text.as_str())),
    };
    let equal = || match (number(text), number(&value.text)) {
        (Some(left), Some(right)) => left == right,
        _ => Glob { parts: star_parts(&value.text) }.matches(text, Case::AsciiInsensitive),
    };
    match op {
        SearchOp::Eq => equal(),
        SearchOp::Ne => !equal(),
        SearchOp::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
        SearchOp::Le => order.is_some_and(std::cmp::Ordering::is_le),
        SearchOp::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
        SearchOp::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
    }
}

/// A word or phrase anywhere in the event; a lone `*` is every event.
fn free_text(text: &Literal) -> Node {
    let parts = star_parts(&text.text);
    Node::synthetic(match parts.as_slice() {
        [GlobPart::Any] => Predicate::Constant(true),
        parts if parts.contains(&GlobPart::Any) => {
            Predicate::AnyField(Words::Pattern(Glob { parts: parts.to_vec() }))
        }
        _ => Predicate::AnyField(Words::Phrase(text.text.clone())),
    })
}
