//! What `field: value` and `field < value` mean for a field of a given type, as the detection
//! engine runs them: with the index's mapping known (kql.md §4, column "keyword" and its likes).

use std::net::IpAddr;

use ipnet::IpNet;

use super::codes;
use crate::diagnostic::Code;
use crate::ir::date_math::{DateMath, Round};
use crate::ir::{
    Bound, Case, Comparison, DateBound, Field, FieldType, Glob, GlobPart, Node, NumberOp, Predicate, Test,
    TextMatch, Words,
};

/// The right-hand side of a comparison.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    /// Text, and whether it stood in quotes.
    Text(String, bool),
    /// Text with wildcards.
    Glob(Glob),
}

/// Why a value does not fit a field.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub code: &'static Code,
    pub title: String,
    pub help: Option<String>,
}

impl Mismatch {
    fn value(field: &Field, wanted: &str, text: &str) -> Self {
        Mismatch {
            code: &codes::KQL_VALUE_TYPE,
            title: format!("`{text}` is no {wanted}, but `{field}` is of type {}", field.ty.as_str()),
            help: Some(
                "Elasticsearch refuses the whole query at run time; write a value of that type".into(),
            ),
        }
    }

    fn wildcard(field: &Field) -> Self {
        let help = match field.ty {
            FieldType::Ip => Some("for a network, write it as CIDR: `10.0.0.0/8`".into()),
            FieldType::Boolean => {
                Some("`field: *` tests for existence; `true` and `false` are the values".into())
            }
            _ => Some("use `<`, `<=`, `>` or `>=`".into()),
        };
        Mismatch {
            code: &codes::KQL_WILDCARD_TYPE,
            title: format!("`{field}` is of type {}, which has no wildcards", field.ty.as_str()),
            help,
        }
    }
}

/// The relation of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Relation {
    /// `<` or `<=`.
    pub upper: bool,
    /// `<=` or `>=`.
    pub inclusive: bool,
}

/// `field: value`.
pub(super) fn equals(field: &Field, operand: &Operand) -> Result<Predicate, Mismatch> {
    let comparison = match (field.ty, operand) {
        (FieldType::Text, Operand::Text(text, true)) => Comparison::Words(Words::Phrase(text.clone())),
        (FieldType::Text, Operand::Text(text, false)) => Comparison::Words(Words::AnyOf(text.clone())),
        (FieldType::Text, Operand::Glob(glob)) => return Ok(query_string(field, glob)),
        (FieldType::Long | FieldType::Double, Operand::Text(text, _)) => {
            Comparison::Number { op: NumberOp::Eq, value: number(field, text)? }
        }
        (FieldType::Boolean, Operand::Text(text, _)) => match text.as_str() {
            "true" => Comparison::Bool(true),
            "false" => Comparison::Bool(false),
            _ => return Err(Mismatch::value(field, "boolean", text)),
        },
        (FieldType::Date, Operand::Text(text, _)) => Comparison::Date {
            lower: Bound::inclusive(date(field, text, Round::Down)?),
            upper: Bound::inclusive(date(field, text, Round::Up)?),
        },
        (FieldType::Ip, Operand::Text(text, _)) => Comparison::Ip(network(field, text)?),
        (
            FieldType::Long | FieldType::Double | FieldType::Boolean | FieldType::Date | FieldType::Ip,
            Operand::Glob(_),
        ) => return Err(Mismatch::wildcard(field)),
        (_, Operand::Text(text, _)) => {
            Comparison::Text { matcher: TextMatch::Equals(text.clone()), case: Case::Sensitive }
        }
        (_, Operand::Glob(glob)) => Comparison::Text { matcher: glob_match(glob), case: Case::Sensitive },
    };
    Ok(test(field, comparison))
}

/// The ends of the space of addresses.
pub(super) const LOWEST: IpAddr = IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED);
pub(super) const HIGHEST: IpAddr = IpAddr::V6(std::net::Ipv6Addr::from_bits(u128::MAX));

