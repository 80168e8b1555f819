//! Values that a comparison may accept and values that it may refuse, the most telling ones first.
//! Proposals only: the matcher decides.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Value, json};

use super::base::plausible;
use super::outcome::Change;
use super::text;
use crate::ir::date_math::{DateMath, Round};
use crate::ir::{Bound, Case, Comparison, DateBound, Test, TextMatch};
use crate::matcher::over_time::format_time;

/// Addresses of documentation (RFC 5737, RFC 3849), for whoever needs another one.
const ADDRESSES: [&str; 4] = ["203.0.113.10", "198.51.100.20", "192.0.2.30", "2001:db8::10"];

/// Values that may satisfy a test. `path`: where the value will stand, for one that is plausible there;
/// `now` in milliseconds for date math; `beside`: other tests on the same field that must hold too.
pub(super) fn accepted(test: &Test, path: &str, now: i64, beside: &[&Test]) -> Vec<Value> {
    let mut out = Vec::new();
    match &test.comparison {
        Comparison::Exists => out.push(plausible(path, &test.field)),
        Comparison::Text { matcher, case } => {
            if !matches!(matcher, TextMatch::Equals(_)) {
                out.push(plausible(path, &test.field));
            }
            let matchers: Vec<&TextMatch> = std::iter::once(test)
                .chain(beside.iter().copied())
                .filter_map(|test| match &test.comparison {
                    Comparison::Text { matcher, .. } => Some(matcher),
                    _ => None,
                })
                .collect();
            if matchers.len() > 1 {
                out.extend(texts(text::together(&matchers)));
            }
            out.extend(texts(text::samples(matcher)));
            if *case == Case::AsciiInsensitive {
                // Another clause on the field may mind the case.
                let cases = out.iter().filter_map(|value| text::other_case(value.as_str()?));
                let cases: Vec<String> = cases.flat_map(|text| [text.to_ascii_uppercase(), text]).collect();
                out.extend(texts(cases));
                let pieces = matchers.iter().flat_map(|matcher| text::pieces(matcher));
                let written = pieces.flat_map(|piece| {
                    let texts = out.iter().filter_map(|value| value.as_str());
                    texts.filter_map(|text| text::rewritten(text, piece)).collect::<Vec<_>>()
                });
                let written: Vec<String> = written.collect();
                out.extend(texts(written));
            }
        }
        Comparison::TextRange { lower, upper } => out.extend(texts(text::around(lower, upper))),
        Comparison::Number { value, .. } => out.extend(numbers(*value)),
        Comparison::Bool(truth) => out.push(json!(truth)),
        Comparison::Ip(net) => {
            let host = net.hosts().next().unwrap_or(net.addr());
            out.extend([host, net.network(), net.broadcast()].map(|address| json!(address.to_string())));
        }
        Comparison::IpRange { from, to } => {
            out.extend(beside_addresses(*from, *to).into_iter().map(|address| json!(address)));
        }
        Comparison::Date { lower, upper } => out.extend(dates(lower, upper, now)),
        Comparison::Words(words) => {
            let mut own = text::with_words(words);
            // The words that others ask for, behind one's own.
            let others: Vec<String> = beside
                .iter()
                .filter_map(|test| match &test.comparison {
                    Comparison::Words(words) => text::with_words(words).into_iter().next(),
                    _ => None,
                })
                .collect();
            if let (Some(first), false) = (own.first(), others.is_empty()) {
                own.insert(0, format!("{first} {}", others.join(" ")));
            }
            out.extend(texts(own));
        }
    }
    // What satisfies the others may satisfy this one as well.
    for other in beside {
        if !matches!(other.comparison, Comparison::Exists | Comparison::Text { .. }) {
            out.extend(accepted(other, path, now, &[]));
        }
    }
    distinct(out)
}

/// What may make a test false, and what is done by it; `None`: the field is taken away.
pub(super) fn refused(test: &Test, path: &str, now: i64) -> Vec<(Change, Option<Value>)> {
    let some = |change, value| (change, Some(value));
    let mut out: Vec<(Change, Option<Value>)> = Vec::new();
    match &test.comparison {
        Comparison::Exists => {}
        Comparison::Text { matcher, case } => {
            let refused = text::refused(matcher, *case);
            out.extend(refused.into_iter().map(|(change, text)| some(change, json!(text))));
            out.push(some(Change::Value, plausible(path, &test.field)));
        }
        Comparison::TextRange { lower, upper } => {
            let around = texts(text::around(lower, upper));
            out.extend(around.map(|value| some(Change::Edge, value)));
        }
        Comparison::Number { value, .. } => {
            out.extend(numbers(*value).into_iter().map(|value| some(Change::Edge, value)));
        }
        Comparison::Bool(truth) => out.push(some(Change::Value, json!(!truth))),
        Comparison::Ip(net) => {
            let outside = [next(net.broadcast(), 1), next(net.network(), -1)];
            let outside = outside.into_iter().flatten();
            out.extend(outside.map(|address| some(Change::Edge, json!(address.to_string()))));
            out.extend(ADDRESSES.iter().map(|address| some(Change::Value, json!(address))));
        }
        Comparison::IpRange { from, to } => {
            let addresses = beside_addresses(*from, *to).into_iter();
            out.extend(addresses.map(|address| some(Change::Edge, json!(address))));
        }
        Comparison::Date { lower, upper } => {
            out.extend(dates(lower, upper, now).into_iter().map(|value| some(Change::Edge, value)));
        }
        Comparison::Words(words) => {
            let without = text::without_words(words).into_iter();
            out.extend(without.map(|(change, text)| some(change, json!(text))));
        }
    }
    out.push((Change::Absent, None));
    out
}

