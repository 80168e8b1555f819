//! Prints KQL trees on one line.
//!
//! Reading the output gives the same tree again, for every tree that [`super::parse`] made and for
//! trees built by hand as far as KQL can say them (see [`Literal::is_expressible`]). Operands that
//! are chains themselves always get parentheses: Kibana lets `and` bind tighter, Elasticsearch's
//! `kql` query does not. A literal never becomes a keyword, another type or another literal.

use std::fmt::{self, Display, Write};

use super::ast::{Expr, ExprKind, Literal, LiteralKind, Query, Segment, ValueExpr, ValueKind};
use super::raw::{is_js_space, is_space};

/// The text of a condition.
///
/// A chain of one operand prints as that operand; an empty `and` as `*:*`, an empty `or` as
/// `not *:*`.
pub fn print(expr: &Expr) -> String {
    expr.to_string()
}

/// The text of a field name or a value.
///
/// Unquoted text that KQL would type or trim (`true`, leading whitespace) is printed quoted, which
/// is the nearest form.
pub fn print_literal(literal: &Literal) -> String {
    literal.to_string()
}

impl Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expr {
            Some(expr) => expr.fmt(f),
            None => Ok(()),
        }
    }
}

/// How much a position asks of what is printed there.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Anything may stand here.
    Open,
    /// Behind `not` and in a chain: no chain, no `not` behind `not`.
    Operand { of_not: bool },
    /// Directly behind a colon: a literal, or parentheses.
    Value,
}

impl Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expr(f, self, Place::Open)
    }
}

impl Display for ValueExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        value(f, self, Place::Value)
    }
}

fn expr(f: &mut fmt::Formatter<'_>, node: &Expr, place: Place) -> fmt::Result {
    let needed = match (&node.kind, place) {
        (ExprKind::And(list) | ExprKind::Or(list), Place::Operand { .. }) => list.len() > 1,
        (ExprKind::Not(_), Place::Operand { of_not }) => of_not,
        _ => false,
    };
    // An empty `or` prints as a `not`.
    let needed = needed || matches!(&node.kind, ExprKind::Or(list) if list.is_empty());
    let parens = node.parens.max(u32::from(needed));
    repeat(f, '(', parens)?;
    // Parentheses give the inside a fresh start; a chain of one passes the demand on.
    let inside = if parens > 0 { Place::Open } else { place };
    match &node.kind {
        ExprKind::And(list) => chain(f, list, " and ", "*:*", inside, expr)?,
        ExprKind::Or(list) => chain(f, list, " or ", "not *:*", inside, expr)?,
        ExprKind::Not(operand) => {
            f.write_str("not ")?;
            expr(f, operand, Place::Operand { of_not: true })?;
        }
        ExprKind::Is { field, value: v } => {
            if let Some(field) = field {
                write!(f, "{field}: ")?;
            }
            value(f, v, Place::Value)?;
        }
        ExprKind::Range { field, op, value: bound, .. } => write!(f, "{field} {} {bound}", op.symbol())?,
        ExprKind::Nested { path, body } => {
            write!(f, "{path}: {{ ")?;
            expr(f, body, Place::Open)?;
            f.write_str(" }")?;
        }
    }
    repeat(f, ')', parens)
}

fn value(f: &mut fmt::Formatter<'_>, node: &ValueExpr, place: Place) -> fmt::Result {
    let needed = match (&node.kind, place) {
        (ValueKind::And(list) | ValueKind::Or(list), Place::Operand { .. }) => list.len() > 1,
        (ValueKind::And(list) | ValueKind::Or(list), Place::Value) => list.len() != 1,
        (ValueKind::Not(_), Place::Operand { of_not }) => of_not,
        (ValueKind::Not(_), Place::Value) => true,
        _ => false,
    };
    let needed = needed || matches!(&node.kind, ValueKind::Or(list) if list.is_empty());
    let parens = node.parens.max(u32::from(needed));
    repeat(f, '(', parens)?;
    let inside = if parens > 0 { Place::Open } else { place };
    match &node.kind {
        ValueKind::Literal(literal) => write!(f, "{literal}")?,
        // Values have no form for "always": existence is the nearest.
        ValueKind::And(list) => chain(f, list, " and ", "*", inside, value)?,
        ValueKind::Or(list) => chain(f, list, " or ", "not *", inside, value)?,
        ValueKind::Not(operand) => {
            f.write_str("not ")?;
            value(f, operand, Place::Operand { of_not: true })?;
        }
    }
    repeat(f, ')', parens)
}

