//! A condition as alternatives of conjunctions of fields, the form that patterns have.
//!
//! What a pattern cannot say is left out where that lets more events match, with a loss.

use serde_json::{Value, json};

use super::super::codes;
use super::super::loss::Loss;
use super::super::predicate::check;
use super::value::{self, Values};
use super::{CAPABILITIES, Events};
use crate::diagnostic::Span;
use crate::ir::{Node, Predicate, Test};

/// One field and the alternatives for its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Literal {
    pub path: String,
    pub values: Values,
}

/// Fields that an event must meet together.
pub(super) type Clause = Vec<Literal>;

/// Most alternatives of one pattern: beyond that it is no pattern that anybody would read, and
/// EventBridge refuses more than 1,000 combinations.
const MOST: usize = 64;

/// The alternatives of a condition.
///
/// # Errors
/// A condition that no event meets.
pub(super) fn clauses(node: &Node, events: Events, losses: &mut Vec<Loss>) -> Result<Vec<Clause>, Loss> {
    let mut lowering = Lowering { events, losses };
    let clauses = lowering.node(node, true);
    if clauses.is_empty() {
        let message = "the condition is never true, and a pattern has no such form";
        return Err(Loss::new(&codes::LOSS_CONSTANT, "detection", message).at(node.origin));
    }
    Ok(clauses)
}

struct Lowering<'l> {
    events: Events,
    losses: &'l mut Vec<Loss>,
}

/// True for every event.
fn always() -> Vec<Clause> {
    vec![Vec::new()]
}

impl Lowering<'_> {
    fn lose(&mut self, code: &'static crate::diagnostic::Code, message: String, origin: Option<Span>) {
        let loss = Loss::new(code, "detection", message).at(origin);
        if !self.losses.contains(&loss) {
            self.losses.push(loss);
        }
    }

    fn node(&mut self, node: &Node, truth: bool) -> Vec<Clause> {
        match (&node.predicate, truth) {
            (Predicate::Constant(value), truth) => {
                if *value == truth {
                    always()
                } else {
                    Vec::new()
                }
            }
            (Predicate::Not(inner), truth) => self.node(inner, !truth),
            (Predicate::And(nodes), true) | (Predicate::Or(nodes), false) => {
                self.all(nodes, truth, node.origin)
            }
            (Predicate::Or(nodes), true) | (Predicate::And(nodes), false) => {
                let clauses = nodes.iter().flat_map(|node| self.node(node, truth)).collect();
                self.few(joined(clauses), node.origin)
            }
            (Predicate::Test(test), truth) => self.test(test, truth, node.origin),
            (leaf @ (Predicate::Nested { .. } | Predicate::AnyField(_)), _) => {
                if let Err(refusal) = check(leaf, &CAPABILITIES) {
                    self.lose(
                        refusal.code,
                        format!("{}; if allowed, left out", refusal.message),
                        node.origin,
                    );
                }
                always()
            }
        }
    }

    fn few(&mut self, clauses: Vec<Clause>, origin: Option<Span>) -> Vec<Clause> {
        if clauses.len() <= MOST {
            return clauses;
        }
        let message = format!("{} combinations; if allowed, these conditions are left out", clauses.len());
        self.lose(&codes::LOSS_COMBINATIONS, message, origin);
        always()
    }

    fn all(&mut self, nodes: &[Node], truth: bool, origin: Option<Span>) -> Vec<Clause> {
        let mut all = always();
        for node in nodes {
            let next = self.node(node, truth);
            if all.len() * next.len() > MOST * 4 {
                let message = "too many combinations; if allowed, these conditions are left out";
                self.lose(&codes::LOSS_COMBINATIONS, message.into(), node.origin);
                continue;
            }
            let mut product = Vec::new();
            for clause in &all {
                product.extend(next.iter().filter_map(|other| self.both(clause, other, node.origin)));
            }
            all = joined(product);
        }
        self.few(all, origin)
    }

    /// The conjunction of two clauses; `None`: never true.
    fn both(&mut self, clause: &Clause, other: &Clause, origin: Option<Span>) -> Option<Clause> {
        let mut out = clause.clone();
        for literal in other {
            match out.iter().position(|known| known.path == literal.path) {
                Some(at) => {
                    let single = value::list(&literal.path, self.events).is_none();
                    match met(&out[at].values, &literal.values, single) {
                        Met::Never => return None,
                        Met::Values(values) => out[at].values = values,
                        Met::Unsayable => {
                            let path = &literal.path;
                            let message =
                                format!("a second condition on `{path}`; if allowed, it is left out");
                            self.lose(&codes::LOSS_ONE_FIELD, message, origin);
                        }
                    }
                }
                None => {
                    if let Some(list) = self.shared_list(&out, literal) {
                        // EventBridge wants one element of the list to meet both.
                        let path = &literal.path;
                        let message = format!(
                            "`{path}` may be of another element of `{list}` than the conditions beside it; if \
                             allowed, it is left out"
                        );
                        self.lose(&codes::LOSS_NESTED, message, origin);
                        continue;
                    }
                    out.push(literal.clone());
                }
            }
        }
        Some(out)
    }

    /// A list of objects in which a literal and one of a clause both stand.
    fn shared_list(&self, clause: &Clause, literal: &Literal) -> Option<String> {
        let list = value::list(&literal.path, self.events)?;
        clause
            .iter()
            .any(|known| value::list(&known.path, self.events).as_ref() == Some(&list))
            .then_some(list)
    }

    fn test(&mut self, test: &Test, truth: bool, origin: Option<Span>) -> Vec<Clause> {
        let path = test.field.path.clone();
        let literal = |values| vec![Literal { path: path.clone(), values }];
        let said = match truth {
            true => value::positive(test, self.events).map(|values| vec![literal(values)]),
            false => value::negative(test, self.events).map(|values| {
                // Nothing but `exists` has no opposite value; `null` is there, and is no value.
                let null = values.is_empty() && value::may_be_null(&path, self.events);
                let differs = if null { vec![Value::Null] } else { values };
                let missing = literal(vec![json!({"exists": false})]);
                let there = (!differs.is_empty()).then(|| literal(differs));
                there.into_iter().chain([missing]).collect()
            }),
        };
        said.unwrap_or_else(|refusal| {
            self.lose(refusal.code, format!("{}; if allowed, left out", refusal.message), origin);
            always()
        })
    }
}

