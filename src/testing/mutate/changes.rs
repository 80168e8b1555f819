//! How one comparison can be a little wrong: its value off by one, its pattern wider or narrower, its
//! text in another case.

use std::net::IpAddr;

use ipnet::IpNet;

use super::mutants::Kind;
use crate::ir::{Bound, Case, Comparison, DateBound, Glob, GlobPart, Limit, NumberOp, TextMatch, Words};

/// The comparisons that a slip of the pen would have written instead. Each differs in meaning; none
/// is the comparison itself. Negation is not among them.
pub(super) fn changes(comparison: &Comparison) -> Vec<(Kind, Comparison)> {
    let mut out = Vec::new();
    match comparison {
        Comparison::Exists | Comparison::Bool(_) => {}
        Comparison::Text { matcher, case } => text(matcher, *case, &mut out),
        Comparison::Number { op, value } => {
            let number = |op, value| Comparison::Number { op, value };
            // The other side of the limit; whole numbers aside, one more and one less say the same as
            // moving it.
            out.push((Kind::OffByOne, number(*op, value + 1.0)));
            out.push((Kind::OffByOne, number(*op, value - 1.0)));
            let other = match op {
                NumberOp::Eq => None,
                NumberOp::Lt => Some(NumberOp::Le),
                NumberOp::Le => Some(NumberOp::Lt),
                NumberOp::Gt => Some(NumberOp::Ge),
                NumberOp::Ge => Some(NumberOp::Gt),
            };
            out.extend(other.map(|op| (Kind::OffByOne, number(op, *value))));
        }
        Comparison::TextRange { lower, upper } => {
            for (lower, upper) in flipped(lower, upper) {
                out.push((Kind::OffByOne, Comparison::TextRange { lower, upper }));
            }
        }
        Comparison::Date { lower, upper } => {
            for (lower, upper) in flipped(lower, upper) {
                // A rounded limit and its neighbour are a millisecond apart.
                if !matches!((&lower.limit, &upper.limit), (None, None)) {
                    out.push((Kind::OffByOne, Comparison::Date { lower, upper }));
                }
            }
        }
        Comparison::Ip(net) => {
            let longer = (net.prefix_len() < net.max_prefix_len()).then(|| net.prefix_len() + 1);
            let shorter = net.prefix_len().checked_sub(1);
            let with = |length| IpNet::new(net.addr(), length).ok().map(|net| net.trunc());
            out.extend(longer.and_then(with).map(|net| (Kind::Narrowed, Comparison::Ip(net))));
            out.extend(shorter.and_then(with).map(|net| (Kind::Widened, Comparison::Ip(net))));
        }
        Comparison::IpRange { from, to } => {
            let range = |from, to| Comparison::IpRange { from, to };
            let up = from.and_then(|address| step(address, true));
            let down = to.and_then(|address| step(address, false));
            out.extend(up.map(|up| (Kind::OffByOne, range(Some(up), *to))));
            out.extend(down.map(|down| (Kind::OffByOne, range(*from, Some(down)))));
        }
        Comparison::Words(words) => {
            if let Words::Phrase(phrase) = words
                && phrase.contains(char::is_whitespace)
            {
                out.push((Kind::Widened, Comparison::Words(Words::AnyOf(phrase.clone()))));
            }
        }
    }
    out
}

fn text(matcher: &TextMatch, case: Case, out: &mut Vec<(Kind, Comparison)>) {
    let mut add = |kind, matcher| out.push((kind, Comparison::Text { matcher, case }));
    match matcher {
        TextMatch::Equals(_) => {}
        TextMatch::Prefix(text) => {
            add(Kind::Narrowed, TextMatch::Equals(text.clone()));
            add(Kind::Widened, TextMatch::Contains(text.clone()));
        }
        TextMatch::Suffix(text) => {
            add(Kind::Narrowed, TextMatch::Equals(text.clone()));
            add(Kind::Widened, TextMatch::Contains(text.clone()));
        }
        TextMatch::Contains(text) => {
            add(Kind::Narrowed, TextMatch::Prefix(text.clone()));
            add(Kind::Narrowed, TextMatch::Suffix(text.clone()));
        }
        TextMatch::Glob(glob) => {
            let is_any = |part: Option<&GlobPart>| part == Some(&GlobPart::Any);
            let mut with = |kind, parts: Vec<GlobPart>| add(kind, TextMatch::Glob(Glob { parts }));
            for place in 0..glob.parts.len() {
                if glob.parts[place] == GlobPart::Any {
                    let mut parts = glob.parts.clone();
                    parts.remove(place);
                    with(Kind::Narrowed, parts);
                }
            }
            if !is_any(glob.parts.first()) {
                with(Kind::Widened, std::iter::once(GlobPart::Any).chain(glob.parts.clone()).collect());
            }
            if !is_any(glob.parts.last()) {
                with(Kind::Widened, glob.parts.iter().cloned().chain([GlobPart::Any]).collect());
            }
        }
    }
    // The value in another case: for a rule that minds, a value that no event has.
    let swapped = swapped(matcher);
    if swapped != *matcher {
        let changed = match case {
            Case::Sensitive => (Kind::Case, Comparison::Text { matcher: swapped, case }),
            Case::AsciiInsensitive => {
                (Kind::Case, Comparison::Text { matcher: matcher.clone(), case: Case::Sensitive })
            }
        };
        out.push(changed);
    }
}