/// `field < value` and its likes.
pub(super) fn range(field: &Field, relation: Relation, text: &str) -> Result<Predicate, Mismatch> {
    let bound = |value: String| {
        let bound = if relation.inclusive { Bound::inclusive(value) } else { Bound::exclusive(value) };
        if relation.upper { (Bound::OPEN, bound) } else { (bound, Bound::OPEN) }
    };
    let comparison = match field.ty {
        FieldType::Long | FieldType::Double => {
            let op = match (relation.upper, relation.inclusive) {
                (true, true) => NumberOp::Le,
                (true, false) => NumberOp::Lt,
                (false, true) => NumberOp::Ge,
                (false, false) => NumberOp::Gt,
            };
            Comparison::Number { op, value: number(field, text)? }
        }
        FieldType::Date => {
            // The end of the stretch that a partial date stands for: see `ir::date_math`.
            let round = if relation.upper == relation.inclusive { Round::Up } else { Round::Down };
            let value = date(field, text, round)?;
            let bound = if relation.inclusive { Bound::inclusive(value) } else { Bound::exclusive(value) };
            let (lower, upper) = if relation.upper { (Bound::OPEN, bound) } else { (bound, Bound::OPEN) };
            Comparison::Date { lower, upper }
        }
        FieldType::Ip => {
            let address: IpAddr = text.parse().map_err(|_| Mismatch::value(field, "address", text))?;
            // Elasticsearch orders both families in one space (measured: `>= "0.0.0.0"` finds `2001:db8::1`).
            let up_to = |to| Comparison::IpRange { from: Some(LOWEST), to: Some(to) };
            let from = |from| Comparison::IpRange { from: Some(from), to: Some(HIGHEST) };
            match (relation.upper, relation.inclusive) {
                (true, true) => up_to(address),
                (false, true) => from(address),
                (true, false) => match step(address, -1) {
                    Some(to) => up_to(to),
                    None => return Ok(Predicate::Constant(false)),
                },
                (false, false) => match step(address, 1) {
                    Some(next) => from(next),
                    None => return Ok(Predicate::Constant(false)),
                },
            }
        }
        FieldType::Boolean => return Err(Mismatch::wildcard(field)),
        FieldType::Text => {
            let end = Some((text.to_lowercase(), relation.inclusive));
            let (lower, upper) = if relation.upper { (None, end) } else { (end, None) };
            Comparison::Words(Words::Between { lower, upper })
        }
        _ => {
            let (lower, upper) = bound(text.to_owned());
            Comparison::TextRange { lower, upper }
        }
    };
    Ok(test(field, comparison))
}

/// `field: *`.
pub(super) fn exists(field: &Field) -> Predicate {
    test(field, Comparison::Exists)
}

fn test(field: &Field, comparison: Comparison) -> Predicate {
    Predicate::Test(Test { field: field.clone(), comparison })
}

/// The simplest matcher that says the same as a pattern.
pub(super) fn glob_match(glob: &Glob) -> TextMatch {
    match glob.parts.as_slice() {
        [GlobPart::Literal(text), GlobPart::Any] => TextMatch::Prefix(text.clone()),
        [GlobPart::Any, GlobPart::Literal(text)] => TextMatch::Suffix(text.clone()),
        [GlobPart::Any, GlobPart::Literal(text), GlobPart::Any] => TextMatch::Contains(text.clone()),
        _ => TextMatch::Glob(glob.clone()),
    }
}

/// On analysed text Kibana sends a `query_string`, which splits at white space and matches any of
/// the parts, in lower case.
fn query_string(field: &Field, glob: &Glob) -> Predicate {
    let mut words: Vec<Vec<GlobPart>> = vec![Vec::new()];
    for part in &glob.parts {
        match part {
            GlobPart::Literal(text) => {
                for (index, piece) in text.split(char::is_whitespace).enumerate() {
                    if index > 0 {
                        words.push(Vec::new());
                    }
                    if let (false, Some(word)) = (piece.is_empty(), words.last_mut()) {
                        word.push(GlobPart::Literal(piece.to_lowercase()));
                    }
                }
            }
            other => words.last_mut().into_iter().for_each(|word| word.push(other.clone())),
        }
    }
    let tests = words.into_iter().filter(|word| !word.is_empty()).map(|parts| {
        let words = match parts.as_slice() {
            [GlobPart::Literal(text)] => Words::AnyOf(text.clone()),
            _ => Words::Pattern(Glob { parts }),
        };
        Node::synthetic(test(field, Comparison::Words(words)))
    });
    Node::any(tests.collect()).predicate
}

fn number(field: &Field, text: &str) -> Result<f64, Mismatch> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(Mismatch::value(field, "number", text)),
    }
}

fn date(field: &Field, text: &str, round: Round) -> Result<DateBound, Mismatch> {
    let math = DateMath::parse(text).ok_or_else(|| Mismatch::value(field, "date", text))?;
    if math.is_relative() {
        return Ok(DateBound::Math(text.to_owned()));
    }
    let millis = math.resolve(0, round).ok_or_else(|| Mismatch::value(field, "date in range", text))?;
    Ok(DateBound::Millis(millis))
}

fn network(field: &Field, text: &str) -> Result<IpNet, Mismatch> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(address));
    }
    text.parse::<IpNet>().map_err(|_| Mismatch::value(field, "address or network", text))
}

/// The neighbouring address; `None` at the end of the family.
fn step(address: IpAddr, by: i8) -> Option<IpAddr> {
    Some(match address {
        IpAddr::V4(v4) => {
            let bits = u32::from(v4);
            match if by > 0 { bits.checked_add(1) } else { bits.checked_sub(1) } {
                Some(next) => IpAddr::V4(next.into()),
                // Beside the last of one family stand addresses of the other.
                None => step(IpAddr::V6(v4.to_ipv6_mapped()), by)?,
            }
        }
        IpAddr::V6(v6) => {
            let bits = u128::from(v6);
            IpAddr::V6(if by > 0 { bits.checked_add(1)? } else { bits.checked_sub(1)? }.into())
        }
    })
}
