//! Finds the constructs in a tree that no real filter shows.

use super::ast::{Comparison, Expr, ExprKind, Op, ValueKind};
use super::repair::{Extension, Note};
use super::text::backslashes;
use crate::Span;

pub(super) fn extensions(source: &str, expr: &Expr) -> Vec<Note> {
    let mut notes = Vec::new();
    visit(source, expr, &mut notes);
    notes
}

fn visit(source: &str, expr: &Expr, notes: &mut Vec<Note>) {
    match &expr.kind {
        ExprKind::And(list) | ExprKind::Or(list) => {
            list.iter().for_each(|operand| visit(source, operand, notes));
        }
        ExprKind::Not(operand) => {
            let kind = Extension::Not;
            notes.push(Note { kind, span: expr.span });
            visit(source, operand, notes);
        }
        ExprKind::Comparison(comparison) => leaf(source, comparison, notes),
    }
}

fn leaf(source: &str, comparison: &Comparison, notes: &mut Vec<Note>) {
    let mut note = |kind, span| notes.push(Note { kind, span });
    let Comparison { key, op, op_span, value } = comparison;
    if key.path.contains(['-', '@']) {
        note(Extension::KeyCharacter, key.span);
    }
    if matches!(op, Op::Lt | Op::Lte | Op::Gte) {
        note(Extension::OrderOperator, *op_span);
    }
    match &value.kind {
        ValueKind::Bool(_) => note(Extension::Boolean, value.span),
        ValueKind::Number(n) if !n.text.bytes().all(|b| b.is_ascii_digit()) => {
            note(Extension::Number, value.span);
        }
        ValueKind::Str { .. } => {
            let start = value.span.start;
            let (escapes, _) = backslashes(value.span.of(source));
            for at in escapes {
                note(Extension::Escape, Span::new(start + at, start + at + 2));
            }
        }
        _ => {}
    }
}
