//! Comparisons as the type of an indexed field knows them.
//!
//! A rule on raw records brings comparisons of its own: a number on a value that is indexed as text,
//! a text on a boolean. What has an exact form for the type gets it; the rest is refused.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

use super::{Fitted, Refusal, any, ecs, equals, folded, test};
use crate::backend::codes;
use crate::ir::{Bound, Case, Comparison, Field, FieldType, NumberOp, Predicate, Test, TextMatch, Words};
use crate::schema::base_field;

/// Most values that an upper bound on a count is spelt out into.
const MOST_VALUES: i64 = 1024;

/// Longest end of a range of words, in bytes: no word is longer (255 units), and Elasticsearch refuses
/// one of 1,000 ("input automaton is too large", measured on 8.19.21).
const LONGEST_WORD: usize = 765;

/// Longest pattern and longest end of a range, in characters. Elasticsearch refuses patterns of 500 ("too
/// complex to determinize") and ends of 1,001 ("input automaton is too large"); a query string finds
/// something else in silence (measured on 8.19.21, where 300 and 1,000 are taken).
const LONGEST_PATTERN: usize = 300;
const LONGEST_END: usize = 1000;

/// The test in a form that the type of its field knows.
pub fn adapt(of: &Test) -> Fitted {
    let Test { field, comparison } = of;
    let as_is = || Ok(Predicate::Test(of.clone()).into());
    let refuse = |what: &str| {
        let message = format!("`{field}` is of type {}, which has no {what}", field.ty.as_str());
        Err(Box::new(Refusal::new(&codes::LOSS_FIELD_FORM, message)))
    };
    let constant = |truth| Ok(Predicate::Constant(truth).into());
    if *comparison == Comparison::Exists {
        return if field.ty == FieldType::Nested { refuse("existence of its own") } else { as_is() };
    }
    match field.ty {
        FieldType::Keyword { .. }
        | FieldType::Unknown
        | FieldType::Flattened
        | FieldType::FlattenedLeaf
        | FieldType::Json => match comparison {
            Comparison::Text { matcher, .. } if longest(matcher) > LONGEST_PATTERN => {
                let message = format!("`{field}`: a pattern of more than {LONGEST_PATTERN} characters");
                Err(Box::new(Refusal::new(&codes::LOSS_PATTERN, message)))
            }
            Comparison::Text { matcher: TextMatch::Equals(text), case: Case::AsciiInsensitive }
                if text.chars().count() > LONGEST_END && has_letters(&TextMatch::Equals(text.clone())) =>
            {
                let message = format!("`{field}`: a text of more than {LONGEST_END} characters in any case");
                Err(Box::new(Refusal::new(&codes::LOSS_CASE, message)))
            }
            Comparison::Text { matcher, case: Case::AsciiInsensitive } if !has_letters(matcher) => {
                let comparison = Comparison::Text { matcher: matcher.clone(), case: Case::Sensitive };
                Ok(test(field, comparison).into())
            }
            Comparison::TextRange { lower, upper }
                if [lower, upper]
                    .into_iter()
                    .flat_map(|end| &end.limit)
                    .any(|end| end.value.chars().count() > LONGEST_END) =>
            {
                let message = format!("`{field}`: an end of more than {LONGEST_END} characters");
                Err(Box::new(Refusal::new(&codes::LOSS_TEXT_RANGE, message)))
            }
            Comparison::Number { op, value } => number_as_text(field, *op, *value),
            Comparison::Bool(value) => Ok(test(field, equals(value.to_string())).into()),
            Comparison::Words(_) => match text_copy(field) {
                Some(copy) => Ok(test(&copy, comparison.clone()).into()),
                None => refuse("analysed words"),
            },
            Comparison::Date { .. } => refuse("comparison of dates"),
            Comparison::Ip(_) | Comparison::IpRange { .. } => refuse("comparison of addresses"),
            _ => as_is(),
        },
        FieldType::Text => match comparison {
            Comparison::Words(Words::Between { lower, upper })
                if [lower, upper].into_iter().flatten().any(|(text, _)| text.len() > LONGEST_WORD) =>
            {
                refuse("range whose end is longer than any word")
            }
            Comparison::Words(_) => as_is(),
            _ => {
                let base = ecs(base_field(&field.path));
                match base.ty {
                    FieldType::Keyword { .. } => adapt(&Test { field: base, comparison: comparison.clone() }),
                    _ => refuse("comparison of whole values"),
                }
            }
        },
        FieldType::Long | FieldType::Double => match comparison {
            Comparison::Number { .. } => as_is(),
            Comparison::Bool(_) => constant(false),
            Comparison::Text { matcher: TextMatch::Equals(text), .. } => match text.parse::<i64>() {
                Ok(number) if number.to_string() == *text => {
                    let comparison = Comparison::Number { op: NumberOp::Eq, value: number as f64 };
                    Ok(test(field, comparison).into())
                }
                _ if field.ty == FieldType::Long => constant(false),
                _ => refuse("comparison of texts"),
            },
            _ => refuse("comparison of texts"),
        },
        FieldType::Boolean => match comparison {
            Comparison::Bool(_) => as_is(),
            other => {
                let truths = [true, false].into_iter();
                let holding = truths.filter(|truth| folded(other, &truth.to_string()) == Some(true));
                let tests: Vec<_> = holding.map(|truth| test(field, Comparison::Bool(truth))).collect();
                Ok(any(tests).into())
            }
        },
        FieldType::Date => match comparison {
            Comparison::Date { .. } => as_is(),
            _ => refuse("comparison of texts or numbers"),
        },
        FieldType::Ip => match comparison {
            Comparison::Ip(network) => Ok(test(field, Comparison::Ip(canonical(*network))).into()),
            Comparison::IpRange { .. } => as_is(),
            Comparison::Text { matcher: TextMatch::Equals(text), .. } => match text.parse::<IpAddr>() {
                Ok(address) if address.to_string() == *text => {
                    Ok(test(field, Comparison::Ip(IpNet::from(address))).into())
                }
                _ => constant(false),
            },
            Comparison::Text { matcher: TextMatch::Prefix(text), .. } => match network_of(text) {
                Some(network) => Ok(test(field, Comparison::Ip(network)).into()),
                None => refuse("comparison of beginnings"),
            },
            _ => refuse("comparison of texts or numbers"),
        },
        // An object has no value of its own, so no comparison with one is ever true.
        FieldType::Object => constant(false),
        FieldType::Nested => refuse("comparison of its own"),
    }
}