/// The pattern with the case of every letter changed.
fn swapped(matcher: &TextMatch) -> TextMatch {
    let swap = |text: &String| -> String {
        let other = |c: char| match c.is_ascii_lowercase() {
            true => c.to_ascii_uppercase(),
            false => c.to_ascii_lowercase(),
        };
        text.chars().map(other).collect()
    };
    match matcher {
        TextMatch::Equals(text) => TextMatch::Equals(swap(text)),
        TextMatch::Prefix(text) => TextMatch::Prefix(swap(text)),
        TextMatch::Suffix(text) => TextMatch::Suffix(swap(text)),
        TextMatch::Contains(text) => TextMatch::Contains(swap(text)),
        TextMatch::Glob(glob) => {
            let part = |part: &GlobPart| match part {
                GlobPart::Literal(text) => GlobPart::Literal(swap(text)),
                other => other.clone(),
            };
            TextMatch::Glob(Glob { parts: glob.parts.iter().map(part).collect() })
        }
    }
}

/// The range with one of its ends inclusive instead of exclusive, or the other way round.
fn flipped<T: Clone + Endpoint>(lower: &Bound<T>, upper: &Bound<T>) -> Vec<(Bound<T>, Bound<T>)> {
    let flip = |bound: &Bound<T>| {
        let limit = bound.limit.as_ref().filter(|limit| limit.value.is_exact())?;
        Some(Bound { limit: Some(Limit { value: limit.value.clone(), inclusive: !limit.inclusive }) })
    };
    let lowers = flip(lower).map(|lower| (lower, upper.clone()));
    let uppers = flip(upper).map(|upper| (lower.clone(), upper));
    lowers.into_iter().chain(uppers).collect()
}

/// An end of a range whose neighbour a fixture can tell apart from it.
trait Endpoint {
    fn is_exact(&self) -> bool {
        true
    }
}

impl Endpoint for String {}

impl Endpoint for DateBound {
    /// Date math moves with every run: a fixture cannot stand on its limit.
    fn is_exact(&self) -> bool {
        matches!(self, DateBound::Millis(_))
    }
}

/// The next address, or the one before.
fn step(address: IpAddr, up: bool) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => {
            let bits = u32::from(address);
            let bits = if up { bits.checked_add(1) } else { bits.checked_sub(1) };
            bits.map(|bits| IpAddr::V4(bits.into()))
        }
        IpAddr::V6(address) => {
            let bits = u128::from(address);
            let bits = if up { bits.checked_add(1) } else { bits.checked_sub(1) };
            bits.map(|bits| IpAddr::V6(bits.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sensitive(matcher: TextMatch) -> Comparison {
        Comparison::Text { matcher, case: Case::Sensitive }
    }

    #[test]
    fn no_change_is_the_comparison_itself() {
        let glob =
            Glob { parts: vec![GlobPart::Literal("a".into()), GlobPart::Any, GlobPart::Literal("b".into())] };
        let all = [
            sensitive(TextMatch::Equals("CreateUser".into())),
            sensitive(TextMatch::Equals("1".into())),
            sensitive(TextMatch::Prefix("Create".into())),
            sensitive(TextMatch::Suffix("User".into())),
            sensitive(TextMatch::Contains("eat".into())),
            sensitive(TextMatch::Glob(glob)),
            Comparison::Text { matcher: TextMatch::Equals("x".into()), case: Case::AsciiInsensitive },
            Comparison::Number { op: NumberOp::Gt, value: 5.0 },
            Comparison::Ip("10.0.0.0/8".parse().unwrap()),
            Comparison::Ip("0.0.0.0/0".parse().unwrap()),
            Comparison::IpRange { from: Some([10, 0, 0, 1].into()), to: None },
            Comparison::TextRange { lower: Bound::exclusive("0".into()), upper: Bound::OPEN },
            Comparison::Date { lower: Bound::inclusive(DateBound::Millis(5)), upper: Bound::OPEN },
            Comparison::Words(Words::Phrase("access denied".into())),
        ];
        let counts: Vec<usize> = all
            .iter()
            .map(|one| {
                let changed = changes(one);
                assert!(changed.iter().all(|(_, other)| other != one), "{one:?}");
                changed.len()
            })
            .collect();
        assert_eq!(counts, [1, 0, 3, 3, 3, 4, 1, 3, 2, 1, 1, 1, 1, 1]);
        assert!(changes(&Comparison::Exists).is_empty());
    }

    #[test]
    fn a_network_grows_and_shrinks_by_a_bit() {
        let changed = changes(&Comparison::Ip("10.1.0.0/16".parse().unwrap()));
        let net = |text: &str| Comparison::Ip(text.parse().unwrap());
        assert_eq!(changed, [(Kind::Narrowed, net("10.1.0.0/17")), (Kind::Widened, net("10.0.0.0/15"))]);
    }
}
