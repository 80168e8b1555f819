//! Conditions of `where` and `eval`: three-valued, so that each is a pair of predicates, when it is
//! true and when it is false. For an event with neither it has no value, and `NOT` of it has none.

use trailsmith_grammar::Span;
use trailsmith_grammar::spl::{CommandKind, CompareOp, Eval, EvalKind};

use super::field::is_multivalue;
use super::scope::Scope;
use super::search::text_range;
use super::text::{comparison, like_parts};
use super::value::{
    Alternative, Fold, Leaf, constant, exists, guarded, not_followed, present, unknown_macro,
};
use super::values::{on_one_value, other_than, with_ranges};
use super::{Lowerer, Problem, Result, codes, regex};
use crate::diagnostic::Diagnostic;
use crate::ir::{Case, Comparison, Field, FieldType, GlobPart, Node, NumberOp, Predicate, Test, TextMatch};

/// How deep `searchmatch` and macros may lie in each other.
const DEEPEST: usize = 4;

/// When a condition is true and when it is false.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) truth: Node,
    pub(super) falsity: Node,
}

impl Pair {
    fn constant(truth: bool) -> Self {
        Pair { truth: constant(truth), falsity: constant(!truth) }
    }

    /// Neither: a comparison with nothing.
    fn null() -> Self {
        Pair { truth: constant(false), falsity: constant(false) }
    }

    /// A condition that always has a value.
    fn two_valued(truth: Node) -> Self {
        Pair { falsity: Node::negate(truth.clone()), truth }
    }

    fn swap(self) -> Self {
        Pair { truth: self.falsity, falsity: self.truth }
    }

    fn all(pairs: Vec<Pair>) -> Self {
        let (truths, falsities) = pairs.into_iter().map(|pair| (pair.truth, pair.falsity)).unzip();
        Pair { truth: Node::all(truths), falsity: Node::any(falsities) }
    }

    fn any(pairs: Vec<Pair>) -> Self {
        let (truths, falsities) = pairs.into_iter().map(|pair| (pair.truth, pair.falsity)).unzip();
        Pair { truth: Node::any(truths), falsity: Node::all(falsities) }
    }

    fn under(self, guard: Option<&Node>) -> Self {
        Pair { truth: guarded(guard, self.truth), falsity: guarded(guard, self.falsity) }
    }

