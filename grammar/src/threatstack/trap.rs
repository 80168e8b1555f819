//! Valid filter text that probably does not say what its author meant.

use super::ast::{Comparison, Expr, ExprKind, Op, Quotes, Value, ValueKind};
use super::text::{backslashes, is_address_range};
use crate::Span;

/// A suspicious place in a filter.
pub type Trap = crate::Trap<TrapKind>;

/// Which trap it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrapKind {
    /// `a or b and c`: read as `a or (b and c)`, but the product documents no precedence.
    /// Parentheses make the reading certain.
    MixedAndOr,
    /// `arguments like "%rm%"`: `like` tests for contained text, and `%`, `*`, `?`, `_` stand for
    /// themselves. Plain text was probably meant. An underscore between other characters is common
    /// in names and not reported.
    PatternInLike,
    /// `exe starts_with "/tmp/*"`: there are no wildcards in any operator. The text without the
    /// sign was probably meant.
    PatternInText,
    /// `"C:\Windows"`: a backslash before anything but a quotation mark or a backslash stands for
    /// itself. Other readers may take it as an escape; doubling it is certain.
    LoneBackslash,
    /// `"C:\\"`: the text ends in a backslash. A trailing separator was probably not meant.
    TrailingBackslash,
    /// `ip = "10.0.0.0/8"`: compared as text, which no address equals. A prefix was probably
    /// meant.
    AddressRange,
}

impl crate::TrapKind for TrapKind {
    fn explain(&self) -> &'static str {
        match self {
            Self::MixedAndOr => {
                "`and` is read before `or` here, but Threat Stack documents no precedence; write the parentheses"
            }
            Self::PatternInLike => {
                "`like` tests for contained text: `%`, `*`, `?` and `_` stand for themselves"
            }
            Self::PatternInText => "there are no wildcards: this sign stands for itself",
            Self::LoneBackslash => {
                "this backslash stands for itself; double it to be sure that every reader agrees"
            }
            Self::TrailingBackslash => "this text ends in a backslash",
            Self::AddressRange => {
                "an address range is compared as text and equals no address; test prefixes with `starts_with`"
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::MixedAndOr => "mixed-and-or",
            Self::PatternInLike => "pattern-in-like",
            Self::PatternInText => "pattern-in-text",
            Self::LoneBackslash => "lone-backslash",
            Self::TrailingBackslash => "trailing-backslash",
            Self::AddressRange => "address-range",
        }
    }
}

/// The traps in a filter, in text order. `expr` must have been read from `source`.
pub fn lints(source: &str, expr: &Expr) -> Vec<Trap> {
    let mut traps = Vec::new();
    visit(source, expr, &mut traps);
    traps
}

fn visit(source: &str, expr: &Expr, traps: &mut Vec<Trap>) {
    match &expr.kind {
        ExprKind::Or(list) => {
            for operand in list {
                if operand.parens == 0 && matches!(operand.kind, ExprKind::And(_)) {
                    let text = format!("({})", operand.span.of(source));
                    traps.push(Trap::with(TrapKind::MixedAndOr, operand.span, text));
                }
                visit(source, operand, traps);
            }
        }
        ExprKind::And(list) => list.iter().for_each(|o| visit(source, o, traps)),
        ExprKind::Not(operand) => visit(source, operand, traps),
        ExprKind::Comparison(comparison) => leaf(source, comparison, traps),
    }
}

fn leaf(source: &str, comparison: &Comparison, traps: &mut Vec<Trap>) {
    let Comparison { op, value, .. } = comparison;
    let ValueKind::Str { text, quotes } = &value.kind else {
        return;
    };
    let at_ends = |sign: char| text.starts_with(sign) || text.ends_with(sign);
    match op {
        Op::Like if text.contains(['%', '*', '?']) || at_ends('_') => {
            let bare = text.trim_matches(['%', '*']);
            let clean = !bare.is_empty() && !bare.contains(['%', '*', '?']) && bare != text;
            traps.push(if clean {
                rewritten(TrapKind::PatternInLike, comparison, bare)
            } else {
                Trap::new(TrapKind::PatternInLike, value.span)
            });
        }
        Op::Like => {}
        Op::StartsWith if text.ends_with(['%', '*']) => {
            let bare = text.trim_end_matches(['%', '*']);
            traps.push(rewritten(TrapKind::PatternInText, comparison, bare));
        }
        Op::EndsWith if text.starts_with(['%', '*']) => {
            let bare = text.trim_start_matches(['%', '*']);
            traps.push(rewritten(TrapKind::PatternInText, comparison, bare));
        }
        _ if at_ends('*') || at_ends('%') => {
            traps.push(Trap::new(TrapKind::PatternInText, value.span));
        }
        _ if is_address_range(text) => {
            traps.push(Trap::new(TrapKind::AddressRange, value.span));
        }
        _ => {}
    }
    if *quotes == Quotes::Bare {
        return;
    }
    let start = value.span.start;
    for at in backslashes(value.span.of(source)).1 {
        let span = Span::new(start + at, start + at + 1);
        traps.push(Trap::with(TrapKind::LoneBackslash, span, "\\\\"));
    }
    if text.ends_with('\\') {
        traps.push(Trap::new(TrapKind::TrailingBackslash, value.span));
    }
}

/// The trap with the value's text exchanged.
fn rewritten(kind: TrapKind, comparison: &Comparison, text: &str) -> Trap {
    Trap::with(kind, comparison.value.span, Value::str(text).to_string())
}
