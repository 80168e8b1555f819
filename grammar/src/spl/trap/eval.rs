//! Traps in expressions of `where` and `eval`.

use super::{Trap, TrapKind};
use crate::spl::ast::{ArithmeticOp, CompareOp, Eval, EvalKind};

pub(super) fn find(source: &str, eval: &Eval, traps: &mut Vec<Trap>) {
    match &eval.kind {
        EvalKind::And(list) | EvalKind::Or(list) | EvalKind::Xor(list) => {
            list.iter().for_each(|item| find(source, item, traps));
        }
        EvalKind::Not(inner) | EvalKind::Negative(inner) => find(source, inner, traps),
        EvalKind::Compare { left, op, right } => {
            compare(left, *op, right, traps);
            find(source, left, traps);
            find(source, right, traps);
        }
        EvalKind::In { left, list } => {
            find(source, left, traps);
            list.iter().for_each(|item| find(source, item, traps));
        }
        EvalKind::Arithmetic { first, rest } => arithmetic(source, eval, first, rest, traps),
        EvalKind::Call { name, args } => {
            if name.eq_ignore_ascii_case("like") {
                args.iter().skip(1).for_each(|pattern| star(TrapKind::StarInLike, pattern, traps));
            }
            args.iter().for_each(|arg| find(source, arg, traps));
        }
        EvalKind::Field(_) | EvalKind::Text(_) | EvalKind::Number(_) | EvalKind::Macro(_) => {}
    }
}

fn compare(left: &Eval, op: CompareOp, right: &Eval, traps: &mut Vec<Trap>) {
    if let EvalKind::Text(text) = &left.kind
        && !matches!(right.kind, EvalKind::Field(_))
    {
        let field = Eval::field(text.as_str()).to_string();
        traps.push(Trap::with(TrapKind::QuotedField, left.span, field));
    }
    match op {
        CompareOp::Like => star(TrapKind::StarInLike, right, traps),
        // A lone `*` is what policies hold for "everything": it is meant.
        CompareOp::Eq | CompareOp::Ne if !matches!(&right.kind, EvalKind::Text(text) if text == "*") => {
            star(TrapKind::StarInExpression, right, traps);
        }
        _ => {}
    }
}

fn star(kind: TrapKind, pattern: &Eval, traps: &mut Vec<Trap>) {
    match &pattern.kind {
        EvalKind::Text(text) if text.contains('*') => traps.push(Trap::new(kind, pattern.span)),
        _ => {}
    }
}

/// A chain of bare names joined by `.` without spaces is a field name whose author forgot the
/// quotes.
fn arithmetic(source: &str, eval: &Eval, first: &Eval, rest: &[(ArithmeticOp, Eval)], traps: &mut Vec<Trap>) {
    let name = |part: &Eval| matches!(&part.kind, EvalKind::Field(name) if part.span.of(source) == name);
    let dotted = rest.iter().all(|(op, part)| *op == ArithmeticOp::Concat && name(part));
    let text = eval.span.of(source);
    if name(first) && dotted && eval.parens == 0 && !text.contains(char::is_whitespace) {
        traps.push(Trap::with(TrapKind::DottedField, eval.span, format!("'{text}'")));
        return;
    }
    find(source, first, traps);
    rest.iter().for_each(|(_, part)| find(source, part, traps));
}
