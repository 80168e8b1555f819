//! Threat Stack filters, with the meaning that threatstack.md §2 gives to them: case-sensitive,
//! any element of an array, `!=` as plain negation, `null` as "missing".

use trailsmith_grammar::threatstack as syntax;
use trailsmith_grammar::threatstack::{Comparison as Comparing, Expr, ExprKind, Op, ValueKind};
use trailsmith_grammar::{ErrorKind as _, TrapKind as _};

pub(super) use syntax::Mode;

use super::{LowerInput, Lowered, codes, field};
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::ir::{Case, Comparison, Node, NumberOp, Predicate, QueryText, Test, TextMatch, Vocabulary};

/// Lowers a filter: on the fields of findings for `Vocabulary::Finding`, else on Threat Stack's own.
pub(super) fn lower(
    input: &LowerInput<'_>,
    query: &QueryText,
    mode: Mode,
    vocabulary: Vocabulary,
) -> Lowered {
    let vocabulary = match vocabulary {
        Vocabulary::Finding(_) => vocabulary,
        _ => Vocabulary::ThreatStack,
    };
    let mut lowerer = Lowerer { input, query, vocabulary, diagnostics: Vec::new() };
    let parsed = match syntax::parse(&query.text, mode) {
        Ok(parsed) => parsed,
        Err(error) => {
            lowerer.syntax_error(&error);
            return Lowered { diagnostics: lowerer.diagnostics, ..Lowered::default() };
        }
    };
    for repair in &parsed.repairs {
        let code = codes::find("threat-stack", repair.kind.name());
        let span = lowerer.span(repair.span);
        let diagnostic = Diagnostic::new(code, repair.kind.explain()).severity(Severity::Warning);
        let diagnostic = lowerer.with_fix(diagnostic, "write it so", span, repair.span, &repair.replacement);
        lowerer.report(diagnostic, span, "");
    }
    for note in &parsed.notes {
        let code = codes::find("threat-stack-extension", note.kind.name());
        lowerer.report(Diagnostic::new(code, note.kind.explain()), lowerer.span(note.span), "");
    }
    for trap in syntax::lints(&query.text, &parsed.expr) {
        let code = codes::find("threat-stack", trap.kind.name());
        let span = lowerer.span(trap.span);
        let mut diagnostic = Diagnostic::new(code, trap.kind.explain());
        if let Some(text) = trap.suggestion() {
            diagnostic = lowerer.with_fix(diagnostic, "write it so", span, trap.span, &text);
        }
        lowerer.report(diagnostic, span, "");
    }
    let event_type = lowerer.event_type(&parsed.expr);
    let node = lowerer.expr(&parsed.expr);
    Lowered { predicate: Some(node), diagnostics: lowerer.diagnostics, event_type, ..Lowered::default() }
}

struct Lowerer<'a> {
    input: &'a LowerInput<'a>,
    query: &'a QueryText,
    vocabulary: Vocabulary,
    diagnostics: Vec<Diagnostic>,
}

