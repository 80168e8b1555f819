//! The printer.

use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::backend::query_dsl::leaf::{date_text, escape, family};
use crate::backend::regex::{parts, whole};
use crate::ir::{Bound, Case, Comparison, Glob, GlobPart, Node, NumberOp, Predicate, Test, TextMatch, Words};
use crate::matcher::tokens;

/// The query string of a predicate that fits.
///
/// # Errors
///
/// A comparison that Lucene lacks; the rewriting before leaves none.
pub(super) fn query(node: &Node) -> Result<String, Loss> {
    // The outermost parentheses say nothing.
    Ok(match &node.predicate {
        Predicate::And(nodes) => conjunction(nodes)?,
        Predicate::Or(nodes) => each(nodes)?.join(" OR "),
        _ => clause(node)?,
    })
}

fn clause(node: &Node) -> Result<String, Loss> {
    Ok(match &node.predicate {
        Predicate::Constant(true) => "*:*".into(),
        Predicate::Constant(false) => "(*:* AND NOT *:*)".into(),
        Predicate::And(nodes) => format!("({})", conjunction(nodes)?),
        Predicate::Or(nodes) => format!("({})", each(nodes)?.join(" OR ")),
        // A group of negations alone matches nothing in Lucene.
        Predicate::Not(inner) => format!("(*:* AND NOT {})", clause(inner)?),
        Predicate::Test(test) => leaf(test).ok_or_else(|| lacking(node, &test.field.path))?,
        Predicate::AnyField(words) => match words {
            // In quotes several words would be a phrase.
            Words::AnyOf(text) if tokens::words(text).count() > 1 => bare(text),
            Words::AnyOf(text) | Words::Phrase(text) => quoted(text),
            Words::Pattern(glob) => pattern(&glob.parts),
            Words::Between { .. } => return Err(lacking(node, "*")),
        },
        Predicate::Nested { path, .. } => return Err(lacking(node, &path.path)),
    })
}

fn conjunction(nodes: &[Node]) -> Result<String, Loss> {
    let mut parts = Vec::with_capacity(nodes.len() + 1);
    if nodes.iter().all(|node| matches!(node.predicate, Predicate::Not(_))) {
        parts.push("*:*".to_owned());
    }
    for node in nodes {
        parts.push(match &node.predicate {
            Predicate::Not(inner) => format!("NOT {}", clause(inner)?),
            _ => clause(node)?,
        });
    }
    Ok(parts.join(" AND "))
}

fn each(nodes: &[Node]) -> Result<Vec<String>, Loss> {
    nodes.iter().map(clause).collect()
}

fn lacking(node: &Node, field: &str) -> Loss {
    let message = format!("`{field}` has no such comparison in Lucene's syntax");
    Loss::new(&codes::LOSS_FIELD_FORM, "detection", message).at(node.origin)
}

