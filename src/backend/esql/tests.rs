//! Forms of conditions and of whole queries.

use super::leaf::Context;
use super::{build, fits, print};
use crate::backend::Stack;
use crate::backend::indexed::Documents;
use crate::backend::predicate::{all, any, ecs, equals, not, rewrite, test};
use crate::ir::{Bound, Case, Comparison, Glob, GlobPart, Node, NumberOp, Predicate, TextMatch, Words};
use crate::schema::Version;

const DOCUMENTS: Documents = Documents { version: Version::V8_9, cloudtrail: true };
const OLD: Context = Context { documents: DOCUMENTS, stack: Stack::Elastic { major: 8, minor: 19 } };
const NEW: Context = Context { documents: DOCUMENTS, stack: Stack::Elastic { major: 9, minor: 6 } };

fn said_in(context: Context, predicate: Predicate) -> (String, Vec<&'static str>) {
    let mut losses = Vec::new();
    let node = Node::synthetic(predicate);
    let node = rewrite(&node, "q", &mut |leaf| fits(leaf, context), &mut losses).simplified();
    let text = print::expr(&build::build(&node, context).expect("a condition that fits"));
    (text, losses.iter().map(|loss| loss.code.name).collect())
}

/// The condition of a predicate that is said without a loss.
fn said(predicate: Predicate) -> String {
    let (text, losses) = said_in(OLD, predicate);
    assert_eq!(losses, Vec::<&str>::new(), "{text}");
    text
}

fn text(path: &str, matcher: TextMatch, case: Case) -> Predicate {
    test(&ecs(path), Comparison::Text { matcher, case })
}

fn is(path: &str, value: &str) -> Predicate {
    test(&ecs(path), equals(value))
}

const LEAF: &str = "aws.cloudtrail.flattened.request_parameters.policyArn";