    /// One of several cases that exclude each other.
    fn cases(pairs: Vec<Pair>) -> Self {
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
    fn present(&mut self, eval: &Eval, scope: &Scope) -> Result<Node> {
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

    pub(super) fn compare_eval(
        &mut self,
        left: &Eval,
        op: CompareOp,
        right: &Eval,
        whole: &Eval,
        scope: &Scope,
    ) -> Result<Pair> {
        let counted = self.count_of_values(left, op, right, scope)?;
        if let Some(pair) = counted.or(self.concatenated(left, op, right, scope)?) {
            return Ok(pair);
        }
        let mut cases = Vec::new();
        let (lefts, rights) = (self.value(left, scope)?, self.value(right, scope)?);
        for one in &lefts {
            for two in &rights {
                let pair = self.leaves(&one.leaf, op, &two.leaf, (left, right), whole)?;
                cases.push(pair.under(one.guard.as_ref()).under(two.guard.as_ref()));
            }
        }
        Ok(Pair::cases(cases))
    }

    /// `mvcount(field) > 0` and its like.
    fn count_of_values(
        &mut self,
        left: &Eval,
        op: CompareOp,
        right: &Eval,
        scope: &Scope,
    ) -> Result<Option<Pair>> {
        let EvalKind::Call { name, args } = &left.kind else { return Ok(None) };
        let ([field], true) = (args.as_slice(), name.eq_ignore_ascii_case("mvcount")) else {
            return Ok(None);
        };
        let number = match &right.kind {
            EvalKind::Number(number) => number.value(),
            _ => return Err(not_followed("this use of `mvcount`", left.span)),
        };
        // Without a value there is no count at all.
        let at_least_one = (op == CompareOp::Gt && number == 0.0) || (op == CompareOp::Ge && number == 1.0);
        if !at_least_one {
            return Err(not_followed("a count of values other than `> 0`", left.span));
        }
        Ok(Some(Pair { truth: self.present(field, scope)?, falsity: constant(false) }))
    }

    fn leaves(
        &mut self,
        left: &Leaf,
        op: CompareOp,
        right: &Leaf,
        sides: (&Eval, &Eval),
        whole: &Eval,
    ) -> Result<Pair> {
        match (left, right) {
            (Leaf::Null, _) | (_, Leaf::Null) => Ok(Pair::null()),
            (Leaf::Field(field, fold), Leaf::Text(_) | Leaf::Number(_)) => {
                self.named(field, op, sides.0.span);
                self.field_and_literal(field, *fold, op, right, whole.span)
            }
            (Leaf::Text(_) | Leaf::Number(_), Leaf::Field(field, fold)) => {
                self.named(field, op, sides.1.span);
                let op = flipped(op).ok_or_else(|| not_followed("a pattern of fields", whole.span))?;
                self.field_and_literal(field, *fold, op, left, whole.span)
            }
            (Leaf::Number(left), Leaf::Number(right)) => {
                Ok(Pair::constant(ordered(left.partial_cmp(right), op)))
            }
            (Leaf::Text(left), Leaf::Text(right)) if op == CompareOp::Like => {
                let glob = crate::ir::Glob { parts: like_parts(right) };
                Ok(Pair::constant(glob.matches(left, Case::Sensitive)))
            }
            (Leaf::Text(left), Leaf::Text(right)) => Ok(Pair::constant(ordered(Some(left.cmp(right)), op))),
            (Leaf::Text(_), Leaf::Number(_)) | (Leaf::Number(_), Leaf::Text(_)) => {
                Err(not_followed("a comparison of a text with a number", whole.span))
            }
            (Leaf::Field(..), Leaf::Field(field, _)) => Err(self.two_fields(field, sides.1, whole.span)),
        }
    }

    fn field_and_literal(
        &mut self,
        field: &Field,
        fold: Fold,
        op: CompareOp,
        literal: &Leaf,
        span: Span,
    ) -> Result<Pair> {
        if let (Fold::Number, Leaf::Number(value)) = (fold, literal) {
            let number = |op| test(field, Comparison::Number { op, value: *value });
            use NumberOp::{Eq, Ge, Gt, Le, Lt};
            let differs = || Node::any(vec![number(Lt), number(Gt)]);
            let (truth, falsity) = match op {
                CompareOp::Eq => (number(Eq), differs()),
                CompareOp::Ne => (differs(), number(Eq)),
                CompareOp::Lt => (number(Lt), number(Ge)),
                CompareOp::Le => (number(Le), number(Gt)),
                CompareOp::Gt => (number(Gt), number(Le)),
                CompareOp::Ge => (number(Ge), number(Lt)),
                CompareOp::Like => return Err(not_followed("a pattern of numbers", span)),
            };
            return Ok(Pair { truth, falsity });
        }
        let number_op = match op {
            CompareOp::Ne => {
                return Ok(self.field_and_literal(field, fold, CompareOp::Eq, literal, span)?.swap());
            }
            CompareOp::Eq | CompareOp::Like => NumberOp::Eq,
            CompareOp::Lt => NumberOp::Lt,
            CompareOp::Le => NumberOp::Le,
            CompareOp::Gt => NumberOp::Gt,
            CompareOp::Ge => NumberOp::Ge,
        };
        let text = match literal {
            Leaf::Number(value) if op != CompareOp::Like => {
                return self.test_pair(field, span, Comparison::Number { op: number_op, value: *value });
            }
            Leaf::Number(value) => value.to_string(),
            Leaf::Text(text) => text.clone(),
            Leaf::Null | Leaf::Field(..) => return Ok(Pair::null()),
        };
        let foreign = match fold {
            Fold::None => false,
            Fold::Number => return Err(not_followed("a comparison of a number with a text", span)),
            Fold::Lower => text.to_lowercase() != text,
            Fold::Upper => text.to_uppercase() != text,
        };
        let case = if fold == Fold::None { Case::Sensitive } else { Case::AsciiInsensitive };
        match op {
            // `lower(field)` never holds a capital letter.
            CompareOp::Eq | CompareOp::Like if foreign => {
                Ok(Pair { truth: constant(false), falsity: exists(field) })
            }
            CompareOp::Eq => {
                self.test_pair(field, span, Comparison::Text { matcher: TextMatch::Equals(text), case })
            }
            CompareOp::Like => self.test_pair(field, span, comparison(like_parts(&text), case)),
            _ if fold == Fold::None => self.test_pair(field, span, text_range(number_op, &text)),
            _ => Err(not_followed("an order of folded texts", span)),
        }
    }
    /// True where the comparison holds, false where the field has a value and it does not.
    fn test_pair(&mut self, field: &Field, span: Span, comparison: Comparison) -> Result<Pair> {
        let truth = test(field, comparison);
        let none = || Node::all(vec![exists(field), Node::negate(truth.clone())]);
        let equals = match &truth.predicate {
            Predicate::Test(Test { comparison: Comparison::Text { matcher, case }, .. }) => match matcher {
                TextMatch::Equals(text) if *case == Case::Sensitive => Some(text),
                _ => None,
            },
            _ => None,
        };
        let falsity = match (self.one_value, equals) {
            (true, Some(text)) => other_than(field, text),
            // Some value does not, if there are several; what cannot be said so is refused where it
            // is used (`is_any`).
            (true, None) => self.differs(field, truth.clone(), span).unwrap_or_else(|_| none()),
            (false, _) => none(),
        };
        Ok(Pair { truth, falsity })
    }

    fn two_fields(&mut self, right: &Field, written: &Eval, span: Span) -> Problem {
        let title = format!("`{right}` is a field here, and comparing two fields is not followed");
        match &written.kind {
            EvalKind::Field(name) if right.ty == FieldType::Unknown && !name.contains('.') => {
                let title = format!("`{name}` is a field here, and no event has it");
                Problem::new(&codes::SPL_BARE_VALUE, title, written.span)
                    .help(format!("put a text in double quotes: \"{name}\""))
            }
            _ => Problem::new(&codes::SPL_FIELD_COMPARISON, title, span),
        }
    }

    fn named(&mut self, field: &Field, op: CompareOp, span: Span) {
        self.check_name(field, span);
        if is_multivalue(field) && !self.one_value {
            let title =
                format!("`{field}` may have several values, on which `{}` is unreliable", op.symbol());
            let diagnostic = Diagnostic::new(&codes::SPL_MULTIVALUE, title)
                .help(format!("write isnotnull(mvfind('{field}', \"^value$\"))"));
            let span = self.span(span);
            self.report(diagnostic, span, "read as: any of them");
        }
    }
}

/// Whether a predicate holds as soon as one value fits: tests, elements and alternatives of them.
fn is_any(node: &Node) -> bool {
    match &node.predicate {
        Predicate::Test(_) | Predicate::Nested { .. } | Predicate::Constant(_) => true,
        Predicate::Or(nodes) => nodes.iter().all(is_any),
        _ => false,
    }
}

/// Whether it asks for a field with several values.
fn has_many(node: &Node) -> bool {
    let mut found = false;
    node.for_each_test(&mut |test, _| found |= is_multivalue(&test.field));
    found
}

fn test(field: &Field, comparison: Comparison) -> Node {
    Node::synthetic(Predicate::Test(Test { field: field.clone(), comparison }))
}

/// The operator with its sides exchanged.
fn flipped(op: CompareOp) -> Option<CompareOp> {
    Some(match op {
        CompareOp::Eq | CompareOp::Ne => op,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::Le => CompareOp::Ge,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::Ge => CompareOp::Le,
        CompareOp::Like => return None,
    })
}

fn ordered(order: Option<std::cmp::Ordering>, op: CompareOp) -> bool {
    order.is_some_and(|order| match op {
        CompareOp::Eq | CompareOp::Like => order.is_eq(),
        CompareOp::Ne => order.is_ne(),
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    })
}