fn leaf(test: &Test) -> Option<String> {
    let field = name(&test.field.path);
    let range = |low: Option<(String, bool)>, high: Option<(String, bool)>| {
        let (from, open) = match low {
            Some((text, inclusive)) => (text, if inclusive { '[' } else { '{' }),
            None => ("*".into(), '['),
        };
        let (to, close) = match high {
            Some((text, inclusive)) => (text, if inclusive { ']' } else { '}' }),
            None => ("*".into(), ']'),
        };
        format!("{field}:{open}{from} TO {to}{close}")
    };
    Some(match &test.comparison {
        Comparison::Exists => format!("_exists_:{field}"),
        Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive } => {
            format!("{field}:{}", quoted(text))
        }
        Comparison::Text { matcher, case: Case::AsciiInsensitive } => {
            format!("{field}:/{}/", whole(matcher, Case::AsciiInsensitive))
        }
        Comparison::Text { matcher, case: Case::Sensitive } => {
            format!("{field}:{}", pattern(&parts(matcher)))
        }
        Comparison::TextRange { lower, upper } => {
            range(end(lower, |text| range_end(text)), end(upper, |text| range_end(text)))
        }
        Comparison::Number { op, value } => {
            let number = quoted(&value.to_string());
            match op {
                NumberOp::Eq => format!("{field}:{number}"),
                NumberOp::Lt => range(None, Some((number, false))),
                NumberOp::Le => range(None, Some((number, true))),
                NumberOp::Gt => range(Some((number, false)), None),
                NumberOp::Ge => range(Some((number, true)), None),
            }
        }
        Comparison::Bool(value) => format!("{field}:{value}"),
        Comparison::Ip(network) if network.prefix_len() == network.max_prefix_len() => {
            format!("{field}:{}", quoted(&network.addr().to_string()))
        }
        Comparison::Ip(network) => format!("{field}:{}", quoted(&network.to_string())),
        Comparison::IpRange { from, to } => {
            let (from, to) = family(*from, *to);
            range(Some((quoted(&from.to_string()), true)), Some((quoted(&to.to_string()), true)))
        }
        Comparison::Date { lower, upper } => {
            range(end(lower, |at| quoted(&date_text(at))), end(upper, |at| quoted(&date_text(at))))
        }
        Comparison::Words(words) => match words {
            Words::AnyOf(text) => {
                let words: Vec<String> = tokens::words(text).map(quoted).collect();
                match words.as_slice() {
                    [one] => format!("{field}:{one}"),
                    many => format!("{field}:({})", many.join(" OR ")),
                }
            }
            Words::Phrase(text) => format!("{field}:{}", quoted(text)),
            Words::Pattern(glob) => format!("{field}:{}", pattern(&glob.parts)),
            Words::Between { lower, upper } => {
                let end =
                    |end: &Option<(String, bool)>| end.as_ref().map(|(text, inside)| (quoted(text), *inside));
                range(end(lower), end(upper))
            }
        },
    })
}

fn end<T>(bound: &Bound<T>, print: impl Fn(&T) -> String) -> Option<(String, bool)> {
    bound.limit.as_ref().map(|limit| (print(&limit.value), limit.inclusive))
}

/// A pattern outside quotes: white space is escaped too.
fn pattern(parts: &[GlobPart]) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            GlobPart::Any => out.push('*'),
            GlobPart::One => out.push('?'),
            GlobPart::Literal(text) => out.push_str(&bare(text)),
        }
    }
    // Nothing at all is no syntax.
    if out.is_empty() { quoted("") } else { out }
}

