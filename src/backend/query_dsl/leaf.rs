//! One comparison as a query; the type of the field decides which.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::tree::Query;
use crate::ir::{
    Bound, Case, Comparison, DateBound, FieldType, Glob, GlobPart, NumberOp, Test, TextMatch, Words,
};

/// The query; `None`: the type has no such comparison.
pub(super) fn query(test: &Test) -> Option<Query> {
    let field = test.field.path.clone();
    let range = |bounds| Some(Query::Range { field: field.clone(), bounds });
    match &test.comparison {
        Comparison::Exists => Some(Query::Exists(field)),
        Comparison::Text { matcher, case } => Some(text(field, matcher, *case == Case::AsciiInsensitive)),
        Comparison::TextRange { lower, upper } => {
            let mut bounds = ends(lower, upper, |text| Value::from(text.as_str()));
            if test.field.ty == FieldType::FlattenedLeaf {
                // Elasticsearch asks for both ends there (ENGINES.md): the least and the greatest text.
                if lower.limit.is_none() {
                    bounds.insert(0, ("gte", "".into()));
                }
                if upper.limit.is_none() {
                    bounds.push(("lte", char::MAX.to_string().into()));
                }
            }
            range(bounds)
        }
        Comparison::Number { op, value } => {
            let value = number(*value);
            match op {
                NumberOp::Eq => Some(Query::Term { field, value, any_case: false }),
                NumberOp::Lt => range(vec![("lt", value)]),
                NumberOp::Le => range(vec![("lte", value)]),
                NumberOp::Gt => range(vec![("gt", value)]),
                NumberOp::Ge => range(vec![("gte", value)]),
            }
        }
        Comparison::Bool(value) => Some(Query::Term { field, value: (*value).into(), any_case: false }),
        Comparison::Ip(network) => {
            let value = if network.prefix_len() == network.max_prefix_len() {
                network.addr().to_string()
            } else {
                network.to_string()
            };
            Some(Query::Term { field, value: value.into(), any_case: false })
        }
        Comparison::IpRange { from, to } => {
            let (from, to) = family(*from, *to);
            range(vec![("gte", from.to_string().into()), ("lte", to.to_string().into())])
        }
        Comparison::Date { lower, upper } => range(ends(lower, upper, date)),
        Comparison::Words(words) => match words {
            Words::AnyOf(text) => Some(Query::Match { field, query: text.as_str().into() }),
            Words::Phrase(text) => Some(Query::MatchPhrase { field, query: text.as_str().into() }),
            // Analysed words are in lower case; a wildcard is not analysed.
            Words::Pattern(glob) => {
                Some(Query::Wildcard { field, pattern: glob.escaped().to_lowercase(), any_case: false })
            }
            Words::Between { lower, upper } => {
                let end = |end: &Option<(String, bool)>, inside, outside| {
                    let (text, inclusive) = end.as_ref()?;
                    Some((if *inclusive { inside } else { outside }, Value::from(text.to_lowercase())))
                };
                let bounds = [end(lower, "gte", "gt"), end(upper, "lte", "lt")];
                range(bounds.into_iter().flatten().collect())
            }
        },
    }
}

fn text(field: String, matcher: &TextMatch, any_case: bool) -> Query {
    let any = || GlobPart::Any;
    let literal = |text: &String| GlobPart::Literal(text.clone());
    let wildcard =
        |parts| Query::Wildcard { field: field.clone(), pattern: Glob { parts }.escaped(), any_case };
    match matcher {
        TextMatch::Equals(text) => Query::Term { value: text.as_str().into(), field, any_case },
        TextMatch::Prefix(text) => Query::Prefix { field, text: text.clone(), any_case },
        TextMatch::Suffix(text) => wildcard(vec![any(), literal(text)]),
        TextMatch::Contains(text) => wildcard(vec![any(), literal(text), any()]),
        // A `wildcard` without a sign does not find the empty text (measured on 8.19.21).
        TextMatch::Glob(glob) => match plain(glob) {
            Some(text) => Query::Term { value: text.into(), field, any_case },
            None => wildcard(glob.parts.clone()),
        },
    }
}

/// The text of a pattern without wildcards.
fn plain(glob: &Glob) -> Option<String> {
    let literal = |part: &GlobPart| match part {
        GlobPart::Literal(text) => Some(text.clone()),
        GlobPart::Any | GlobPart::One => None,
    };
    glob.parts.iter().map(literal).collect()
}

fn ends<T>(lower: &Bound<T>, upper: &Bound<T>, print: impl Fn(&T) -> Value) -> Vec<(&'static str, Value)> {
    let mut bounds = Vec::with_capacity(2);
    if let Some(limit) = &lower.limit {
        bounds.push((if limit.inclusive { "gte" } else { "gt" }, print(&limit.value)));
    }
    if let Some(limit) = &upper.limit {
        bounds.push((if limit.inclusive { "lte" } else { "lt" }, print(&limit.value)));
    }
    bounds
}

/// Whole numbers without a fraction.
pub(super) fn number(value: f64) -> Value {
    // Below 2^53 the conversion is exact.
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}

/// A fixed instant to the millisecond, so that nothing is left to round; date math as it is.
pub(in crate::backend) fn date_text(bound: &DateBound) -> String {
    match bound {
        DateBound::Math(text) => text.clone(),
        DateBound::Millis(millis) => match jiff::Timestamp::from_millisecond(*millis) {
            Ok(at) => at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
            Err(_) => millis.to_string(),
        },
    }
}

fn date(bound: &DateBound) -> Value {
    date_text(bound).into()
}

/// The ends of a range of addresses; an open end is the end of the other end's family.
pub(in crate::backend) fn family(from: Option<IpAddr>, to: Option<IpAddr>) -> (IpAddr, IpAddr) {
    let v4 = |address: Option<IpAddr>| matches!(address, Some(IpAddr::V4(_)));
    let lowest = if v4(to) { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
    let highest =
        if v4(from) { IpAddr::V4(Ipv4Addr::BROADCAST) } else { IpAddr::V6(Ipv6Addr::from_bits(u128::MAX)) };
    (from.unwrap_or(lowest), to.unwrap_or(highest))
}

/// A pattern in Lucene syntax: literal pieces escaped as Kibana escapes them (kql.md §4).
pub(in crate::backend) fn lucene(glob: &Glob) -> String {
    let mut out = String::new();
    for part in &glob.parts {
        match part {
            GlobPart::Any => out.push('*'),
            GlobPart::One => out.push('?'),
            GlobPart::Literal(text) => escape(text, &mut out),
        }
    }
    out
}

/// Escapes what Lucene's query syntax gives a meaning, as Kibana does.
pub(in crate::backend) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if "+-=&|><!(){}[]^\"~*?:\\/".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
}
