//! Bad input gives findings: no reader panics, hangs or overflows the stack.

use proptest::prelude::*;
use trailsmith::diagnostic::Severity;
use trailsmith::frontend::{Loaded, load_text};

const NAMES: [&str; 9] = ["r.toml", "r.json", "r.ndjson", "r.yml", "r.tsf", "r.spl", "r.conf", "r.csv", "r"];

fn load_everywhere(text: &str) -> Vec<Loaded> {
    NAMES.iter().map(|name| load_text(name, text)).collect()
}

/// Rules of every format, to be damaged.
const SEEDS: [&str; 4] = [
    "trailsmith: 1\nname: n\nlanguage: kuery\nquery: |\n  event.action: X\nthreshold: {at_least: 5, group_by: [user.name]}\nmitre: [{tactic: {id: a, name: b}}]\n",
    "[metadata]\nmaturity = 'x'\n[rule]\nname = 'n'\nrule_id = 'r'\ntype = 'query'\nquery = '''\nevent.action: X\n'''\n[[rule.threat]]\nframework = 'm'\n[rule.threat.tactic]\nid = 'a'\nname = 'b'\n",
    "{\"rule_id\": \"k\", \"name\": \"n\", \"type\": \"new_terms\", \"query\": \"a: \\u00e9\", \"new_terms_fields\": [\"a\"], \"severity\": \"low\"}\n{\"list_id\": \"l\", \"item_id\": \"i\", \"entries\": []}\n",
    "{\"rules\": [{\"id\": \"a\", \"name\": \"n\", \"type\": \"CloudTrail\", \"filter\": \"a = \\\"b\\\"\", \"window\": 5, \"threshold\": 2}]}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        load_everywhere(&text);
    }

    #[test]
    fn text_of_marks(text in "[\\[\\]{}:,\"'#&*|>!\\-\\\\=\\n\\t a-c0é.<~%@]{0,60}") {
        load_everywhere(&text);
    }

    #[test]
    fn damaged_rules(seed in 0..SEEDS.len(), at in 0usize..400, cut in 0usize..20, mark in "[\\[\\]{}:,\"'\\n\\\\ é-]{0,3}") {
        let mut text: Vec<char> = SEEDS[seed].chars().collect();
        let start = at.min(text.len());
        let end = (start + cut).min(text.len());
        text.splice(start..end, mark.chars());
        let text: String = text.into_iter().collect();
        for loaded in load_everywhere(&text) {
            for finding in &loaded.diagnostics {
                if let (Some(source), Some(span)) = (&finding.source, finding.span()) {
                    // A span outside the text would underline nothing.
                    prop_assert!(span.start <= source.text().len(), "{} {span:?}", finding.code.name);
                }
            }
        }
    }
}

#[test]
fn deep_nesting() {
    for (open, close) in
        [("[", "]"), ("{\"a\":", "}"), ("(", ")"), ("- ", ""), ("a: ", ""), ("not ", ""), ("[[", "]]")]
    {
        let text = format!("{}{}", open.repeat(10_000), close.repeat(10_000));
        let words = ["- ", "a: ", "not "].contains(&open);
        for (name, loaded) in NAMES.iter().zip(load_everywhere(&text)) {
            // Ten thousand words are a search like any other.
            if words && name.ends_with(".spl") {
                continue;
            }
            assert!(
                loaded.diagnostics.iter().any(|d| d.severity == Severity::Error),
                "{open} {:?}",
                loaded.rules
            );
        }
    }
    let filter = format!(
        "trailsmith: 1\nname: n\nlanguage: kuery\nquery: '{}a: b{}'\n",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    assert!(load_text("r.yml", &filter).unreadable);
    for (start, open) in
        [("", "("), ("", "NOT "), ("| where ", "("), ("| where ", "not "), ("| where ", "f(")]
    {
        let search = format!("a {start}{}", open.repeat(10_000));
        assert!(load_text("r.spl", &search).unreadable, "{start}{open}");
    }
    let nested = |n: usize| {
        format!("{}{{\"match_all\": {{}}}}{}", "{\"bool\": {\"must\": [".repeat(n), "]}}".repeat(n))
    };
    let rule = |n| {
        format!(
            "{{\"rule_id\": \"k\", \"name\": \"n\", \"type\": \"query\", \"query\": \"\", \"filters\": [{{\"query\": {}}}]}}",
            nested(n)
        )
    };
    assert!(load_text("r.json", &rule(5_000)).unreadable);
    load_text("r.json", &rule(30));
}

#[test]
fn huge_lists_and_long_lines() {
    let list = format!(
        "{{\"rule_id\": \"k\", \"name\": \"n\", \"type\": \"query\", \"query\": \"a: b\", \"tags\": [{}\"z\"]}}",
        "\"t\",".repeat(200_000)
    );
    assert_eq!(load_text("r.json", &list).rules[0].metadata.tags.as_ref().map(Vec::len), Some(200_001));
    let keys: String = (0..20_000).map(|n| format!("k{n}: {n}\n")).collect();
    let loaded =
        load_text("r.yml", &format!("trailsmith: 1\nname: n\nlanguage: kuery\nquery: 'a: b'\n{keys}"));
    assert_eq!(loaded.rules[0].metadata.extra.len(), 20_000);
    load_everywhere(&"x".repeat(2_000_000));
    load_everywhere(&"\"".repeat(100_000));
    load_everywhere(&"\n".repeat(100_000));
    load_everywhere(&"---\n".repeat(20_000));
    load_everywhere(&"{}\n".repeat(20_000));
    load_everywhere("\u{feff}");
    load_everywhere("\0");
}

#[test]
fn alias_bombs() {
    let mut bomb = String::from("trailsmith: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        bomb += &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "));
    }
    let loaded = load_text("r.yml", &bomb);
    assert!(loaded.unreadable && loaded.rules.is_empty());
    assert_eq!(loaded.diagnostics[0].code.name, "yaml-alias");
}