impl Lowerer<'_> {
    fn expr(&mut self, expr: &Expr) -> Node {
        let origin = self.span(expr.span);
        match &expr.kind {
            ExprKind::And(operands) => {
                Node::at(Predicate::And(operands.iter().map(|o| self.expr(o)).collect()), origin)
            }
            ExprKind::Or(operands) => {
                Node::at(Predicate::Or(operands.iter().map(|o| self.expr(o)).collect()), origin)
            }
            ExprKind::Not(operand) => Node::at(Predicate::Not(Box::new(self.expr(operand))), origin),
            ExprKind::Comparison(comparison) => self.comparison(comparison, origin),
        }
    }

    fn comparison(&mut self, comparing: &Comparing, origin: Span) -> Node {
        let field = field(self.vocabulary, &comparing.key.path);
        let test = |comparison| Node::at(Predicate::Test(Test { field: field.clone(), comparison }), origin);
        let text = |matcher| Comparison::Text { matcher, case: Case::Sensitive };
        match (comparing.op, &comparing.value.kind) {
            (Op::Eq, ValueKind::Null) => not(test(Comparison::Exists)),
            (Op::Ne, ValueKind::Null) => test(Comparison::Exists),
            (op @ (Op::Eq | Op::Ne), value) => {
                let equal = match value {
                    ValueKind::Str { text: value, .. } => text(TextMatch::Equals(value.clone())),
                    ValueKind::Bool(value) => text(TextMatch::Equals(value.to_string())),
                    ValueKind::Number(number) => {
                        Comparison::Number { op: NumberOp::Eq, value: number.as_f64() }
                    }
                    ValueKind::Null => Comparison::Exists,
                };
                if op == Op::Ne { not(test(equal)) } else { test(equal) }
            }
            (Op::StartsWith | Op::EndsWith | Op::Like, value) => {
                let ValueKind::Str { text: value, .. } = value else {
                    // The grammar lets only text follow these operators.
                    return Node::at(Predicate::Constant(false), origin);
                };
                let value = value.clone();
                test(text(match comparing.op {
                    Op::StartsWith => TextMatch::Prefix(value),
                    Op::EndsWith => TextMatch::Suffix(value),
                    _ => TextMatch::Contains(value),
                }))
            }
            (op, value) => {
                let op = match op {
                    Op::Lt => NumberOp::Lt,
                    Op::Lte => NumberOp::Le,
                    Op::Gt => NumberOp::Gt,
                    _ => NumberOp::Ge,
                };
                let number = match value {
                    ValueKind::Number(number) => Some(number.as_f64()),
                    ValueKind::Str { text, .. } => canonical_number(text),
                    _ => None,
                };
                let Some(value) = number else {
                    let title = format!("`{}` compares numbers, and this is none", op.as_str());
                    let diagnostic = Diagnostic::new(&codes::THREAT_STACK_ORDER_OF_TEXT, title)
                        .help("compare with a number; the condition is never true as it stands");
                    self.report(diagnostic, self.span(comparing.value.span), "no number");
                    return Node::at(Predicate::Constant(false), origin);
                };
                test(Comparison::Number { op, value })
            }
        }
    }

    /// The value of a top-level `event_type = "…"` conjunct.
    fn event_type(&self, expr: &Expr) -> Option<(String, Span)> {
        match &expr.kind {
            ExprKind::And(operands) => operands.iter().find_map(|operand| self.event_type(operand)),
            ExprKind::Comparison(Comparing { key, op: Op::Eq, value, .. }) if key.path == "event_type" => {
                match &value.kind {
                    ValueKind::Str { text, .. } => Some((text.clone(), self.span(value.span))),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn syntax_error(&mut self, error: &syntax::SyntaxError) {
        let code = codes::find("threat-stack", error.kind.name());
        let mut diagnostic = Diagnostic::new(code, error.kind.to_string()).severity(Severity::Error);
        if !error.expected.is_empty() {
            diagnostic = diagnostic.note(format!("expected {}", error.expected.join(", ")));
        }
        diagnostic.help.extend(error.help());
        let span = self.span(error.span);
        let replacement = match &error.kind {
            syntax::ErrorKind::TypographicQuotes { replacement }
            | syntax::ErrorKind::BareValue { replacement } => Some(replacement.as_str()),
            syntax::ErrorKind::LocalisedKeyword { replacement, .. } => Some(*replacement),
            _ => None,
        };
        if let Some(replacement) = replacement {
            diagnostic = self.with_fix(diagnostic, "write it so", span, error.span, replacement);
        }
        self.report(diagnostic, span, "");
    }

    /// Offers an edit where the filter stands verbatim in the file; elsewhere the replacement would
    /// need escapes of the outer format and becomes a line of help.
    fn with_fix(
        &self,
        diagnostic: Diagnostic,
        title: &str,
        outer: Span,
        inner: trailsmith_grammar::Span,
        replacement: &str,
    ) -> Diagnostic {
        if self.input.source.slice(outer) == inner.of(&self.query.text) {
            diagnostic.fix(title, outer, replacement, false)
        } else {
            diagnostic.help(format!("write `{replacement}`"))
        }
    }

    fn report(&mut self, diagnostic: Diagnostic, span: Span, label: &str) {
        let diagnostic =
            diagnostic.at(self.input.source, span, label).for_rule(self.input.rule_id, self.input.rule_name);
        self.diagnostics.push(diagnostic);
    }

    fn span(&self, inner: trailsmith_grammar::Span) -> Span {
        self.query.map.span(Span::new(inner.start, inner.end))
    }
}

fn not(node: Node) -> Node {
    Node::negate(node)
}

/// Text that Threat Stack would take for a number: an optional minus, digits, perhaps a fraction.
fn canonical_number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (all_digits(whole) && all_digits(fraction)).then(|| text.parse().ok())?
}
