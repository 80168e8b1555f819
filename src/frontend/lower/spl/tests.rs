//! What searches mean, record by record: the rules of splunk.md and target_languages.md §6.

use std::sync::Arc;

use super::*;
use crate::diagnostic::{Source, TextMap};
use crate::ir::{Language, Predicate, Window};

fn reading(text: &str) -> Reading {
    let source = Arc::new(Source::new("x.spl", text));
    let query =
        QueryText { language: Language::Spl, text: text.into(), map: TextMap::verbatim(0, text.len()) };
    read(&LowerInput { source: &source, rule_id: "x", rule_name: "x" }, &query)
}

fn names(reading: &Reading) -> Vec<&'static str> {
    reading.diagnostics.iter().map(|finding| finding.code.name).collect()
}

fn predicate(text: &str) -> Node {
    let reading = reading(text);
    match reading.detection {
        Some(Detection::Event(node)) => node,
        other => panic!("{text}: {other:?} {:?}", reading.opaque),
    }
}

/// A predicate as a line of text.
fn say(node: &Node) -> String {
    let list = |nodes: &[Node], word: &str| {
        let parts: Vec<String> = nodes.iter().map(say).collect();
        format!("({})", parts.join(word))
    };
    match &node.predicate {
        Predicate::Constant(truth) => truth.to_string(),
        Predicate::And(nodes) => list(nodes, " & "),
        Predicate::Or(nodes) => list(nodes, " | "),
        Predicate::Not(inner) => format!("!{}", say(inner)),
        Predicate::Test(test) => format!("{}{}", test.field, comparison(&test.comparison)),
        Predicate::Nested { path, body } => format!("{path}[{}]", say(body)),
        Predicate::AnyField(words) => format!("{words:?}"),
    }
}

