//! Values of expressions: a list of alternatives, each with the condition under which it is the one.
//!
//! `if`, `case` and `coalesce` choose, `eval` names, `rename` moves: all of it ends in fields of the
//! record and literals, so that a comparison with a computed value becomes comparisons with these.

use trailsmith_grammar::spl as syntax;
use trailsmith_grammar::spl::{Eval, EvalKind};

use super::scope::Scope;
use super::{Lowerer, Problem, Result, codes};
use crate::ir::{Comparison, Field, Node, NumberOp, Predicate, Test};

/// Alternatives that are followed.
const MOST: usize = 64;

/// What a value is under some condition.
#[derive(Debug, Clone)]
pub(super) struct Alternative {
    /// The condition; `None`: always.
    pub(super) guard: Option<Node>,
    /// The value.
    pub(super) leaf: Leaf,
}

/// A value that is not computed any further.
#[derive(Debug, Clone)]
pub(super) enum Leaf {
    /// A field of the event.
    Field(Field, Fold),
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// No value.
    Null,
}

/// What was done to a field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    None,
    Lower,
    Upper,
    /// Only those that are numbers are left.
    Number,
}

/// One value without a condition.
pub(super) fn always(leaf: Leaf) -> Vec<Alternative> {
    vec![Alternative { guard: None, leaf }]
}

/// A node without a place of its own.
pub(super) fn constant(truth: bool) -> Node {
    Node::synthetic(Predicate::Constant(truth))
}

/// The test that a field has a value.
pub(super) fn exists(field: &Field) -> Node {
    Node::synthetic(Predicate::Test(Test { field: field.clone(), comparison: Comparison::Exists }))
}

/// The test that a field has a value that is a number.
pub(super) fn is_number(field: &Field) -> Node {
    let test = |op| {
        let comparison = Comparison::Number { op, value: 0.0 };
        Node::synthetic(Predicate::Test(Test { field: field.clone(), comparison }))
    };
    Node::any(vec![test(NumberOp::Le), test(NumberOp::Gt)])
}

/// When the value exists.
pub(super) fn present(value: &[Alternative]) -> Node {
    let one = |alternative: &Alternative| match &alternative.leaf {
        Leaf::Field(field, Fold::Number) => guarded(alternative.guard.as_ref(), is_number(field)),
        Leaf::Field(field, _) => guarded(alternative.guard.as_ref(), exists(field)),
        Leaf::Text(_) | Leaf::Number(_) => guarded(alternative.guard.as_ref(), constant(true)),
        Leaf::Null => constant(false),
    };
    Node::any(value.iter().map(one).collect())
}

/// Both conditions.
pub(super) fn guarded(guard: Option<&Node>, node: Node) -> Node {
    match guard {
        Some(guard) => Node::all(vec![guard.clone(), node]),
        None => node,
    }
}

fn under(guard: &Node, value: Vec<Alternative>) -> impl Iterator<Item = Alternative> {
    let guard = guard.clone();
    value.into_iter().map(move |alternative| Alternative {
        guard: Some(match alternative.guard {
            Some(inner) => Node::all(vec![guard.clone(), inner]),
            None => guard.clone(),
        }),
        leaf: alternative.leaf,
    })
}

