//! Walks a query and finds the traps that concern whole conditions; `literal` has the others.

use super::super::ast::{Expr, ExprKind, Literal, LiteralKind, RangeOp, ValueExpr, ValueKind};
use super::literal::Role;
use super::{Trap, TrapKind};

pub(super) struct Finder<'s> {
    pub source: &'s str,
    pub traps: Vec<Trap>,
}

impl<'s> Finder<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, traps: Vec::new() }
    }

    pub(super) fn finish(mut self) -> Vec<Trap> {
        self.traps.sort_by_key(|trap| (trap.span.start, trap.span.end));
        self.traps
    }

    /// `negated` says whether `not` stands directly before the condition.
    pub(super) fn expr(&mut self, expr: &Expr, negated: bool) {
        match &expr.kind {
            ExprKind::And(list) => list.iter().for_each(|e| self.expr(e, false)),
            ExprKind::Or(list) => {
                for operand in list {
                    if operand.parens == 0 && matches!(operand.kind, ExprKind::And(_)) {
                        let text = format!("({})", operand.span.of(self.source));
                        self.rewrite(TrapKind::MixedAndOr, operand.span, text);
                    }
                    self.expr(operand, false);
                }
            }
            ExprKind::Not(operand) => self.expr(operand, operand.parens == 0),
            ExprKind::Is { field, value } => self.is(expr, field.as_ref(), value, negated),
            ExprKind::Range { field, value, .. } => {
                self.field(field, negated);
                self.literal(value, Role::Bound);
            }
            ExprKind::Nested { path, body } => {
                self.field(path, negated);
                if let ExprKind::Is { field: None, value } = &body.kind
                    && let ValueKind::Literal(literal) = &value.kind
                    && let LiteralKind::Text(text) = &literal.kind
                    && let Some((low, high)) = text.split_once(" TO ")
                {
                    let rewrite = comparisons(path, (RangeOp::Gt, low), (RangeOp::Lt, high));
                    self.whole(TrapKind::LuceneRange, expr, rewrite);
                    return;
                }
                self.expr(body, false);
            }
        }
    }

    fn is(&mut self, expr: &Expr, field: Option<&Literal>, value: &ValueExpr, negated: bool) {
        let Some(field) = field else {
            return self.values(value, Role::FreeText);
        };
        if let (LiteralKind::Text(name), ValueKind::Literal(literal)) = (&field.kind, &value.kind) {
            if name == "_exists_" {
                self.whole(TrapKind::LuceneExists, expr, Some(format!("{literal}: *")));
                return;
            }
            let text = literal.span.of(self.source);
            if let Some(rewrite) = range(field, text) {
                self.field(field, negated);
                self.whole(TrapKind::LuceneRange, expr, rewrite);
                return;
            }
        }
        self.field(field, negated);
        self.values(value, Role::Value);
    }

    fn field(&mut self, field: &Literal, negated: bool) {
        let raw = field.span.of(self.source);
        let rest = raw.trim_start_matches(['!', '-', '+']);
        if rest.len() < raw.len() && !rest.is_empty() {
            let excludes = raw.starts_with(['!', '-']);
            let plain = rest.trim_start();
            match (raw.len() - rest.len(), excludes) {
                (1, true) if !negated => {
                    self.rewrite(TrapKind::LuceneSign, field.span, format!("not {plain}"));
                }
                (1, false) => self.rewrite(TrapKind::LuceneSign, field.span, plain.to_owned()),
                _ => self.traps.push(Trap::new(TrapKind::LuceneSign, field.span)),
            }
        }
        self.literal(field, Role::Field);
    }

    fn values(&mut self, value: &ValueExpr, role: Role) {
        match &value.kind {
            ValueKind::Literal(literal) => self.literal(literal, role),
            ValueKind::And(list) => list.iter().for_each(|v| self.values(v, role)),
            ValueKind::Or(list) => {
                for operand in list {
                    if operand.parens == 0 && matches!(operand.kind, ValueKind::And(_)) {
                        let text = format!("({})", operand.span.of(self.source));
                        self.rewrite(TrapKind::MixedAndOr, operand.span, text);
                    }
                    self.values(operand, role);
                }
            }
            ValueKind::Not(operand) => self.values(operand, role),
        }
    }

    pub(super) fn rewrite(&mut self, kind: TrapKind, span: crate::Span, text: String) {
        self.traps.push(Trap::with(kind, span, text));
    }

    /// A trap that is rewritten together with its condition, in parentheses if these were there.
    fn whole(&mut self, kind: TrapKind, expr: &Expr, rewrite: Option<String>) {
        let mut trap = Trap::new(kind, expr.span);
        trap.replacement = rewrite.map(|text| match expr.parens {
            0 => text,
            _ => format!("({text})"),
        });
        self.traps.push(trap);
    }
}

/// `[low TO high]`, either bracket perhaps a brace: `Some` if it is one, with its rewrite.
fn range(field: &Literal, text: &str) -> Option<Option<String>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let (low, high) = inner.split_once(" TO ")?;
    Some(comparisons(field, (RangeOp::Gte, low), (RangeOp::Lte, high)))
}

/// The comparisons that a Lucene range means; `*` leaves a side open.
fn comparisons(field: &Literal, low: (RangeOp, &str), high: (RangeOp, &str)) -> Option<String> {
    let side = |(op, bound): (RangeOp, &str)| {
        let bound = bound.trim();
        (bound != "*").then(|| Expr::range(field.clone(), op, Literal::text(bound)).to_string())
    };
    match (side(low), side(high)) {
        (Some(low), Some(high)) => Some(format!("({low} and {high})")),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => Some(Expr::exists(field.clone()).to_string()),
    }
}
