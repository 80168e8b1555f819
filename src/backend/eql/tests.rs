//! Forms of conditions and sequences.

use super::tree::Query;
use super::{build, fits, print, repeated};
use crate::backend::indexed::Documents;
use crate::backend::predicate::{all, any, ecs, equals, not, rewrite, test};
use crate::ir::{
    Bound, Cardinality, Case, Comparison, Duration, Field, MissingFields, Node, NumberOp, Predicate,
    TextMatch, Threshold, Window, Words,
};
use crate::schema::Version;

const DOCUMENTS: Documents = Documents { version: Version::V8_9, cloudtrail: true };
const LEAF: &str = "aws.cloudtrail.flattened.request_parameters.policyArn";

fn attempt(predicate: Predicate) -> (String, Vec<&'static str>) {
    let mut losses = Vec::new();
    let node = Node::synthetic(predicate);
    let node = rewrite(&node, "q", &mut |leaf| fits(leaf, DOCUMENTS), &mut losses).simplified();
    let query = Query::Event(build::build(&node, DOCUMENTS).expect("a condition that fits"));
    let text = print::query(&query).strip_prefix("any where ").expect("an event query").to_owned();
    (text, losses.iter().map(|loss| loss.code.name).collect())
}

fn said(predicate: Predicate) -> String {
    let (text, losses) = attempt(predicate);
    assert_eq!(losses, Vec::<&str>::new(), "{text}");
    text
}

fn is(path: &str, value: &str) -> Predicate {
    test(&ecs(path), equals(value))
}

fn text(path: &str, matcher: TextMatch, case: Case) -> Predicate {
    test(&ecs(path), Comparison::Text { matcher, case })
}

