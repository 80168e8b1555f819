//! Conditions of `where` and `eval`: three-valued, so that each is a pair of predicates, when it is
//! true and when it is false. For an event with neither it has no value, and `NOT` of it has none.

use trailsmith_grammar::Span;
use trailsmith_grammar::spl::{CommandKind, CompareOp, Eval, EvalKind};

use super::compare::{has_many, is_any, test};
use super::scope::Scope;
use super::text::comparison;
use super::value::{Alternative, Fold, Leaf, constant, guarded, not_followed, present, unknown_macro};
use super::values::{on_one_value, with_ranges};
use super::{Lowerer, Problem, Result, codes, regex};
use crate::ir::{Comparison, GlobPart, Node};

/// How deep `searchmatch` and macros may lie in each other.
const DEEPEST: usize = 4;

/// When a condition is true and when it is false.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) truth: Node,
    pub(super) falsity: Node,
}

impl Pair {
    pub(super) fn constant(truth: bool) -> Self {
        Pair { truth: constant(truth), falsity: constant(!truth) }
    }

    /// Neither: a comparison with nothing.
    pub(super) fn null() -> Self {
        Pair { truth: constant(false), falsity: constant(false) }
    }

    /// A condition that always has a value.
    pub(super) fn two_valued(truth: Node) -> Self {
        Pair { falsity: Node::negate(truth.clone()), truth }
    }

    pub(super) fn swap(self) -> Self {
        Pair { truth: self.falsity, falsity: self.truth }
    }

    pub(super) fn all(pairs: Vec<Pair>) -> Self {
        let (truths, falsities) = pairs.into_iter().map(|pair| (pair.truth, pair.falsity)).unzip();
        Pair { truth: Node::all(truths), falsity: Node::any(falsities) }
    }

    pub(super) fn any(pairs: Vec<Pair>) -> Self {
        let (truths, falsities) = pairs.into_iter().map(|pair| (pair.truth, pair.falsity)).unzip();
        Pair { truth: Node::any(truths), falsity: Node::all(falsities) }
    }

    pub(super) fn under(self, guard: Option<&Node>) -> Self {
        Pair { truth: guarded(guard, self.truth), falsity: guarded(guard, self.falsity) }
    }

    /// One of several cases that exclude each other.
    pub(super) fn cases(pairs: Vec<Pair>) -> Self {
        let (truths, falsities) = pairs.into_iter().map(|pair| (pair.truth, pair.falsity)).unzip();
        Pair { truth: Node::any(truths), falsity: Node::any(falsities) }
    }
}