fn bare(text: &str) -> String {
    let mut escaped = String::new();
    escape(text, &mut escaped);
    let mut out = String::with_capacity(escaped.len());
    for c in escaped.chars() {
        if c.is_whitespace() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn name(path: &str) -> String {
    bare(path)
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// An end of a range. Lucene takes `\"` for a quote there even behind another backslash, so a text that
/// ends with one stands without quotes (measured on 8.19.21).
fn range_end(text: &str) -> String {
    if text.ends_with('\\') { bare(text) } else { quoted(text) }
}

/// Whether an end of a range has a form: outside quotes no space and no bracket may stand.
pub(super) fn has_range_end(text: &str) -> bool {
    !text.ends_with('\\') || !text.contains(|c: char| c.is_whitespace() || matches!(c, ']' | '}'))
}

/// Whether the literal pieces of a pattern hold letters and digits only.
pub(super) fn is_of_one_word(glob: &Glob) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    glob.parts.iter().all(|part| !matches!(part, GlobPart::Literal(text) if !text.chars().all(is_word)))
}

/// Whether a pattern holds white space.
pub(super) fn has_space(glob: &Glob) -> bool {
    glob.parts
        .iter()
        .any(|part| matches!(part, GlobPart::Literal(text) if text.contains(char::is_whitespace)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::predicate::{ecs, equals, test};

    fn printed(predicate: Predicate) -> String {
        query(&Node::synthetic(predicate)).unwrap()
    }

    fn text(matcher: TextMatch, case: Case) -> Predicate {
        test(&ecs("user.name"), Comparison::Text { matcher, case })
    }

    #[test]
    fn values_are_quoted_and_patterns_escaped() {
        let name = || ecs("user.name");
        for (predicate, expected) in [
            (test(&name(), equals("AND")), r#"user.name:"AND""#),
            (test(&name(), equals(r#"a"b\c"#)), r#"user.name:"a\"b\\c""#),
            (test(&name(), equals("")), r#"user.name:"""#),
            (test(&name(), Comparison::Exists), "_exists_:user.name"),
            (
                text(TextMatch::Contains("S3 Browser/1*".into()), Case::Sensitive),
                r"user.name:*S3\ Browser\/1\**",
            ),
            (text(TextMatch::Equals("aB-1".into()), Case::AsciiInsensitive), r"user.name:/[aA][bB]\-1/"),
            (text(TextMatch::Prefix("a/".into()), Case::AsciiInsensitive), r"user.name:/[aA]\/.*/"),
            (Predicate::AnyField(Words::Phrase("a b".into())), r#""a b""#),
            (Predicate::AnyField(Words::AnyOf("OR".into())), r#""OR""#),
            (Predicate::AnyField(Words::AnyOf("a,b/c".into())), r"a,b\/c"),
            (text(TextMatch::Glob(Glob { parts: Vec::new() }), Case::Sensitive), r#"user.name:"""#),
            (
                test(&ecs("message"), Comparison::Words(Words::AnyOf("10.1.2.3 a.b,c".into()))),
                r#"message:("10.1.2.3" OR "a.b" OR "c")"#,
            ),
        ] {
            assert_eq!(printed(predicate), expected);
        }
    }

    #[test]
    fn ends_of_ranges_with_a_backslash_stand_without_quotes() {
        let above =
            |text: &str| Comparison::TextRange { lower: Bound::exclusive(text.into()), upper: Bound::OPEN };
        assert_eq!(printed(test(&ecs("user.name"), above(r"a\"))), r"user.name:{a\\ TO *]");
        assert_eq!(printed(test(&ecs("user.name"), above("a b"))), r#"user.name:{"a b" TO *]"#);
        assert!(has_range_end(r"a\") && !has_range_end(r"a b\"));
    }

    #[test]
    fn patterns_for_words_hold_no_borders() {
        let glob = |text: &str| Glob { parts: vec![GlobPart::Literal(text.into()), GlobPart::Any] };
        assert!(is_of_one_word(&glob("a_é1")));
        assert!(!is_of_one_word(&glob("a&&b")) && !is_of_one_word(&glob("a b")));
    }

    #[test]
    fn groups_and_negations() {
        let a = || Node::synthetic(test(&ecs("user.name"), equals("a")));
        let b = || Node::synthetic(test(&ecs("user.id"), equals("b")));
        let not = |node| Node::negate(node);
        assert_eq!(printed(Predicate::And(vec![a(), not(b())])), r#"user.name:"a" AND NOT user.id:"b""#);
        assert_eq!(
            printed(Predicate::Or(vec![a(), not(b())])),
            r#"user.name:"a" OR (*:* AND NOT user.id:"b")"#
        );
        assert_eq!(
            printed(Predicate::And(vec![not(a()), not(b())])),
            r#"*:* AND NOT user.name:"a" AND NOT user.id:"b""#
        );
    }

    #[test]
    fn ranges_have_the_brackets_of_their_ends() {
        let number = |op| printed(test(&ecs("destination.bytes"), Comparison::Number { op, value: 5.0 }));
        assert_eq!(number(NumberOp::Gt), r#"destination.bytes:{"5" TO *]"#);
        assert_eq!(number(NumberOp::Le), r#"destination.bytes:[* TO "5"]"#);
    }
}
