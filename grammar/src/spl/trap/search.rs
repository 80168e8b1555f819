//! Traps in conditions of `search`.

use super::{Trap, TrapKind};
use crate::spl::ast::{Literal, Search, SearchKind, SearchOp};

pub(super) fn find(source: &str, search: &Search, traps: &mut Vec<Trap>) {
    match &search.kind {
        SearchKind::And(operands) => {
            for operand in operands {
                // What is said of bare alternatives mends the precedence, too.
                let open = matches!(&operand.kind, SearchKind::Or(list) if bare_alternatives(list).is_none());
                if open && operand.parens == 0 {
                    let text = format!("({})", operand.span.of(source));
                    traps.push(Trap::with(TrapKind::MixedAndOr, operand.span, text));
                }
                find(source, operand, traps);
            }
        }
        SearchKind::Or(operands) => {
            alternatives(source, operands, traps);
            operands.iter().for_each(|operand| find(source, operand, traps));
        }
        SearchKind::Not(operand) => find(source, operand, traps),
        SearchKind::Compare { field, op, value } => compare(search, field, *op, value, traps),
        SearchKind::In { values, .. } => values.iter().for_each(|value| self::value(value, traps)),
        SearchKind::Text(text) => {
            let operator = ["and", "or", "not"].iter().any(|word| text.text.eq_ignore_ascii_case(word));
            if operator && !text.quoted {
                let upper = text.text.to_ascii_uppercase();
                traps.push(Trap::with(TrapKind::LowercaseOperator, text.span, upper));
            }
            value(text, traps);
        }
        SearchKind::Term { .. } | SearchKind::Macro(_) | SearchKind::Subsearch(_) => {}
    }
}

/// The values of `field=a OR b OR c`, where every alternative but the first is one bare word, and
/// the field.
fn bare_alternatives(operands: &[Search]) -> Option<(&Literal, Vec<&Literal>)> {
    let (first, rest) = operands.split_first()?;
    let SearchKind::Compare { field, op: SearchOp::Eq, value } = &first.kind else { return None };
    let bare = |operand: &'_ Search| match &operand.kind {
        SearchKind::Text(text) => !text.quoted && operand.parens == 0,
        _ => false,
    };
    if rest.is_empty() || !rest.iter().all(bare) {
        return None;
    }
    let words = rest.iter().filter_map(|operand| match &operand.kind {
        SearchKind::Text(text) => Some(text),
        _ => None,
    });
    Some((field, std::iter::once(value).chain(words).collect()))
}

fn alternatives(source: &str, operands: &[Search], traps: &mut Vec<Trap>) {
    let Some((field, values)) = bare_alternatives(operands) else { return };
    let span = values.iter().fold(field.span, |span, value| span.to(value.span));
    let values: Vec<&str> = values.iter().map(|value| value.span.of(source)).collect();
    let text = format!("{} IN ({})", field.span.of(source), values.join(", "));
    traps.push(Trap::with(TrapKind::BareAlternative, span, text));
}

fn compare(search: &Search, field: &Literal, op: SearchOp, value: &Literal, traps: &mut Vec<Trap>) {
    if op == SearchOp::Ne {
        let (kind, right) = match value.is_star() {
            true => (TrapKind::NotEqualsStar, "*".to_owned()),
            false => (TrapKind::NotEquals, value.to_string()),
        };
        traps.push(Trap::with(kind, search.span, format!("NOT {field}={right}")));
    }
    if !value.quoted && value.text.eq_ignore_ascii_case("null") {
        traps.push(Trap::new(TrapKind::Null, value.span));
    }
    self::value(value, traps);
}

fn value(literal: &Literal, traps: &mut Vec<Trap>) {
    if literal.text.contains("\\*") {
        traps.push(Trap::new(TrapKind::EscapedStar, literal.span));
    }
    if literal.text.contains('?') {
        traps.push(Trap::new(TrapKind::QuestionMark, literal.span));
    }
    let inner = literal.text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    if let (Some(inner), false) = (inner, literal.quoted) {
        traps.push(Trap::with(TrapKind::SingleQuotes, literal.span, Literal::quoted(inner).to_string()));
    }
}