impl Lowerer<'_> {
    /// Reads a condition.
    pub(super) fn condition(&mut self, eval: &Eval, scope: &Scope) -> Result<Pair> {
        let pair = match &eval.kind {
            EvalKind::And(list) => Pair::all(with_ranges(self.conditions(list, scope)?)),
            EvalKind::Or(list) => Pair::any(self.conditions(list, scope)?),
            EvalKind::Xor(list) if list.len() > 4 => return Err(not_followed("a chain of XOR", eval.span)),
            EvalKind::Xor(list) => {
                let mut pairs = self.conditions(list, scope)?.into_iter();
                let first = pairs.next().unwrap_or_else(|| Pair::constant(false));
                pairs.fold(first, |left, right| {
                    let both = |a: &Node, b: &Node| Node::all(vec![a.clone(), b.clone()]);
                    Pair {
                        truth: Node::any(vec![
                            both(&left.truth, &right.falsity),
                            both(&left.falsity, &right.truth),
                        ]),
                        falsity: Node::any(vec![
                            both(&left.truth, &right.truth),
                            both(&left.falsity, &right.falsity),
                        ]),
                    }
                })
            }
            EvalKind::Not(inner) => self.condition(inner, scope)?.swap(),
            EvalKind::Compare { left, op, right } => self.compare_eval(left, *op, right, eval, scope)?,
            EvalKind::In { left, list } => self.one_of(left, list, scope)?,
            EvalKind::Call { name, args } => {
                self.condition_call(&name.to_ascii_lowercase(), args, eval, scope)?
            }
            EvalKind::Macro(call) => return Err(unknown_macro(call)),
            EvalKind::Field(_)
            | EvalKind::Text(_)
            | EvalKind::Number(_)
            | EvalKind::Negative(_)
            | EvalKind::Arithmetic { .. } => return Err(not_followed("a value as a condition", eval.span)),
        };
        let origin = Some(self.span(eval.span));
        let placed = |node: Node| Node { origin, ..node };
        Ok(Pair { truth: placed(pair.truth), falsity: placed(pair.falsity) })
    }

    fn conditions(&mut self, list: &[Eval], scope: &Scope) -> Result<Vec<Pair>> {
        list.iter().map(|eval| self.condition(eval, scope)).collect()
    }

    fn one_of(&mut self, left: &Eval, list: &[Eval], scope: &Scope) -> Result<Pair> {
        let mut pairs = Vec::with_capacity(list.len());
        for item in list {
            pairs.push(self.compare_eval(left, CompareOp::Eq, item, item, scope)?);
        }
        Ok(Pair::any(pairs))
    }

    fn condition_call(&mut self, name: &str, args: &[Eval], eval: &Eval, scope: &Scope) -> Result<Pair> {
        let unknown = || not_followed(&format!("the function `{name}`"), eval.span);
        match (name, args) {
            ("true", []) => Ok(Pair::constant(true)),
            ("false", []) => Ok(Pair::constant(false)),
            ("isnull", [arg]) => Ok(Pair::two_valued(self.present(arg, scope)?).swap()),
            ("isnotnull", [arg]) => Ok(Pair::two_valued(self.present(arg, scope)?)),
            ("like", [left, right]) => self.compare_eval(left, CompareOp::Like, right, eval, scope),
            ("in", [left, list @ ..]) if !list.is_empty() => self.one_of(left, list, scope),
            ("match", [value, pattern]) => {
                let truth = self.matching(value, pattern, scope)?;
                let missing = Node::negate(self.present(value, scope)?);
                let falsity = Node::negate(Node::any(vec![truth.clone(), missing]));
                Ok(Pair { truth, falsity })
            }
            ("cidrmatch", [net, value]) => {
                let EvalKind::Text(net) = &net.kind else { return Err(unknown()) };
                let net: ipnet::IpNet = net.parse().map_err(|_| unknown())?;
                let mut cases = Vec::new();
                for Alternative { guard, leaf } in self.value(value, scope)? {
                    let Leaf::Field(field, Fold::None) = leaf else { return Err(unknown()) };
                    self.check_name(&field, value.span);
                    // What is no address is in no network and outside none.
                    let truth = test(&field, Comparison::Ip(net));
                    let any = ["0.0.0.0/0", "::/0"].map(|all| {
                        let all = all.parse().expect("a network");
                        test(&field, Comparison::Ip(all))
                    });
                    let falsity = Node::all(vec![Node::any(any.to_vec()), Node::negate(truth.clone())]);
                    cases.push(Pair { truth, falsity }.under(guard.as_ref()));
                }
                Ok(Pair::cases(cases))
            }
            ("searchmatch", [text]) => {
                let EvalKind::Text(text) = &text.kind else { return Err(unknown()) };
                Ok(Pair::two_valued(self.inner_search(text, eval.span, scope)?))
            }
            ("if", [condition, yes, no]) => {
                let condition = self.condition(condition, scope)?.truth;
                let otherwise = Node::negate(condition.clone());
                let yes = self.condition(yes, scope)?.under(Some(&condition));
                let no = self.condition(no, scope)?.under(Some(&otherwise));
                Ok(Pair::cases(vec![yes, no]))
            }
            _ => Err(unknown()),
        }
    }

    /// When a value is there; `mvfind` and `mvfilter` have one when some value of the field fits.
    pub(super) fn present(&mut self, eval: &Eval, scope: &Scope) -> Result<Node> {
        if let EvalKind::Call { name, args } = &eval.kind {
            match (name.to_ascii_lowercase().as_str(), args.as_slice()) {
                ("mvfind", [value, pattern]) => return self.matching(value, pattern, scope),
                ("mvfilter", [condition]) => {
                    let before = std::mem::replace(&mut self.one_value, true);
                    let pair = self.condition(condition, scope);
                    self.one_value = before;
                    let truth = on_one_value(pair?.truth);
                    // It looks at one value after the other: any of them is the same as here unless
                    // two conditions must hold for the same value.
                    if !is_any(&truth) && has_many(&truth) {
                        return Err(not_followed("this condition on single values", condition.span));
                    }
                    return Ok(truth);
                }
                _ => {}
            }
        }
        let value = self.value(eval, scope)?;
        for alternative in &value {
            if let Leaf::Field(field, _) = &alternative.leaf {
                self.check_name(field, eval.span);
            }
        }
        Ok(present(&value))
    }

    /// When some value of an expression matches a regular expression.
    fn matching(&mut self, value: &Eval, pattern: &Eval, scope: &Scope) -> Result<Node> {
        let EvalKind::Text(text) = &pattern.kind else {
            return Err(not_followed("a pattern that is not a text", pattern.span));
        };
        let Some((patterns, case)) = regex::patterns(text) else {
            let title = "this regular expression says more than wildcards can";
            return Err(Problem::new(&codes::SPL_REGEX, title, pattern.span));
        };
        let mut nodes = Vec::new();
        for Alternative { guard, leaf } in self.value(value, scope)? {
            let node = match leaf {
                Leaf::Field(field, Fold::None) => {
                    self.check_name(&field, value.span);
                    let test = |parts: &Vec<GlobPart>| test(&field, comparison(parts.clone(), case));
                    Node::any(patterns.iter().map(test).collect())
                }
                Leaf::Null => constant(false),
                _ => return Err(not_followed("this use of a pattern", value.span)),
            };
            nodes.push(guarded(guard.as_ref(), node));
        }
        Ok(Node::any(nodes))
    }

    /// The search that `searchmatch` holds.
    fn inner_search(&mut self, text: &str, span: Span, scope: &Scope) -> Result<Node> {
        let unread = || Problem::new(&codes::SPL_FUNCTION, "the search in this text is not followed", span);
        if self.calls >= DEEPEST {
            return Err(unread());
        }
        let parsed = trailsmith_grammar::spl::parse(text).map_err(|_| unread())?;
        let [command] = parsed.commands.as_slice() else { return Err(unread()) };
        let CommandKind::Search(Some(search)) = &command.kind else { return Err(unread()) };
        // The text has no places of its own in the file.
        let query = crate::ir::QueryText {
            text: text.to_owned(),
            map: crate::diagnostic::TextMap::verbatim(self.span(span).start, 0),
            ..self.query.clone()
        };
        let mut inner = Lowerer {
            input: self.input,
            query: &query,
            diagnostics: Vec::new(),
            calls: self.calls + 1,
            one_value: false,
        };
        inner.search(search, scope).map_err(|problem| Problem { span, ..problem })
    }
}