/// The length of a pattern in characters; a whole text with its case is none.
fn longest(matcher: &TextMatch) -> usize {
    match matcher {
        TextMatch::Equals(_) => 0,
        TextMatch::Prefix(text) | TextMatch::Suffix(text) | TextMatch::Contains(text) => text.chars().count(),
        TextMatch::Glob(glob) => glob
            .parts
            .iter()
            .map(|part| if let crate::ir::GlobPart::Literal(text) = part { text.chars().count() } else { 1 })
            .sum(),
    }
}

/// A network of addresses that are mapped into the space of IPv6 under its IPv4 name, and without bits
/// behind its prefix: Elasticsearch refuses `::ffff:10.0.0.0/104` as ambiguous (measured on 8.19.21).
pub fn canonical(network: IpNet) -> IpNet {
    let network = network.trunc();
    match network {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.addr().to_ipv4_mapped() {
            // A prefix of 96 to 128 leaves one of 0 to 32.
            Some(v4) => Ipv4Net::new(v4, v6.prefix_len() - 96).map_or(network, IpNet::V4),
            None => network,
        },
        _ => network,
    }
}

/// Whether the case of letters can make a difference.
fn has_letters(matcher: &TextMatch) -> bool {
    let letters = |text: &String| text.bytes().any(|b| b.is_ascii_alphabetic());
    match matcher {
        TextMatch::Equals(text)
        | TextMatch::Prefix(text)
        | TextMatch::Suffix(text)
        | TextMatch::Contains(text) => letters(text),
        TextMatch::Glob(glob) => {
            glob.parts.iter().any(|part| matches!(part, crate::ir::GlobPart::Literal(text) if letters(text)))
        }
    }
}

/// The analysed copy of a keyword.
fn text_copy(field: &Field) -> Option<Field> {
    let copy = ecs(&format!("{}.text", field.path));
    (copy.ty == FieldType::Text).then_some(copy)
}

/// `10.1.` as the network 10.1.0.0/16.
fn network_of(prefix: &str) -> Option<IpNet> {
    let octets: Vec<&str> = prefix.strip_suffix('.')?.split('.').collect();
    if octets.len() > 3 {
        return None;
    }
    let mut address = [0u8; 4];
    for (slot, octet) in address.iter_mut().zip(&octets) {
        *slot = octet.parse().ok().filter(|number: &u8| number.to_string() == **octet)?;
    }
    let length = u8::try_from(octets.len() * 8).ok()?;
    Ipv4Net::new(address.into(), length).ok().map(IpNet::V4)
}

