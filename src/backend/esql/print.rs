//! The printer: one command a line, parentheses wherever two operators meet.

use std::fmt::Write;

use super::tree::{Bound, Column, Expr, Group, Literal, Measure, Moment, Of, Query, Stats};
use crate::ir::Duration;

/// The query as text.
pub(super) fn query(query: &Query) -> String {
    let from: Vec<String> = query.from.iter().map(|pattern| index(pattern)).collect();
    let mut out = format!("FROM {}", from.join(", "));
    if query.stats.is_none() {
        out.push_str(" METADATA _id, _version, _index");
    }
    if let Some(filter) = &query.filter {
        out.push_str("\n| WHERE ");
        match filter {
            Expr::And(parts) => {
                let parts: Vec<String> = parts.iter().map(operand).collect();
                out.push_str(&parts.join("\n    AND "));
            }
            other => out.push_str(&expr(other)),
        }
    }
    if let Some(stats) = &query.stats {
        write_stats(stats, &mut out);
    }
    out
}

fn write_stats(stats: &Stats, out: &mut String) {
    let measure = |measure: &Measure| {
        let of = match &measure.of {
            Of::Rows => "COUNT(*)".to_owned(),
            Of::Distinct(field) => format!("COUNT_DISTINCT({})", name(field)),
            Of::First(time) => format!("MIN({})", moment(time)),
        };
        format!("{} = {of}", name(&measure.name))
    };
    let measures: Vec<String> = stats.measures.iter().map(measure).collect();
    out.push_str("\n| STATS ");
    out.push_str(&measures.join(", "));
    if !stats.by.is_empty() {
        let group = |group: &Group| match group {
            Group::Column(column) => name(column),
            Group::Stretch(column, length) => {
                format!("{} = DATE_TRUNC({}, @timestamp)", name(column), span(*length))
            }
        };
        let by: Vec<String> = stats.by.iter().map(group).collect();
        out.push_str(" BY ");
        out.push_str(&by.join(", "));
    }
    let bound = |measure: &Measure| {
        let name = name(&measure.name);
        Some(match measure.bound? {
            Bound::AtLeast(number) => format!("{name} >= {number}"),
            Bound::Within(length) => format!("{name} >= NOW() - {}", span(length)),
        })
    };
    let bounds: Vec<String> = stats.measures.iter().filter_map(bound).collect();
    out.push_str("\n| WHERE ");
    out.push_str(&bounds.join(" AND "));
}

fn moment(of: &Moment) -> String {
    match of {
        Moment::Column(path) => name(path),
        Moment::OrTimestamp(path) => format!("COALESCE({}, @timestamp)", name(path)),
    }
}