fn texts(texts: Vec<String>) -> impl Iterator<Item = Value> {
    texts.into_iter().map(Value::from)
}

/// The values in order, each once.
fn distinct(values: Vec<Value>) -> Vec<Value> {
    let mut out: Vec<Value> = Vec::with_capacity(values.len());
    values.into_iter().for_each(|value| {
        if !out.contains(&value) {
            out.push(value);
        }
    });
    out
}

/// A number as JSON: whole ones without a fraction.
fn number(value: f64) -> Value {
    // Beyond 2^53 a double does not hold every whole number.
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        json!(value as i64)
    } else {
        json!(value)
    }
}

fn numbers(value: f64) -> Vec<Value> {
    [value, value + 1.0, value - 1.0, value + 0.5, value - 0.5, 0.0].map(number).to_vec()
}

/// The neighbouring address; `None` at the end of the family.
fn next(address: IpAddr, by: i8) -> Option<IpAddr> {
    let by = i128::from(by);
    Some(match address {
        IpAddr::V4(v4) => {
            let bits = i128::from(u32::from(v4)).checked_add(by)?;
            Ipv4Addr::from(u32::try_from(bits).ok()?).into()
        }
        IpAddr::V6(v6) => {
            let bits = u128::from(v6);
            let bits = if by > 0 { bits.checked_add(1)? } else { bits.checked_sub(1)? };
            Ipv6Addr::from(bits).into()
        }
    })
}

/// Addresses at the ends of a range and beside them.
fn beside_addresses(from: Option<IpAddr>, to: Option<IpAddr>) -> Vec<String> {
    let mut out = Vec::new();
    for end in [from, to].into_iter().flatten() {
        out.extend([Some(end), next(end, 1), next(end, -1)].into_iter().flatten().map(|a| a.to_string()));
    }
    out.extend(ADDRESSES.map(str::to_owned));
    out
}

/// Instants around the ends of a range, whole seconds first: records know no finer time.
fn dates(lower: &Bound<DateBound>, upper: &Bound<DateBound>, now: i64) -> Vec<Value> {
    let mut out = Vec::new();
    for (bound, is_upper) in [(lower, false), (upper, true)] {
        let Some(limit) = &bound.limit else { continue };
        let round = if is_upper == limit.inclusive { Round::Up } else { Round::Down };
        let millis = match &limit.value {
            DateBound::Millis(millis) => Some(*millis),
            DateBound::Math(text) => DateMath::parse(text).and_then(|math| math.resolve(now, round)),
        };
        let Some(millis) = millis else { continue };
        let second = millis.div_euclid(1000) * 1000;
        for instant in [second, second + 1000, second - 1000, millis, millis + 1, millis - 1] {
            out.push(json!(instant_text(instant)));
        }
    }
    out
}

/// An instant as CloudTrail writes it, with a fraction only where there is one.
pub(super) fn instant_text(millis: i64) -> String {
    let text = format_time(millis);
    match text.strip_suffix(".000Z") {
        Some(seconds) => format!("{seconds}Z"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Field, FieldType, NumberOp, Vocabulary};

    fn test(ty: FieldType, comparison: Comparison) -> Test {
        Test { field: Field::new(Vocabulary::Ecs, "x", ty), comparison }
    }

    #[test]
    fn numbers_and_instants_as_records_write_them() {
        let above = test(FieldType::Long, Comparison::Number { op: NumberOp::Gt, value: 0.0 });
        assert_eq!(accepted(&above, "x", 0, &[])[..2], [json!(0), json!(1)]);
        assert_eq!(instant_text(0), "1970-01-01T00:00:00Z");
        assert_eq!(instant_text(1), "1970-01-01T00:00:00.001Z");
    }

    #[test]
    fn addresses_inside_and_just_outside() {
        let net = test(FieldType::Ip, Comparison::Ip("10.0.0.0/8".parse().unwrap()));
        assert_eq!(accepted(&net, "x", 0, &[])[0], json!("10.0.0.1"));
        let outside = refused(&net, "x", 0);
        assert_eq!(outside[0], (Change::Edge, Some(json!("11.0.0.0"))));
        assert_eq!(outside[1], (Change::Edge, Some(json!("9.255.255.255"))));
        assert_eq!(next("255.255.255.255".parse().unwrap(), 1), None);
        assert_eq!(next("::".parse().unwrap(), -1), None);
    }
}
