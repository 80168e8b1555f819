//! Expressions of `where` and `eval`.

use std::fmt::{self, Display};

use super::{joined, quoted, repeat};
use crate::spl::ast::{Eval, EvalKind};

impl Display for Eval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        node(f, self, Place::Open)
    }
}

/// How much a position asks of what is printed there.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Anything may stand here.
    Open,
    /// In a chain of `AND`, `OR` or `XOR` or behind `NOT`: no chain.
    Condition,
    /// Beside an operator: a value.
    Value,
}

fn node(f: &mut fmt::Formatter<'_>, eval: &Eval, place: Place) -> fmt::Result {
    let needed = match &eval.kind {
        EvalKind::And(list) | EvalKind::Or(list) | EvalKind::Xor(list) if list.len() == 1 => false,
        EvalKind::And(list) | EvalKind::Or(list) | EvalKind::Xor(list) if list.is_empty() => {
            place == Place::Value
        }
        EvalKind::And(_) | EvalKind::Or(_) | EvalKind::Xor(_) => place != Place::Open,
        EvalKind::Not(_)
        | EvalKind::Compare { .. }
        | EvalKind::In { .. }
        | EvalKind::Arithmetic { .. }
        | EvalKind::Negative(_) => place == Place::Value,
        EvalKind::Call { .. }
        | EvalKind::Field(_)
        | EvalKind::Text(_)
        | EvalKind::Number(_)
        | EvalKind::Macro(_) => false,
    };
    let parens = eval.parens.max(u32::from(needed));
    repeat(f, '(', parens)?;
    let place = if parens > 0 { Place::Open } else { place };
    match &eval.kind {
        // Without operands: always, and never.
        EvalKind::And(list) if list.is_empty() => f.write_str("true()")?,
        EvalKind::Or(list) | EvalKind::Xor(list) if list.is_empty() => f.write_str("false()")?,
        EvalKind::And(list) => operands(f, list, " AND ", place)?,
        EvalKind::Or(list) => operands(f, list, " OR ", place)?,
        EvalKind::Xor(list) => operands(f, list, " XOR ", place)?,
        EvalKind::Not(inner) => {
            f.write_str("NOT ")?;
            node(f, inner, Place::Condition)?;
        }
        EvalKind::Compare { left, op, right } => {
            node(f, left, Place::Value)?;
            write!(f, " {} ", op.symbol())?;
            node(f, right, Place::Value)?;
        }
        EvalKind::In { left, list } => {
            node(f, left, Place::Value)?;
            f.write_str(" IN (")?;
            joined(f, list, ", ")?;
            f.write_str(")")?;
        }
        EvalKind::Arithmetic { first, rest } => {
            node(f, first, Place::Value)?;
            for (op, operand) in rest {
                write!(f, " {} ", op.symbol())?;
                node(f, operand, Place::Value)?;
            }
        }
        EvalKind::Negative(inner) => {
            f.write_str("-")?;
            node(f, inner, Place::Value)?;
        }
        EvalKind::Call { name, args } => {
            write!(f, "{name}(")?;
            joined(f, args, ", ")?;
            f.write_str(")")?;
        }
        EvalKind::Field(name) if is_bare(name) => f.write_str(name)?,
        EvalKind::Field(name) => quoted(f, name, '\'')?,
        EvalKind::Text(text) => quoted(f, text, '"')?,
        EvalKind::Number(number) => f.write_str(&number.0)?,
        EvalKind::Macro(call) => call.fmt(f)?,
    }
    repeat(f, ')', parens)
}

fn operands(f: &mut fmt::Formatter<'_>, list: &[Eval], separator: &str, place: Place) -> fmt::Result {
    if let [only] = list {
        return node(f, only, place);
    }
    for (i, item) in list.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        node(f, item, Place::Condition)?;
    }
    Ok(())
}

/// Whether a field name may stand without single quotes: letters, digits and `_` only.
pub(super) fn is_bare(name: &str) -> bool {
    const WORDS: [&str; 6] = ["and", "or", "not", "xor", "like", "in"];
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !WORDS.iter().any(|word| name.eq_ignore_ascii_case(word))
}