fn comparison(comparison: &crate::ir::Comparison) -> String {
    use crate::ir::{Case, Comparison, TextMatch};
    match comparison {
        Comparison::Exists => "?".into(),
        Comparison::Number { op, value } => format!("{}{value}", op.as_str()),
        Comparison::Ip(net) => format!(" in {net}"),
        Comparison::Text { matcher, case } => {
            let case = if *case == Case::Sensitive { "==" } else { "=" };
            match matcher {
                TextMatch::Equals(text) => format!("{case}{text}"),
                TextMatch::Prefix(text) => format!("{case}{text}*"),
                TextMatch::Suffix(text) => format!("{case}*{text}"),
                TextMatch::Contains(text) => format!("{case}*{text}*"),
                TextMatch::Glob(glob) => format!("{case}{}", glob.escaped()),
            }
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn search_is_two_valued_and_ignores_case() {
    for (text, expected) in [
        ("index=a eventName=CreateUser", "eventName=CreateUser"),
        ("index=a eventName=Create*", "eventName=Create*"),
        ("index=a NOT errorCode=x", "!errorCode=x"),
        ("index=a eventName!=x", "(eventName? & !eventName=x)"),
        ("index=a eventName!=*", "(eventName? & !eventName?)"),
        ("index=a eventName=* readOnly=false", "(eventName? & readOnly=false)"),
        ("index=a eventName=a OR eventName=b userAgent=c", "((eventName=a | eventName=b) & userAgent=c)"),
        ("index=a eventName IN (a, b*)", "(eventName=a | eventName=b*)"),
        ("index=a requestParameters.maxItems>=5", "requestParameters.maxItems>=5"),
        ("index=a recipientAccountId=123456789012", "recipientAccountId=123456789012"),
        ("index=a requestParameters.maxItems=5", "requestParameters.maxItems=5"),
        ("index=a src=10.0.0.0/8", "(src in 10.0.0.0/8 | src=10.0.0.0/8)"),
        ("index=a *", "true"),
        ("(index=a OR index=b) sourcetype=aws:cloudtrail eventName=a", "eventName=a"),
        ("`cloudtrail` eventName=a | `x_filter`", "eventName=a"),
        (
            "index=a requestParameters.add.items{}.userId!=5",
            "requestParameters.add.items{}[(requestParameters.add.items{}.userId? & !requestParameters.add.items{}.userId=5)]",
        ),
        ("index=a | where searchmatch(\"eventName=b* OR eventName=c\")", "(eventName=b* | eventName=c)"),
    ] {
        assert_eq!(say(&predicate(text)), expected, "{text}");
    }
}

#[test]
fn where_is_three_valued_and_minds_case() {
    for (condition, expected) in [
        ("eventName=\"a\"", "eventName==a"),
        ("eventName!=\"a\"", "(eventName? & !eventName==a)"),
        ("NOT eventName=\"a\"", "(eventName? & !eventName==a)"),
        ("NOT NOT eventName=\"a\"", "eventName==a"),
        (
            "NOT (eventName=\"a\" AND awsRegion=\"b\")",
            "((eventName? & !eventName==a) | (awsRegion? & !awsRegion==b))",
        ),
        ("isnull(errorMessage)", "!errorMessage?"),
        ("NOT isnull(errorMessage)", "errorMessage?"),
        ("eventName like \"a%b_\"", "eventName==a*b?"),
        ("like(eventName, \"%a%\")", "eventName==*a*"),
        ("match(userAgent, \"(?i)^aws-cli\")", "userAgent=aws-cli*"),
        ("lower(eventName)=\"a\"", "eventName=a"),
        ("lower(eventName)=\"A\"", "false"),
        ("eventName in (\"a\", \"b\")", "(eventName==a | eventName==b)"),
        ("in(eventName, \"a\", \"b\")", "(eventName==a | eventName==b)"),
        ("cidrmatch(\"10.0.0.0/8\", sourceIPAddress)", "sourceIPAddress in 10.0.0.0/8"),
        ("'requestParameters.maxItems' > 5", "requestParameters.maxItems>5"),
        ("5 < 'requestParameters.maxItems'", "requestParameters.maxItems>5"),
        ("coalesce(errorCode, errorMessage)=\"a\"", "(errorCode==a | (!errorCode? & errorMessage==a))"),
        (
            "if(eventName=\"a\", errorMessage, awsRegion)=\"b\"",
            "((eventName==a & errorMessage==b) | (!eventName==a & awsRegion==b))",
        ),
        (
            "eventName=\"a\" xor awsRegion=\"b\"",
            "((eventName==a & awsRegion? & !awsRegion==b) | (eventName? & !eventName==a & awsRegion==b))",
        ),
        ("mvcount('resources{}.ARN') > 0", "resources{}.ARN?"),
        ("isnotnull(mvfind('resources{}.ARN', \"^a$\"))", "resources{}.ARN==a"),
        ("isnotnull(mvfilter(match('resources{}.ARN', \"x\")))", "resources{}.ARN==*x*"),
        ("\"eventName\"=\"a\"", "false"),
    ] {
        let text = format!("index=a | where {condition}");
        assert_eq!(say(&predicate(&text)), expected, "{text}");
    }
}

#[test]
fn names_follow_the_pipeline() {
    for (text, expected) in [
        (
            "index=a eventName=x | eval y=if(errorCode=\"z\", 1, 0) | search y=1",
            "(eventName=x & errorCode==z)",
        ),
        ("index=a | rename userIdentity.type as t | where t=\"Root\"", "userIdentity.type==Root"),
        ("index=a | rename userIdentity.type as t | search userIdentity.type=Root", "false"),
        ("index=a | spath output=t path=userIdentity.type | search t=Root", "userIdentity.type=Root"),
        ("index=a | table eventName | search eventName=x", "eventName=x"),
        ("index=a | table eventName | search awsRegion=x", "false"),
        ("index=a | rex field=userAgent \"(?<v>.*)\" | search eventName=x", "eventName=x"),
        (
            "index=a eventName=x | iplocation sourceIPAddress | search Country=Peru",
            "(eventName=x & source.geo.country_name=Peru)",
        ),
    ] {
        assert_eq!(say(&predicate(text)), expected, "{text}");
    }
}

#[test]
fn what_is_not_followed_is_named() {
    for (text, code) in [
        ("index=a `unknown` b", "spl-macro"),
        ("index=a [search b]", "spl-subsearch"),
        ("index=a eventName=x | dedup eventName", "spl-command"),
        ("index=a eventName=x | nosuchcommand", "spl-command"),
        ("| tstats count", "spl-command"),
        ("index=a | rex field=userAgent \"(?<v>.*)\" | search v=1", "spl-computed-field"),
        ("index=a | lookup t eventName | search eventName=x", "spl-computed-field"),
        ("index=a | rename requestParameters.* as * | search name=x", "spl-computed-field"),
        ("index=a | where match(userAgent, \"\\d+\")", "spl-regex"),
        ("index=a | where userAgent=sourceIPAddress", "spl-field-comparison"),
        ("index=a | where eventName=CreateUser", "spl-bare-value"),
        ("index=a | where len(userAgent) > 5", "spl-function"),
        ("index=a event*=x", "spl-field-pattern"),
        ("index=a (eventName=x OR index=b)", "spl-not-in-record"),
        ("index=a _raw=*x*", "spl-not-in-record"),
        ("index=a requestParameters.list{}!=x", "spl-not-equals-on-array"),
        ("index=a CASE(x)", "spl-term"),
        ("index=a | stats count by user_arn | where count < 5", "spl-bound"),
        ("index=a | stats count by user_arn | where eventName=\"x\"", "spl-bound"),
        ("index=a | stats count by user_arn | where count > 5 | dedup user_arn", "spl-command"),
        ("index=a | timechart count | where count > 5", "spl-bound"),
    ] {
        let reading = reading(text);
        assert!(reading.detection.is_none() && reading.opaque.is_some(), "{text}");
        assert!(names(&reading).contains(&code), "{text}: {:?}", names(&reading));
    }
}

#[test]
fn odd_names_are_reported() {
    for (text, code) in [
        ("index=a userIdentity=x", "spl-object-field"),
        ("index=a requestParameters.launchPermission.add.items.group=all", "spl-missing-braces"),
        ("index=a | where 'resources{}.ARN'=\"x\"", "spl-multivalue"),
        ("index=a eventName>x", "spl-text-order"),
        ("index=a TERM(x.y)", "spl-term"),
        ("index=a earliest=-1h eventName=x", "spl-time-range"),
        ("eventName=x", "spl-no-source"),
        ("index=a eventName=A OR B", "spl-bare-alternative"),
        ("index=a eventName=A and eventSource=b", "spl-lowercase-operator"),
    ] {
        let reading = reading(text);
        assert!(reading.detection.is_some(), "{text}");
        assert_eq!(names(&reading), [code], "{text}");
    }
    let fixed = reading("index=a requestParameters.launchPermission.add.items.group=all");
    let fix = fixed.diagnostics[0].fix.as_ref().expect("a fix");
    assert_eq!(fix.edits[0].replacement, "requestParameters.launchPermission.add.items{}.group");
}

#[test]
fn counts_with_a_bound_are_thresholds() {
    let text = "`cloudtrail` errorCode=AccessDenied | bucket _time span=1h | stats count as failures, \
                dc(eventName) as methods by src_ip, _time | where failures >= 5 and methods > 1";
    let Some(Detection::Threshold(threshold)) = reading(text).detection else { panic!() };
    assert_eq!((threshold.at_least, threshold.group_by.len()), (5, 1));
    assert_eq!(threshold.window, Window::Tumbling(crate::ir::Duration::seconds(3600)));
    assert_eq!(
        (threshold.cardinality[0].field.path.as_str(), threshold.cardinality[0].at_least),
        ("eventName", 2)
    );
    assert_eq!(say(&threshold.filter), "errorCode=AccessDenied");
    let Some(Detection::Threshold(threshold)) =
        reading("index=a x=1 | stats count by user_arn | search count>9").detection
    else {
        panic!()
    };
    assert_eq!((threshold.at_least, threshold.window), (10, Window::Run));
}

#[test]
fn ranges_and_sources_are_set_aside() {
    let found = reading("index=a earliest=-24h@h latest=now eventName=x");
    assert_eq!(found.schedule.from.as_deref(), Some("now-24h/h"));
    assert_eq!(found.schedule.to.as_deref(), Some("now"));
    assert_eq!(reading("sourcetype=linux_secure x=y").input, Input::Other("linux_secure".into()));
    assert_eq!(reading("sourcetype=aws:cloudtrail x=y").input, Input::CloudTrail);
}

#[test]
fn the_search_part_survives_what_follows() {
    let part = |text: &str| reading(text).search_part.as_ref().map(say);
    assert_eq!(part("index=a eventName=x | dedup y").as_deref(), Some("eventName=x"));
    assert_eq!(part("index=a eventName=x | where | table y"), None);
    assert_eq!(part("index=a eventName=x | eval y=1 | search z=[").as_deref(), None);
    assert_eq!(part("index=a eventName=x | eval y=1 | search z==1").as_deref(), Some("eventName=x"));
    assert_eq!(part("| tstats count"), None);
}