#[test]
fn comparisons() {
    use Case::{AsciiInsensitive, Sensitive};
    use TextMatch::{Contains, Equals, Prefix};
    let number = |op, value| test(&ecs(LEAF), Comparison::Number { op, value });
    for (predicate, expected) in [
        (is("event.action", "a*b\\c"), r#"event.action == "a*b\\c""#.to_owned()),
        (text("event.action", Equals("aB".into()), AsciiInsensitive), r#"event.action : "aB""#.to_owned()),
        // `:` has no escape for a star.
        (
            text("event.action", Equals("a*".into()), AsciiInsensitive),
            r#"event.action in~ ("a*")"#.to_owned(),
        ),
        (text("event.action", Prefix("Get".into()), Sensitive), r#"event.action like "Get*""#.to_owned()),
        (text("event.action", Contains("x".into()), AsciiInsensitive), r#"event.action : "*x*""#.to_owned()),
        (
            text("event.action", Contains("[*]".into()), Sensitive),
            r#"event.action regex ".*\\[\\*\\].*""#.to_owned(),
        ),
        (
            text("event.action", Contains("C:\\".into()), AsciiInsensitive),
            r#"event.action regex~ ".*C\\:\\\\.*""#.to_owned(),
        ),
        (text(LEAF, Prefix("a*".into()), Sensitive), format!(r#"startsWith({LEAF}, "a*")"#)),
        (text(LEAF, Prefix("a".into()), AsciiInsensitive), format!(r#"startsWith~({LEAF}, "a")"#)),
        (test(&ecs("user.target.name"), Comparison::Exists), "?user.target.name != null".to_owned()),
        (is("aws.cloudtrail.read_only", "true"), "aws.cloudtrail.read_only == true".to_owned()),
        (is("source.ip", "10.0.0.1"), r#"source.ip == "10.0.0.1""#.to_owned()),
        (
            test(&ecs("source.ip"), Comparison::Ip("10.0.0.0/8".parse().expect("a network"))),
            r#"cidrMatch(source.ip, "10.0.0.0/8")"#.to_owned(),
        ),
        (
            test(
                &ecs("source.ip"),
                Comparison::IpRange {
                    from: Some("10.0.0.1".parse().expect("an address")),
                    to: Some("10.0.0.6".parse().expect("an address")),
                },
            ),
            r#"cidrMatch(source.ip, "10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32")"#.to_owned(),
        ),
        (number(NumberOp::Eq, 5.0), format!(r#"{LEAF} == "5""#)),
        (
            number(NumberOp::Gt, 0.0),
            ('1'..='9').map(|c| format!(r#"startsWith({LEAF}, "{c}")"#)).collect::<Vec<_>>().join(" or "),
        ),
        (
            test(
                &ecs("event.action"),
                Comparison::TextRange {
                    lower: Bound::inclusive("a".into()),
                    upper: Bound::exclusive("zz".into()),
                },
            ),
            "event.action >= \"a\"\n  and event.action < \"zz\"".to_owned(),
        ),
    ] {
        assert_eq!(said(predicate), expected);
    }
}

#[test]
fn negated_tests_are_guarded() {
    assert_eq!(
        said(not(any([is("user.name", "a"), is("user.name", "b")]))),
        r#"not (user.name != null and user.name in ("a", "b"))"#
    );
    // Unmapped, `?f : "x"` is null and so is its negation; the guard makes it false first.
    assert_eq!(
        said(not(text("user.target.name", TextMatch::Prefix("a".into()), Case::AsciiInsensitive))),
        r#"not (?user.target.name != null and ?user.target.name : "a*")"#
    );
    assert_eq!(
        said(not(any([is("user.name", "a"), is("user.id", "b")]))),
        r#"not ((user.name != null and user.name == "a") or (user.id != null and user.id == "b"))"#
    );
    assert_eq!(said(not(test(&ecs("user.name"), Comparison::Exists))), "user.name == null");
    assert_eq!(
        said(not(all([is("user.name", "a"), not(is("user.name", "b"))]))),
        "not ((user.name != null and user.name == \"a\") and not (user.name != null and user.name == \"b\"))"
    );
}

#[test]
fn what_eql_lacks_is_a_loss() {
    for (predicate, code) in [
        (text(LEAF, TextMatch::Suffix("a".into()), Case::Sensitive), "loss-pattern"),
        (test(&ecs("user.name.text"), Comparison::Words(Words::AnyOf("a".into()))), "loss-words"),
        (Predicate::AnyField(Words::AnyOf("a".into())), "loss-free-text"),
        (test(&ecs("aws.cloudtrail"), Comparison::Exists), "loss-field-form"),
        (
            // Two values of a list might meet one end each.
            test(
                &ecs("event.type"),
                Comparison::TextRange {
                    lower: Bound::inclusive("a".into()),
                    upper: Bound::exclusive("zz".into()),
                },
            ),
            "loss-text-range",
        ),
    ] {
        assert_eq!(attempt(predicate).1, [code]);
    }
}

fn threshold(
    at_least: u64,
    keys: &[&str],
    window: Window,
    missing: MissingFields,
) -> (String, Vec<&'static str>) {
    let keys: Vec<Field> = keys.iter().map(|key| ecs(key)).collect();
    let filter = Node::synthetic(is("event.action", "x"));
    let threshold = Threshold {
        filter: filter.clone(),
        group_by: keys,
        at_least,
        cardinality: Vec::<Cardinality>::new(),
        window,
        missing,
    };
    let mut losses = Vec::new();
    let query = repeated::query(&threshold, filter, DOCUMENTS, &mut losses).expect("a query");
    (print::query(&query), losses.iter().map(|loss| loss.code.name).collect())
}

#[test]
fn counts_are_sequences() {
    use MissingFields::{Exclude, Group};
    let minutes = Duration::seconds(300);
    let (text, losses) = threshold(5, &["user.name", "source.ip"], Window::Run, Exclude);
    assert_eq!(text, "sequence by user.name, source.ip\n  [ any where event.action == \"x\" ] with runs=5");
    assert!(losses.is_empty());
    let (text, losses) = threshold(5, &["user.name"], Window::Sliding(minutes), Group);
    assert!(text.starts_with("sequence by ?user.name with maxspan=299999ms"), "{text}");
    assert!(losses.is_empty());
    let (_, losses) = threshold(5, &["user.name"], Window::FirstEvent(minutes), Exclude);
    assert_eq!(losses, ["loss-window"]);
    let (text, losses) = threshold(500, &[], Window::Run, Exclude);
    assert!(text.ends_with("with runs=100"));
    assert_eq!(losses, ["loss-threshold"]);
    let (text, losses) = threshold(1, &["user.name"], Window::Run, Exclude);
    assert_eq!(text, "any where event.action == \"x\"\n  and user.name != null");
    assert!(losses.is_empty());
}