impl Lowerer<'_> {
    /// The alternatives of an expression.
    pub(super) fn value(&mut self, eval: &Eval, scope: &Scope) -> Result<Vec<Alternative>> {
        let value = match &eval.kind {
            EvalKind::Field(name) => scope.value(name, eval.span)?,
            EvalKind::Text(text) => always(Leaf::Text(text.clone())),
            EvalKind::Number(number) => always(Leaf::Number(number.value())),
            EvalKind::Negative(inner) => match self.value(inner, scope)?.as_slice() {
                [Alternative { guard: None, leaf: Leaf::Number(number) }] => always(Leaf::Number(-number)),
                _ => return Err(not_followed("arithmetic", eval.span)),
            },
            EvalKind::Call { name, args } => self.call(&name.to_ascii_lowercase(), args, eval, scope)?,
            EvalKind::Arithmetic { .. } => return Err(not_followed("arithmetic", eval.span)),
            EvalKind::Macro(call) => return Err(unknown_macro(call)),
            EvalKind::And(_)
            | EvalKind::Or(_)
            | EvalKind::Xor(_)
            | EvalKind::Not(_)
            | EvalKind::Compare { .. }
            | EvalKind::In { .. } => return Err(not_followed("a condition as a value", eval.span)),
        };
        if value.len() > MOST {
            return Err(not_followed("so many alternatives", eval.span));
        }
        Ok(value)
    }

    fn call(&mut self, name: &str, args: &[Eval], eval: &Eval, scope: &Scope) -> Result<Vec<Alternative>> {
        let unknown = || not_followed(&format!("the function `{name}`"), eval.span);
        match (name, args) {
            ("lower" | "upper", [arg]) => {
                let fold = if name == "lower" { Fold::Lower } else { Fold::Upper };
                let letters = |text: &str| match fold {
                    Fold::Lower => text.to_lowercase(),
                    _ => text.to_uppercase(),
                };
                let fold = |alternative: Alternative| Alternative {
                    leaf: match alternative.leaf {
                        Leaf::Field(field, _) => Leaf::Field(field, fold),
                        Leaf::Text(text) => Leaf::Text(letters(&text)),
                        leaf => leaf,
                    },
                    ..alternative
                };
                Ok(self.value(arg, scope)?.into_iter().map(fold).collect())
            }
            ("tostring", [arg]) => self.value(arg, scope),
            ("tonumber", [arg]) => {
                let numeric = |alternative: Alternative| match alternative.leaf {
                    Leaf::Field(field, Fold::None | Fold::Number) => {
                        Ok(Alternative { leaf: Leaf::Field(field, Fold::Number), ..alternative })
                    }
                    Leaf::Number(_) | Leaf::Null => Ok(alternative),
                    _ => Err(unknown()),
                };
                self.value(arg, scope)?.into_iter().map(numeric).collect()
            }
            ("null", []) => Ok(always(Leaf::Null)),
            ("coalesce", [_, ..]) => {
                let mut all: Vec<Alternative> = Vec::new();
                for arg in args {
                    let value = self.value(arg, scope)?;
                    let missing = Node::negate(present(&all)).simplified();
                    all.extend(under(&missing, value));
                    if all.len() > MOST {
                        return Err(unknown());
                    }
                }
                Ok(all)
            }
            ("if", [condition, yes, no]) => {
                let condition = self.condition(condition, scope)?.truth;
                let yes = self.value(yes, scope)?;
                let no = self.value(no, scope)?;
                let otherwise = Node::negate(condition.clone());
                Ok(under(&condition, yes).chain(under(&otherwise, no)).collect())
            }
            ("case", args) if !args.is_empty() && args.len() % 2 == 0 => {
                let mut all = Vec::new();
                let mut before: Vec<Node> = Vec::new();
                for pair in args.chunks(2) {
                    let condition = self.condition(&pair[0], scope)?.truth;
                    let value = self.value(&pair[1], scope)?;
                    let mut guard = before.clone();
                    guard.push(condition.clone());
                    all.extend(under(&Node::all(guard), value));
                    before.push(Node::negate(condition));
                    if all.len() > MOST {
                        return Err(unknown());
                    }
                }
                Ok(all)
            }
            ("spath" | "json_extract", [input, path]) => match (&input.kind, &path.kind) {
                (EvalKind::Field(raw), EvalKind::Text(path)) if raw == "_raw" => {
                    Ok(always(super::field::leaf(path)))
                }
                _ => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }
}

/// The problem of an expression that is not followed.
pub(super) fn not_followed(what: &str, span: trailsmith_grammar::Span) -> Problem {
    Problem::new(&codes::SPL_FUNCTION, format!("{what} is not followed here"), span)
}

/// The problem of a macro that may stand for anything.
pub(super) fn unknown_macro(call: &syntax::Macro) -> Problem {
    let title = format!("what the macro `{}` stands for is not known here", call.name());
    Problem::new(&codes::SPL_MACRO, title, call.span).help("write out what it stands for")
}
