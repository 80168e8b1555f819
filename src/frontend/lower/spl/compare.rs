//! Comparisons inside conditions: a field with a literal, a count of values, several alternatives on one
//! side; always as the pair of when they are true and when they are false.

use trailsmith_grammar::Span;
use trailsmith_grammar::spl::{CompareOp, Eval, EvalKind};

use super::condition::Pair;
use super::field::is_multivalue;
use super::scope::Scope;
use super::search::text_range;
use super::text::{comparison, like_parts};
use super::value::{Fold, Leaf, constant, exists, not_followed};
use super::values::other_than;
use super::{Lowerer, Problem, Result, codes};
use crate::diagnostic::Diagnostic;
use crate::ir::{Case, Comparison, Field, FieldType, Node, NumberOp, Predicate, Test, TextMatch};

impl Lowerer<'_> {
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
pub(super) fn is_any(node: &Node) -> bool {
    match &node.predicate {
        Predicate::Test(_) | Predicate::Nested { .. } | Predicate::Constant(_) => true,
        Predicate::Or(nodes) => nodes.iter().all(is_any),
        _ => false,
    }
}

/// Whether it asks for a field with several values.
pub(super) fn has_many(node: &Node) -> bool {
    let mut found = false;
    node.for_each_test(&mut |test, _| found |= is_multivalue(&test.field));
    found
}

pub(super) fn test(field: &Field, comparison: Comparison) -> Node {
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
