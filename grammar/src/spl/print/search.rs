//! Conditions of `search`.

use std::fmt::{self, Display};

use super::{joined, quoted, repeat};
use crate::spl::ast::{Literal, Search, SearchKind};

impl Display for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        node(f, self, false)
    }
}

/// `operand`: of a chain or a `NOT`, where a chain needs parentheses.
fn node(f: &mut fmt::Formatter<'_>, search: &Search, operand: bool) -> fmt::Result {
    let chain = matches!(&search.kind, SearchKind::And(list) | SearchKind::Or(list) if list.len() > 1);
    let parens = search.parens.max(u32::from(operand && chain));
    repeat(f, '(', parens)?;
    let operand = operand && parens == 0;
    match &search.kind {
        // Without operands: always, and never.
        SearchKind::And(list) if list.is_empty() => f.write_str("*")?,
        SearchKind::Or(list) if list.is_empty() => f.write_str("NOT *")?,
        SearchKind::And(list) => operands(f, list, " ", operand)?,
        SearchKind::Or(list) => operands(f, list, " OR ", operand)?,
        SearchKind::Not(inner) => {
            f.write_str("NOT ")?;
            node(f, inner, true)?;
        }
        SearchKind::Compare { field, op, value } => write!(f, "{field}{}{value}", op.symbol())?,
        SearchKind::In { field, values } => {
            write!(f, "{field} IN (")?;
            joined(f, values, ", ")?;
            f.write_str(")")?;
        }
        SearchKind::Text(text) => text.fmt(f)?,
        SearchKind::Term { kind, text } => write!(f, "{}({text})", kind.keyword())?,
        SearchKind::Macro(call) => call.fmt(f)?,
        SearchKind::Subsearch(text) => write!(f, "[{text}]")?,
    }
    repeat(f, ')', parens)
}

fn operands(f: &mut fmt::Formatter<'_>, list: &[Search], separator: &str, operand: bool) -> fmt::Result {
    if let [only] = list {
        return node(f, only, operand);
    }
    for (i, item) in list.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        node(f, item, true)?;
    }
    Ok(())
}

impl Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quoted || !is_bare(&self.text) { quoted(f, &self.text, '"') } else { f.write_str(&self.text) }
    }
}

/// Whether text may stand without quotes wherever a literal may.
fn is_bare(text: &str) -> bool {
    const WORDS: [&str; 7] = ["and", "or", "not", "in", "term", "case", "search"];
    let special = |c: char| {
        matches!(c, '(' | ')' | '|' | '=' | '!' | '<' | '>' | '"' | '\'' | '[' | ']' | '`' | ',' | '\\')
    };
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_graphic() && !special(c))
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}
