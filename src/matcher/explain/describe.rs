//! Comparisons in words.

use crate::ir::{Bound, Case, Comparison, DateBound, TextMatch, Words};

/// What a comparison expects of a value, to stand behind the name of a field: `= "x"`,
/// `starts with "x"`, `> 0`, `exists`, `in 10.0.0.0/8`.
pub fn comparison(comparison: &Comparison) -> String {
    match comparison {
        Comparison::Exists => "exists".into(),
        Comparison::Text { matcher, case } => {
            let (verb, text) = match matcher {
                TextMatch::Equals(text) => ("=", text.clone()),
                TextMatch::Prefix(text) => ("starts with", text.clone()),
                TextMatch::Suffix(text) => ("ends with", text.clone()),
                TextMatch::Contains(text) => ("contains", text.clone()),
                TextMatch::Glob(glob) => ("matches", glob.escaped()),
            };
            let folded = if *case == Case::AsciiInsensitive { " in any case" } else { "" };
            format!("{verb} \"{text}\"{folded}")
        }
        Comparison::TextRange { lower, upper } => range(lower, upper, |text| format!("\"{text}\"")),
        Comparison::Number { op, value } => format!("{} {value}", op.as_str()),
        Comparison::Bool(truth) => format!("= {truth}"),
        Comparison::Ip(net) => format!("in {net}"),
        Comparison::IpRange { from, to } => {
            let end = |address: &Option<std::net::IpAddr>| match address {
                Some(address) => Bound::inclusive(address.to_string()),
                None => Bound::OPEN,
            };
            range(&end(from), &end(to), String::clone)
        }
        Comparison::Date { lower, upper } => range(lower, upper, |bound| match bound {
            DateBound::Millis(millis) => instant(*millis),
            DateBound::Math(text) => text.clone(),
        }),
        Comparison::Words(query) => words(query),
    }
}

/// What a query on words expects.
pub fn words(query: &Words) -> String {
    match query {
        Words::AnyOf(text) => format!("holds a word of \"{text}\""),
        Words::Phrase(text) => format!("holds the words \"{text}\""),
        Words::Pattern(glob) => format!("holds a word like \"{}\"", glob.escaped()),
        Words::Between { lower, upper } => {
            let end = |end: &Option<(String, bool)>| match end {
                Some((text, true)) => Bound::inclusive(text.clone()),
                Some((text, false)) => Bound::exclusive(text.clone()),
                None => Bound::OPEN,
            };
            format!("holds a word {}", range(&end(lower), &end(upper), |text| format!("\"{text}\"")))
        }
    }
}

fn range<T>(lower: &Bound<T>, upper: &Bound<T>, show: impl Fn(&T) -> String) -> String {
    let end = |bound: &Bound<T>, sign: &str| {
        let limit = bound.limit.as_ref()?;
        Some(format!("{sign}{} {}", if limit.inclusive { "=" } else { "" }, show(&limit.value)))
    };
    let ends: Vec<String> = [end(lower, ">"), end(upper, "<")].into_iter().flatten().collect();
    if ends.is_empty() { "has a comparable value".into() } else { ends.join(" and ") }
}

fn instant(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map_or_else(|_| millis.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::NumberOp;

    #[test]
    fn in_words() {
        assert_eq!(comparison(&Comparison::Number { op: NumberOp::Gt, value: 0.0 }), "> 0");
        let dates = Comparison::Date {
            lower: Bound::exclusive(DateBound::Millis(0)),
            upper: Bound::inclusive(DateBound::Math("now".into())),
        };
        assert_eq!(comparison(&dates), "> 1970-01-01T00:00:00Z and <= now");
        let text = Comparison::Text { matcher: TextMatch::Prefix("a".into()), case: Case::AsciiInsensitive };
        assert_eq!(comparison(&text), "starts with \"a\" in any case");
    }
}