fn chain<T>(
    f: &mut fmt::Formatter<'_>,
    operands: &[T],
    separator: &str,
    empty: &str,
    place: Place,
    print: impl Fn(&mut fmt::Formatter<'_>, &T, Place) -> fmt::Result,
) -> fmt::Result {
    match operands {
        [] => f.write_str(empty),
        [only] => print(f, only, place),
        _ => {
            for (i, operand) in operands.iter().enumerate() {
                if i > 0 {
                    f.write_str(separator)?;
                }
                print(f, operand, Place::Operand { of_not: false })?;
            }
            Ok(())
        }
    }
}

fn repeat(f: &mut fmt::Formatter<'_>, c: char, times: u32) -> fmt::Result {
    (0..times).try_for_each(|_| f.write_char(c))
}

impl Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            LiteralKind::Quoted(text) => quoted(f, text),
            LiteralKind::Bool(value) => write!(f, "{value}"),
            LiteralKind::Null => f.write_str("null"),
            LiteralKind::Text(text) if !self.is_expressible() => quoted(f, text),
            // Whitespace that Kibana trims: the only unquoted form of no text at all.
            LiteralKind::Text(text) if text.is_empty() => f.write_str("\\t"),
            LiteralKind::Text(text) => unquoted(f, text, true, true),
            LiteralKind::Wildcard(segments) => {
                for (i, segment) in segments.iter().enumerate() {
                    match segment {
                        Segment::Star => f.write_char('*')?,
                        Segment::Text(text) => {
                            unquoted(f, text, i == 0, i + 1 == segments.len())?;
                        }
                    }
                }
                Ok(())
            }
        }
    }
}

/// Writes text between quotation marks. Control characters are escaped, so that the result stays
/// on one line and every KQL reader takes it.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c => plain(f, c)?,
        }
    }
    f.write_char('"')
}

/// Writes a part of an unquoted literal; `starts` and `ends` say whether the literal does so here.
fn unquoted(f: &mut fmt::Formatter<'_>, text: &str, starts: bool, ends: bool) -> fmt::Result {
    let mut word_start = starts;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let word_ends = |len: usize| match rest[len..].chars().next() {
            Some(next) => is_space(next),
            None => ends,
        };
        let is_word = |word: &str| {
            let head = rest.get(..word.len());
            head.is_some_and(|h| h.eq_ignore_ascii_case(word)) && word_ends(word.len())
        };
        match c {
            '\\' | '(' | ')' | ':' | '<' | '>' | '"' | '*' | '{' | '}' => write!(f, "\\{c}")?,
            'a' | 'A' | 'o' | 'O' if word_start && (is_word("and") || is_word("or")) => {
                write!(f, "\\{c}")?;
            }
            // `not ` is a keyword in the middle of a word, too; `\n` would be a newline.
            'N' if is_word("not") => f.write_str("\\N")?,
            'n' if is_word("not") => f.write_str("\\u006e")?,
            c => plain(f, c)?,
        }
        word_start = is_space(c);
    }
    Ok(())
}

/// Writes a character that needs no protection from KQL's grammar. Whitespace on which the
/// readers of KQL differ and control characters are escaped.
fn plain(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '\t' => f.write_str("\\t"),
        '\r' => f.write_str("\\r"),
        '\n' => f.write_str("\\n"),
        ' ' => f.write_char(c),
        // All of these lie in the basic plane, so that four digits suffice.
        c if c.is_control() || is_js_space(c) => write!(f, "\\u{:04x}", u32::from(c)),
        c => f.write_char(c),
    }
}