#[test]
fn single_values_are_compared_in_columns() {
    use Case::{AsciiInsensitive, Sensitive};
    for (predicate, expected) in [
        (is("event.action", "a\"b"), r#"event.action == """a"b""""#),
        (text("event.action", TextMatch::Prefix("Get".into()), Sensitive), r#"event.action LIKE "Get*""#),
        (
            text("user_agent.original", TextMatch::Contains("a*b?c\\d".into()), Sensitive),
            r#"user_agent.original LIKE """*a\*b\?c\\d*""""#,
        ),
        (
            text("user_agent.original", TextMatch::Contains("Pacu".into()), AsciiInsensitive),
            r#"TO_LOWER(user_agent.original) LIKE "*pacu*""#,
        ),
        // TO_LOWER turns the sign for kelvin into k.
        (
            text("user_agent.original", TextMatch::Contains("Kali".into()), AsciiInsensitive),
            r#"user_agent.original RLIKE ".*[kK][aA][lL][iI].*""#,
        ),
        (
            text("event.action", TextMatch::Equals("éa".into()), AsciiInsensitive),
            r#"event.action RLIKE "é[aA]""#,
        ),
        (test(&ecs("event.action"), Comparison::Exists), "event.action IS NOT NULL"),
        (not(test(&ecs("event.action"), Comparison::Exists)), "event.action IS NULL"),
        (is("aws.cloudtrail.read_only", "true"), "aws.cloudtrail.read_only == true"),
        (
            test(&ecs("source.ip"), Comparison::Ip("10.0.0.0/8".parse().expect("a network"))),
            r#"CIDR_MATCH(source.ip, "10.0.0.0/8")"#,
        ),
        (is("source.ip", "10.0.0.1"), r#"source.ip == "10.0.0.1""#),
        (
            test(
                &ecs("@timestamp"),
                Comparison::Date {
                    lower: Bound::inclusive(crate::ir::DateBound::Millis(0)),
                    upper: Bound::OPEN,
                },
            ),
            r#"@timestamp >= "1970-01-01T00:00:00.000Z""#,
        ),
    ] {
        assert_eq!(said(predicate), expected);
    }
}

#[test]
fn lists_and_unmapped_fields_are_asked_of_the_index() {
    use Case::{AsciiInsensitive, Sensitive};
    let number = |op, value| test(&ecs("destination.port"), Comparison::Number { op, value });
    for (predicate, expected) in [
        (is("event.type", "creation"), r#"event.type : "creation""#),
        (text("event.type", TextMatch::Prefix("cre".into()), Sensitive), r#"QSTR("event.type:cre*")"#),
        (
            text("event.type", TextMatch::Equals("Info".into()), AsciiInsensitive),
            r#"QSTR("event.type:/[iI][nN][fF][oO]/")"#,
        ),
        // No column: an index that has no such field would refuse the query.
        (is("user.target.name", "a b"), r#"QSTR("""user.target.name:"a b"""")"#),
        (is(LEAF, "x"), format!(r#"QSTR("""{LEAF}:"x"""")"#).leak()),
        (test(&ecs(LEAF), Comparison::Exists), format!(r#"QSTR("_exists_:{LEAF}")"#).leak()),
        // Measured on 8.19: a beginning keeps the key, any other wildcard forgets it.
        (text(LEAF, TextMatch::Prefix("a*".into()), Sensitive), format!(r#"QSTR("""{LEAF}:a\**""")"#).leak()),
        (number(NumberOp::Gt, 1024.0), r#"QSTR("""destination.port:{"1024" TO *]""")"#),
        (
            test(&ecs("user.name.text"), Comparison::Words(Words::Phrase("a b".into()))),
            r#"QSTR("""user.name.text:"a b"""")"#,
        ),
    ] {
        assert_eq!(said(predicate), expected);
    }
}

#[test]
fn little_is_known_of_other_documents() {
    let findings = Documents { version: Version::V8_9, cloudtrail: false };
    let context = Context { documents: findings, ..OLD };
    let (text, losses) = said_in(context, all([is("event.action", "x"), is("data_stream.dataset", "y")]));
    assert_eq!(text, r#"QSTR("""event.action:"x"""") AND data_stream.dataset == "y""#);
    assert!(losses.is_empty());
}

#[test]
fn negation_never_meets_null() {
    assert_eq!(said(not(is("event.action", "a"))), r#"NOT COALESCE(event.action == "a", false)"#);
    assert_eq!(said(not(is("event.type", "a"))), r#"NOT (event.type : "a")"#);
    // One guard around columns only; each for itself beside a question to the index.
    assert_eq!(
        said(not(any([is("event.action", "a"), is("user.name", "b")]))),
        r#"NOT COALESCE(event.action == "a" OR user.name == "b", false)"#
    );
    assert_eq!(
        said(not(all([is("event.action", "a"), is("event.type", "b")]))),
        r#"NOT (COALESCE(event.action == "a", false) AND event.type : "b")"#
    );
    assert_eq!(
        said(not(all([is("event.action", "a"), not(is("user.name", "b"))]))),
        r#"NOT COALESCE(event.action == "a" AND NOT COALESCE(user.name == "b", false), false)"#
    );
}

#[test]
fn alternatives_are_gathered() {
    assert_eq!(
        said(any([is("event.action", "a"), is("user.name", "x"), is("event.action", "b")])),
        r#"event.action IN ("a", "b") OR user.name == "x""#
    );
    let prefix = |text: &str| self::text("event.action", TextMatch::Prefix(text.into()), Case::Sensitive);
    assert_eq!(said(any([prefix("Get"), prefix("List")])), r#"event.action LIKE ("Get*", "List*")"#);
    let part = |text: &str| self::text("event.action", TextMatch::Contains(text.into()), Case::Sensitive);
    assert_eq!(
        said(any([part("a"), part("b")])),
        r#"event.action LIKE "*a*" OR event.action LIKE "*b*""#,
        "one automaton for many such patterns grows too large"
    );
    assert_eq!(
        said(any([is("user.target.name", "a"), is("user.target.name", "b")])),
        r#"QSTR("""user.target.name:"a" OR user.target.name:"b"""")"#
    );
}

#[test]
fn keys_of_flattened_fields_have_patterns_from_9_6_on() {
    let glob = Glob { parts: vec![GlobPart::Any, GlobPart::Literal("Admin".into()), GlobPart::Any] };
    let pattern = |case| text(LEAF, TextMatch::Glob(glob.clone()), case);
    let (_, losses) = said_in(OLD, pattern(Case::Sensitive));
    assert_eq!(losses, ["loss-pattern"]);
    let root = "aws.cloudtrail.flattened.request_parameters";
    let (text, losses) = said_in(NEW, pattern(Case::Sensitive));
    assert_eq!(
        (text, losses.len()),
        (format!(r#"MV_LIKE(FIELD_EXTRACT({root}, "policyArn"), "*Admin*")"#), 0)
    );
    let (text, losses) = said_in(NEW, not(pattern(Case::AsciiInsensitive)));
    let expected = format!(r#"NOT MV_RLIKE(FIELD_EXTRACT({root}, "policyArn"), ".*[aA][dD][mM][iI][nN].*")"#);
    assert_eq!((text, losses.len()), (expected, 0));
}

/// A rule of new terms on a field.
fn new_terms_rule(field: &str, history: &str, from: Option<&str>) -> crate::ir::Rule {
    use crate::diagnostic::{Source, Span};
    use crate::ir::{Detection, Format, Input, Metadata, NewTerms, Rule, Schedule, Vocabulary};
    let filter = Node::synthetic(is("event.action", "x"));
    let detection = NewTerms { filter, fields: vec![ecs(field)], history_start: history.into() };
    Rule {
        id: "r".into(),
        id_is_derived: false,
        input: Input::CloudTrail,
        vocabulary: Vocabulary::Ecs,
        format: Format::ElasticToml,
        source_type: None,
        metadata: Metadata { name: "r".into(), ..Metadata::default() },
        query: None,
        index: Some(vec!["logs-*".into(), "cluster:logs-*".into()]),
        filters: None,
        detection: Detection::NewTerms(detection),
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule { from: from.map(str::to_owned), ..Schedule::default() },
        source: std::sync::Arc::new(Source::new("r", "")),
        origin: Span::new(0, 0),
    }
}

#[test]
fn new_terms_read_their_history() {
    use crate::backend::{Artefact, Fidelity, Options, compile};
    let mut rule = new_terms_rule("user.name", "now-14d", Some("now-9m"));
    rule.metadata.overrides.timestamp = Some("event.ingested".into());
    let compiled = compile(&rule, &super::Esql, &Options::default());
    assert_eq!(compiled.fidelity(), Fidelity::Exact);
    let expected = "FROM logs-*, \"cluster:logs-*\"\n\
        | WHERE event.action == \"x\"\n    \
            AND user.name IS NOT NULL\n    \
            AND COALESCE(event.ingested, @timestamp) >= NOW() - 336 hours\n\
        | STATS Esql.first_seen = MIN(COALESCE(event.ingested, @timestamp)), Esql.event_count = COUNT(*) BY user.name\n\
        | WHERE Esql.first_seen >= NOW() - 9 minutes";
    assert_eq!(compiled.artefact, Some(Artefact::Text(expected.into())));
    // A month has no fixed length, a key of a flattened field is no column, and a history has to reach back
    // further than a run.
    for rule in [
        new_terms_rule("user.name", "now-1M", None),
        new_terms_rule(LEAF, "now-14d", None),
        new_terms_rule("user.name", "now-5m", None),
    ] {
        let compiled = compile(&rule, &super::Esql, &Options::default());
        assert_eq!(compiled.losses.iter().map(|loss| loss.code.name).collect::<Vec<_>>(), ["loss-new-terms"]);
    }
}