/// A comparison of numbers on values that are indexed as text. For whole numbers (counts) equality,
/// small upper bounds and `> 0` have exact forms: the canonical text, a list of texts, and the texts
/// from `"1"` up to and without `":"`, the character after the digits (threatstack.md §3, measured in
/// ENGINES.md).
fn number_as_text(field: &Field, op: NumberOp, value: f64) -> Fitted {
    let range = |from: &str, to: &str| {
        let (lower, upper) = (Bound::inclusive(from.to_owned()), Bound::exclusive(to.to_owned()));
        test(field, Comparison::TextRange { lower, upper })
    };
    let negative = || range("-1", "-:");
    let refuse = |over: Option<Predicate>| {
        let message = format!(
            "`{field} {} {value}`: the values are texts in the index, and texts are not ordered like numbers",
            op.as_str()
        );
        Err(Box::new(Refusal { over, ..Refusal::new(&codes::LOSS_NUMBER_ORDER, message) }))
    };
    if !value.is_finite() || value.abs() >= 9e15 {
        return refuse(None);
    }
    // Least or greatest whole number for which the comparison holds; in range, see above.
    let whole = |number: f64| number as i64;
    match op {
        NumberOp::Eq if value.fract() == 0.0 => Ok(test(field, equals(whole(value).to_string())).into()),
        NumberOp::Eq => Ok(test(field, equals(value.to_string())).into()),
        NumberOp::Gt | NumberOp::Ge => {
            let least = if op == NumberOp::Gt { whole(value.floor()) + 1 } else { whole(value.ceil()) };
            match least {
                1 => Ok(range("1", ":").into()),
                0 => Ok(range("0", ":").into()),
                least if least > 1 => refuse(Some(range("1", ":"))),
                _ => refuse(None),
            }
        }
        NumberOp::Lt | NumberOp::Le => {
            let most = if op == NumberOp::Lt { whole(value.ceil()) - 1 } else { whole(value.floor()) };
            match most {
                0..=MOST_VALUES => {
                    let values = (0..=most).map(|n| test(field, equals(n.to_string())));
                    Ok(any(values.chain([negative()])).into())
                }
                -1 => Ok(negative().into()),
                _ => refuse(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf() -> Field {
        ecs("aws.cloudtrail.flattened.response_elements.a.HIGH")
    }

    fn adapted(field: &Field, comparison: Comparison) -> Option<Predicate> {
        adapt(&Test { field: field.clone(), comparison }).ok().map(|said| said.predicate)
    }

    #[test]
    fn counts_on_texts() {
        let field = leaf();
        assert_eq!(field.ty, FieldType::FlattenedLeaf);
        let number = |op, value| adapted(&field, Comparison::Number { op, value });
        let positive = number(NumberOp::Gt, 0.0).expect("an exact form");
        assert_eq!(number(NumberOp::Ge, 1.0), Some(positive.clone()));
        assert_eq!(number(NumberOp::Gt, 0.5), Some(positive.clone()));
        assert_eq!(number(NumberOp::Gt, 9.0), None);
        assert_eq!(number(NumberOp::Eq, 10.0), Some(test(&field, equals("10"))));
        let Predicate::Test(Test { comparison, .. }) = &positive else { panic!("{positive:?}") };
        for (text, holds) in [("0", false), ("1", true), ("10", true), ("9", true), ("-1", false)] {
            assert_eq!(folded(comparison, text), Some(holds), "{text}");
        }
        let Some(Predicate::Or(below)) = number(NumberOp::Lt, 3.0) else { panic!("a list") };
        assert_eq!(below.len(), 4, "0, 1, 2 and the negative ones");
    }

    #[test]
    fn long_patterns_are_refused() {
        let name = ecs("user.name");
        let text = |matcher| Comparison::Text { matcher, case: Case::Sensitive };
        assert!(adapted(&name, text(TextMatch::Suffix("a".repeat(300)))).is_some());
        assert_eq!(adapted(&name, text(TextMatch::Suffix("a".repeat(301)))), None);
        assert!(adapted(&name, equals("a".repeat(5000))).is_some());
        let any_case = |matcher| Comparison::Text { matcher, case: Case::AsciiInsensitive };
        assert_eq!(adapted(&name, any_case(TextMatch::Suffix("é".repeat(301)))), None);
        assert_eq!(adapted(&name, any_case(TextMatch::Equals("a".repeat(1001)))), None);
        assert!(adapted(&name, any_case(TextMatch::Equals("é".repeat(1001)))).is_some());
        let upper =
            |text: String| Comparison::TextRange { lower: Bound::OPEN, upper: Bound::inclusive(text) };
        assert!(adapted(&name, upper("a".repeat(1000))).is_some());
        assert_eq!(adapted(&name, upper("a".repeat(1001))), None);
    }

    #[test]
    fn texts_on_other_types() {
        let flag = ecs("aws.cloudtrail.read_only");
        assert_eq!(adapted(&flag, equals("true")), Some(any([test(&flag, Comparison::Bool(true))])));
        assert_eq!(adapted(&flag, equals("no")), Some(any([])));
        let ip = ecs("source.ip");
        let prefix = |text: &str| {
            adapted(&ip, Comparison::Text { matcher: TextMatch::Prefix(text.into()), case: Case::Sensitive })
        };
        assert_eq!(prefix("10.1."), Some(test(&ip, Comparison::Ip("10.1.0.0/16".parse().unwrap()))));
        assert_eq!(prefix("10.1"), None);
        assert_eq!(adapted(&ip, equals("AWS Internal")), Some(Predicate::Constant(false)));
        for (network, expected) in [
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:10.1.2.3/128", "10.1.2.3/32"),
            ("::ffff:10.1.2.3/95", "::fffe:0:0/95"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("2001:db8::/32", "2001:db8::/32"),
        ] {
            let network = Comparison::Ip(network.parse().unwrap());
            assert_eq!(adapted(&ip, network), Some(test(&ip, Comparison::Ip(expected.parse().unwrap()))));
        }
    }
}