/// What two lists of alternatives say of one value together.
enum Met {
    Values(Values),
    Never,
    Unsayable,
}

fn met(a: &Values, b: &Values, single: bool) -> Met {
    if a == b {
        return Met::Values(a.clone());
    }
    let exists = |values: &Values, truth: bool| values.as_slice() == [json!({ "exists": truth })];
    match (exists(a, false), exists(b, false)) {
        (false, false) => {}
        _ => return Met::Never,
    }
    // Every other condition is about a value that is there.
    if exists(a, true) {
        return Met::Values(b.clone());
    }
    if exists(b, true) {
        return Met::Values(a.clone());
    }
    let plain = |values: &Values| values.iter().all(|value| !value.is_object());
    if single && plain(a) && plain(b) {
        let common: Values = a.iter().filter(|value| b.contains(value)).cloned().collect();
        return if common.is_empty() { Met::Never } else { Met::Values(common) };
    }
    let part = |values: &Values, key: &str| match values.as_slice() {
        [one] => one.get(key).and_then(Value::as_array).cloned(),
        _ => None,
    };
    if single
        && let (Some(mut a), Some(b)) = (part(a, "numeric"), part(b, "numeric"))
        && a.len() == 2
        && b.len() == 2
    {
        let sign = |range: &[Value]| range[0].as_str().is_some_and(|sign| sign.starts_with('>'));
        // A range is written from its lower end.
        if sign(&a) != sign(&b) {
            let range = if sign(&a) {
                a.extend(b);
                a
            } else {
                [b, a].concat()
            };
            return Met::Values(vec![json!({ "numeric": range })]);
        }
    }
    if single && let (Some(mut a), Some(b)) = (part(a, "anything-but"), part(b, "anything-but")) {
        a.extend(b.into_iter().filter(|value| !a.contains(value)).collect::<Vec<_>>());
        return Met::Values(vec![json!({ "anything-but": a })]);
    }
    Met::Unsayable
}

/// Alternatives that differ in the values of one field only become one.
fn joined(clauses: Vec<Clause>) -> Vec<Clause> {
    let mut out: Vec<Clause> = Vec::new();
    for clause in clauses {
        if out.contains(&clause) {
            continue;
        }
        let known = out.iter().position(|known| differing(known, &clause).is_some());
        match known {
            Some(at) => {
                if let Some(field) = differing(&out[at], &clause) {
                    let more: Values = clause[field]
                        .values
                        .iter()
                        .filter(|v| !out[at][field].values.contains(v))
                        .cloned()
                        .collect();
                    out[at][field].values.extend(more);
                }
            }
            None => out.push(clause),
        }
    }
    if out.iter().any(Vec::is_empty) { always() } else { out }
}

/// The only field in which two clauses differ, if both ask it for values that are there.
fn differing(a: &Clause, b: &Clause) -> Option<usize> {
    let alike = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.path == b.path);
    let mut fields = (0..a.len()).filter(|at| alike && a[*at].values != b[*at].values);
    let field = fields.next().filter(|_| fields.next().is_none())?;
    let present = |clause: &Clause| clause[field].values.iter().all(|value| value.get("exists").is_none());
    (present(a) && present(b)).then_some(field)
}
