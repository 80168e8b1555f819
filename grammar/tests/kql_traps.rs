//! Every trap of KQL, with the text it underlines and the rewrite it offers.

mod support;

use support::rows;
use trailsmith_grammar::TrapKind as _;
use trailsmith_grammar::kql::{self, TrapKind, lints, parse};

/// The traps of a query: kind, underlined text, suggestion.
fn found(source: &str) -> Vec<(TrapKind, &str, Option<String>)> {
    let query = parse(source).unwrap_or_else(|e| panic!("{source}: {e}"));
    let traps = lints(source, &query);
    for trap in &traps {
        assert!(!trap.explain().is_empty() && !trap.kind.name().is_empty());
        if let Some(text) = trap.suggestion() {
            let mut mended = source.to_owned();
            mended.replace_range(trap.span.start..trap.span.end, &text);
            parse(&mended).unwrap_or_else(|e| panic!("{source} became {mended}: {e}"));
        }
    }
    traps.into_iter().map(|t| (t.kind, t.span.of(source), t.replacement)).collect()
}

#[track_caller]
fn one(source: &str, kind: TrapKind, text: &str, suggestion: Option<&str>) {
    let suggestion = suggestion.map(str::to_owned);
    assert_eq!(found(source), [(kind, text, suggestion)], "{source}");
}

#[test]
fn habits_from_lucene() {
    use TrapKind::*;
    one("x:y and a:[1 TO 5]", LuceneRange, "a:[1 TO 5]", Some("(a >= 1 and a <= 5)"));
    one("a:{1 TO 5}", LuceneRange, "a:{1 TO 5}", Some("(a > 1 and a < 5)"));
    one("!a:b", LuceneSign, "!a", Some("not a"));
    one("not -a:b", LuceneSign, "-a", None);
    one("not (-a:b)", LuceneSign, "-a", Some("not a"));
    one("+a > 5", LuceneSign, "+a", Some("a"));
    one("a:b && c", LuceneOperator, "&&", Some("and"));
    one("a:b||c", LuceneOperator, "||", Some(" or "));
    one("a:/re.*/", LuceneRegex, "/re.*/", None);
    one("_exists_:a", LuceneExists, "_exists_:a", Some("a: *"));
    one("(_exists_:a)", LuceneExists, "(_exists_:a)", Some("(a: *)"));
    one("a:b~2", LuceneFuzzy, "b~2", Some("b"));
    one("a:b^2", LuceneBoost, "b^2", Some("b"));
    one("a:b?c", QuestionMark, "?", None);
}

#[test]
fn open_sides_of_lucene_ranges() {
    let rewrite = |source| found(source).pop().and_then(|(_, _, text)| text);
    // A star makes the literal a pattern; the brackets are still there.
    assert_eq!(rewrite("a:[* TO 5]").as_deref(), Some("a <= 5"));
    assert_eq!(rewrite("a:[5 TO *]").as_deref(), Some("a >= 5"));
    assert_eq!(rewrite("a:[* TO *]").as_deref(), Some("a: *"));
}

#[test]
fn quotes_and_escapes() {
    use TrapKind::*;
    one(r#"a:"foo*""#, QuotedWildcard, r#""foo*""#, Some("foo*"));
    // Not `*`, which is an existence test (kql.md §2), nor `**`.
    one(r#"a:"*""#, QuotedWildcard, r#""*""#, Some(r"\*"));
    one(r#"a:"**""#, QuotedWildcard, r#""**""#, Some(r"\*\*"));
    one(r#"a:"b:c*""#, QuotedWildcard, r#""b:c*""#, Some(r"b\:c*"));
    one("a:'b c'", SingleQuotes, "'b c'", Some(r#""b c""#));
    one(r#"a:"C:\temp""#, ControlCharacter, r"\t", Some(r"\\t"));
    one(r#"a:"x\u0041""#, ControlCharacter, r"\u0041", Some(r"\\u0041"));
    one(r"a:b \not c", EscapedNot, r"\not", None);
    one("a:**", DoubleStar, "**", Some("*"));
    one(r"a:x**\*", DoubleStar, r"x**\*", Some(r"x*\*"));
}

#[test]
fn keywords_that_are_text() {
    use TrapKind::*;
    one("a:b or", TrailingKeyword, "or", None);
    one("a:(b or c and)", TrailingKeyword, "and", None);
    one("or a:b", LeadingKeyword, "or", None);
    one("a:b or or c:d", LeadingKeyword, "or", None);
    one("a:or", KeywordAsValue, "or", Some(r#""or""#));
    one("a:Not", KeywordAsValue, "Not", Some(r#""Not""#));
    one("a:True", ConstantInOtherCase, "True", Some("true"));
    one("a:b // why", Comment, "// why", None);
    one("a:b # why", Comment, "# why", None);
    one("# why\na:b", Comment, "# why\na", None);
    one("a:b c", AdjacentWords, "b c", Some(r#""b c""#));
}

#[test]
fn mixed_chains() {
    use TrapKind::MixedAndOr;
    one("a:b or c:d and e:f", MixedAndOr, "c:d and e:f", Some("(c:d and e:f)"));
    one("a:(b and c or d)", MixedAndOr, "b and c", Some("(b and c)"));
    assert_eq!(found("a:b or (c:d and e:f)"), []);
    assert_eq!(found("(a:b or c:d) and e:f"), []);
}

#[test]
fn ordinary_queries_have_no_traps() {
    for source in [
        "",
        "event.provider: s3.amazonaws.com and not event.action: (Get* or List*)",
        r#"a: "C:\\temp" and b: C\:\\x"#,
        "a > now-1d and b: -5 and c: true",
        r"a: \or and b: x\\not",
        "a: *S3 Browser* and b: /tmp/* and c: /etc/",
        "path: { a: b }",
    ] {
        assert_eq!(found(source), [], "{source}");
    }
}

#[test]
fn suggestions_on_the_shared_rules_parse() {
    let Some(rows) = rows("elastic/oracle/kibana_kql_aws_shared.jsonl") else {
        return;
    };
    let mut count = 0;
    for row in &rows {
        let source = row["query"].as_str().expect("a string");
        for trap in found(source) {
            count += 1;
            println!("{trap:?}");
        }
    }
    println!("{count} traps in {} queries", rows.len());
}

#[test]
fn suggestions_on_the_edge_cases_parse() {
    let Some(rows) = rows("elastic/kql_cases/edge_cases.jsonl") else {
        return;
    };
    let mut count = 0;
    for row in &rows {
        let source = row["kql"].as_str().expect("a string");
        if kql::parse(source).is_ok() {
            count += found(source).len();
        }
    }
    println!("{count} traps in {} queries", rows.len());
    assert!(count > 30);
}
