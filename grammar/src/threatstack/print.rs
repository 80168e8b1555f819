//! Prints filters on one line, in double quotes, with parentheses wherever `and` and `or` meet:
//! the product does not say which binds tighter.

use std::fmt::{self, Display, Write};

use super::ast::{Comparison, Expr, ExprKind, Value, ValueKind};

/// The text of a filter. Reading it gives the same tree again.
///
/// A chain of one operand prints as that operand. An empty chain has no text: Threat Stack knows
/// neither "always" nor "never".
pub fn print(expr: &Expr) -> String {
    expr.to_string()
}

impl Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expr(f, self, Place::Open)
    }
}

#[derive(Clone, Copy)]
enum Place {
    Open,
    InChain,
    BehindNot,
}

fn expr(f: &mut fmt::Formatter<'_>, node: &Expr, place: Place) -> fmt::Result {
    let needed = match (&node.kind, place) {
        (ExprKind::And(list) | ExprKind::Or(list), Place::InChain | Place::BehindNot) => list.len() > 1,
        (ExprKind::Not(_), Place::BehindNot) => true,
        _ => false,
    };
    let parens = node.parens.max(u32::from(needed));
    (0..parens).try_for_each(|_| f.write_char('('))?;
    let inside = if parens > 0 { Place::Open } else { place };
    match &node.kind {
        ExprKind::And(list) => chain(f, list, " and ", inside)?,
        ExprKind::Or(list) => chain(f, list, " or ", inside)?,
        ExprKind::Not(operand) => {
            f.write_str("not ")?;
            expr(f, operand, Place::BehindNot)?;
        }
        ExprKind::Comparison(comparison) => comparison.fmt(f)?,
    }
    (0..parens).try_for_each(|_| f.write_char(')'))
}

fn chain(f: &mut fmt::Formatter<'_>, operands: &[Expr], separator: &str, place: Place) -> fmt::Result {
    if let [only] = operands {
        return expr(f, only, place);
    }
    for (i, operand) in operands.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        expr(f, operand, Place::InChain)?;
    }
    Ok(())
}

impl Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.key.path, self.op.symbol(), self.value)
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ValueKind::Str { text, .. } => f.write_str(&quoted(text)),
            ValueKind::Number(number) => f.write_str(&number.text),
            ValueKind::Null => f.write_str("null"),
            ValueKind::Bool(value) => write!(f, "{value}"),
        }
    }
}

/// Text in double quotes. A backslash is doubled only where it would protect what follows, so
/// that Windows paths stay readable and filters without escapes stay without.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' if matches!(chars.peek(), None | Some('"' | '\'' | '\\')) => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
