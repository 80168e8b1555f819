//! The printer.

use super::tree::{Expr, Field, Literal, Query, Test, Word};
use crate::ir::Duration;

/// The query as text.
pub(super) fn query(query: &Query) -> String {
    match query {
        Query::Event(event) => format!("any where {}", top(event, "\n  ")),
        Query::Repeated { by, maxspan, runs, event } => {
            let mut out = String::from("sequence");
            if !by.is_empty() {
                let keys: Vec<String> = by.iter().map(field).collect();
                out.push_str(" by ");
                out.push_str(&keys.join(", "));
            }
            if let Some(length) = maxspan {
                out.push_str(&format!(" with maxspan={}", span(*length)));
            }
            out.push_str(&format!("\n  [ any where {} ] with runs={runs}", top(event, "\n      ")));
            out
        }
    }
}

/// The outermost conjunction, one part a line.
fn top(of: &Expr, newline: &str) -> String {
    match of {
        Expr::And(parts) => parts.iter().map(operand).collect::<Vec<_>>().join(&format!("{newline}and ")),
        other => expr(other),
    }
}

fn span(length: Duration) -> String {
    for (unit, millis) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
        if length.millis % millis == 0 {
            return format!("{}{unit}", length.millis / millis);
        }
    }
    format!("{}ms", length.millis)
}

fn expr(of: &Expr) -> String {
    let joined = |parts: &[Expr], word: &str| parts.iter().map(operand).collect::<Vec<_>>().join(word);
    match of {
        Expr::Bool(value) => value.to_string(),
        Expr::And(parts) => joined(parts, " and "),
        Expr::Or(parts) => joined(parts, " or "),
        Expr::Not(inner) => match &**inner {
            Expr::Exists(name) => format!("{} == null", field(name)),
            _ => format!("not ({})", expr(inner)),
        },
        Expr::Exists(name) => format!("{} != null", field(name)),
        Expr::Test { field: name, test } => self::test(&field(name), test),
    }
}

fn operand(of: &Expr) -> String {
    match of {
        Expr::And(_) | Expr::Or(_) => format!("({})", expr(of)),
        _ => expr(of),
    }
}

fn test(field: &str, test: &Test) -> String {
    let list = |texts: &[String]| texts.iter().map(|t| text(t)).collect::<Vec<_>>().join(", ");
    match test {
        Test::Compare(op, value) => format!("{field} {op} {}", literal(value)),
        Test::Call(function, arguments) => format!("{function}({field}, {})", list(arguments)),
        Test::OneOf(word, texts) => match (word, texts.as_slice()) {
            (Word::In, [one]) => format!("{field} == {}", text(one)),
            (Word::In, many) => format!("{field} in ({})", list(many)),
            (Word::InAnyCase, many) => format!("{field} in~ ({})", list(many)),
            (word, many) => {
                let word = match word {
                    Word::Like => "like",
                    Word::Regex => "regex",
                    Word::RegexAnyCase => "regex~",
                    _ => ":",
                };
                match many {
                    [one] => format!("{field} {word} {}", text(one)),
                    many => format!("{field} {word} ({})", list(many)),
                }
            }
        },
    }
}

fn literal(of: &Literal) -> String {
    match of {
        Literal::Text(value) => text(value),
        Literal::Bool(value) => value.to_string(),
        Literal::Number(value) => value.to_string(),
    }
}

/// Words of the language, which stand in backticks where they are names.
const KEYWORDS: [&str; 25] = [
    "and",
    "any",
    "by",
    "false",
    "head",
    "in",
    "join",
    "like",
    "maxspan",
    "not",
    "null",
    "of",
    "or",
    "regex",
    "runs",
    "sample",
    "sequence",
    "tail",
    "true",
    "until",
    "where",
    "with",
    "child",
    "descendant",
    "event",
];

/// A dotted name; parts that are no identifiers or are words of the language stand in backticks. A
/// leading `@` does too: one of the two readers asks for it, the other allows it.
fn field(field: &Field) -> String {
    let mark = if field.optional { "?" } else { "" };
    let part = |(index, part): (usize, &str)| {
        let head = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let plain = head && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        // `event.action` is no trap: only `event of` is.
        let word = KEYWORDS.contains(&part) && !(index == 0 && part == "event");
        if plain && !word { part.to_owned() } else { format!("`{}`", part.replace('`', "``")) }
    };
    let parts: Vec<String> = field.path.split('.').enumerate().map(part).collect();
    format!("{mark}{}", parts.join("."))
}

/// A text with the escapes that EQL has (eql.md §2).
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:02x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_quoted() {
        let name = |path: &str| field(&Field { path: path.into(), optional: false });
        assert_eq!(name("event.action"), "event.action");
        assert_eq!(name("@timestamp"), "`@timestamp`");
        assert_eq!(name("a.x-y.0.in"), "a.`x-y`.`0`.`in`");
        assert_eq!(field(&Field { path: "user.by".into(), optional: true }), "?user.`by`");
        assert_eq!(text("a\"b\\c\n\u{1f}é"), "\"a\\\"b\\\\c\\n\\u{1f}é\"");
    }
}