/// A length in units that are lengths, not days or weeks of a calendar.
fn span(length: Duration) -> String {
    for (unit, millis) in [("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1_000)] {
        if length.millis % millis == 0 {
            return format!("{} {unit}", length.millis / millis);
        }
    }
    format!("{} milliseconds", length.millis)
}

pub(super) fn expr(of: &Expr) -> String {
    let joined = |parts: &[Expr], word: &str| parts.iter().map(operand).collect::<Vec<_>>().join(word);
    match of {
        Expr::Bool(value) => value.to_string(),
        Expr::And(parts) => joined(parts, " AND "),
        Expr::Or(parts) => joined(parts, " OR "),
        Expr::Not(inner) => match &**inner {
            Expr::OrFalse(_) | Expr::Qstr(_) | Expr::MvLike { .. } | Expr::MvRlike { .. } => {
                format!("NOT {}", expr(inner))
            }
            Expr::IsNotNull(column) => format!("{} IS NULL", name(column)),
            _ => format!("NOT ({})", expr(inner)),
        },
        Expr::OrFalse(inner) => format!("COALESCE({}, false)", expr(inner)),
        Expr::IsNotNull(column) => format!("{} IS NOT NULL", name(column)),
        Expr::Compare { column, op, value } => format!("{} {op} {}", self::column(column), literal(value)),
        Expr::In { column, values } => {
            let values: Vec<String> = values.iter().map(literal).collect();
            format!("{} IN ({})", self::column(column), values.join(", "))
        }
        Expr::Like { column, patterns } => match patterns.as_slice() {
            [one] => format!("{} LIKE {}", self::column(column), text(one)),
            many => {
                let many: Vec<String> = many.iter().map(|pattern| text(pattern)).collect();
                format!("{} LIKE ({})", self::column(column), many.join(", "))
            }
        },
        Expr::Rlike { column, regex } => format!("{} RLIKE {}", self::column(column), text(regex)),
        Expr::CidrMatch { column, networks } => {
            let networks: Vec<String> = networks.iter().map(|network| text(network)).collect();
            format!("CIDR_MATCH({}, {})", self::column(column), networks.join(", "))
        }
        Expr::Matches { column, value } => format!("{} : {}", name(column), literal(value)),
        Expr::MvLike { column, pattern } => format!("MV_LIKE({}, {})", self::column(column), text(pattern)),
        Expr::MvRlike { column, regex } => format!("MV_RLIKE({}, {})", self::column(column), text(regex)),
        Expr::Since { time, length } => format!("{} >= NOW() - {}", moment(time), span(*length)),
        Expr::Qstr(query) => format!("QSTR({})", text(query)),
    }
}

/// An operand of `AND` or `OR`.
fn operand(of: &Expr) -> String {
    match of {
        Expr::And(_) | Expr::Or(_) => format!("({})", expr(of)),
        _ => expr(of),
    }
}

fn column(of: &Column) -> String {
    match of {
        Column::Name(path) => name(path),
        Column::Lower(path) => format!("TO_LOWER({})", name(path)),
        Column::Key { root, key } => format!("FIELD_EXTRACT({}, {})", name(root), text(key)),
    }
}

fn literal(of: &Literal) -> String {
    match of {
        Literal::Text(value) => text(value),
        Literal::Bool(value) => value.to_string(),
        Literal::Number(value) => value.to_string(),
    }
}

/// Words that are no column without quotes.
const RESERVED: [&str; 16] = [
    "and", "as", "asc", "by", "desc", "false", "first", "in", "is", "last", "like", "not", "null", "nulls",
    "or", "true",
];

/// A dotted name; parts that are no identifiers stand in backticks.
fn name(path: &str) -> String {
    let part = |part: &str| {
        let mut bytes = part.bytes();
        let head =
            bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b"_@".contains(&b) && part.len() > 1);
        let plain = head && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let word = part.to_ascii_lowercase();
        if plain && word != "rlike" && !RESERVED.contains(&word.as_str()) {
            part.to_owned()
        } else {
            format!("`{}`", part.replace('`', "``"))
        }
    };
    path.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// An index pattern; quoted where it holds a sign with a meaning.
fn index(pattern: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.*".contains(&b);
    if pattern.bytes().all(plain) && !pattern.is_empty() { pattern.to_owned() } else { text(pattern) }
}

/// A text: raw where that saves escapes, which it can without line breaks and three quotes in a row.
pub(super) fn text(value: &str) -> String {
    let escapes = value.contains(['"', '\\']);
    let raw =
        escapes && !value.contains("\"\"\"") && !value.contains(['\n', '\r']) && !value.starts_with('"');
    if raw && !value.ends_with("\"\"") {
        return format!("\"\"\"{value}\"\"\"");
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Other control characters have no escape and stand for themselves.
            c => {
                let _ = out.write_char(c);
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_names_are_quoted_as_measured() {
        // The like area of the measured answers, and the grammar of strings (esql.md §1).
        assert_eq!(text("plain"), "\"plain\"");
        assert_eq!(text(r"a\*b\?c\\d"), "\"\"\"a\\*b\\?c\\\\d\"\"\"");
        assert_eq!(text("q\"\\\n"), "\"q\\\"\\\\\\n\"");
        assert_eq!(text("\"x\""), "\"\\\"x\\\"\"");
        assert_eq!(text("k:\"a b\""), "\"\"\"k:\"a b\"\"\"\"");
        assert_eq!(name("aws.x-y.`z`.in"), "aws.`x-y`.```z```.`in`");
        assert_eq!(name("@timestamp"), "@timestamp");
        assert_eq!(index("logs-aws.cloudtrail-*"), "logs-aws.cloudtrail-*");
        assert_eq!(index("remote:logs-*"), "\"remote:logs-*\"");
    }

    #[test]
    fn lengths_are_no_calendar_units() {
        assert_eq!(span(Duration::seconds(30)), "30 seconds");
        assert_eq!(span(Duration::seconds(7 * 86_400)), "168 hours");
        assert_eq!(span(Duration { millis: 1_500 }), "1500 milliseconds");
    }
}
