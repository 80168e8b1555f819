use std::sync::Arc;

use super::super::yaml::{Parsed, parse};
use super::super::{Tree, TreeKind};
use crate::diagnostic::{Source, Span};

fn read(text: &str) -> (Arc<Source>, Parsed) {
    let source = Arc::new(Source::new("f.yml", text));
    let parsed = parse(&source);
    (source, parsed)
}

fn only(text: &str) -> (Arc<Source>, Tree) {
    let (source, mut parsed) = read(text);
    assert!(parsed.diagnostics.is_empty(), "{text:?} {:?}", parsed.diagnostics);
    assert_eq!(parsed.documents.len(), 1, "{text:?}");
    (source, parsed.documents.remove(0))
}

#[test]
fn account_ids_stay_text_and_the_rest_follows_the_core_schema() {
    let text = "- 012345678901\n- 123456789012\n- yes\n- true\n- ~\n- 1_000\n- 0x10\n- 1.5\n- '5'\n- !!str 7\n- -3\n- 1e3\n- .5\n- 2024-01-01\n- +5\n- 0\n- 0.5\n-\n";
    let (_, tree) = only(text);
    let kinds: Vec<String> = tree
        .items()
        .unwrap()
        .iter()
        .map(|item| match &item.kind {
            TreeKind::Text(text) => format!("text {}", text.text),
            kind => format!("{kind:?}"),
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "text 012345678901",
            "Int(123456789012)",
            "text yes",
            "Bool(true)",
            "Null",
            "text 1_000",
            "Int(16)",
            "Float(1.5)",
            "text 5",
            "text 7",
            "Int(-3)",
            "Literal(\"1e3\")",
            "Literal(\".5\")",
            "text 2024-01-01",
            "Int(5)",
            "Int(0)",
            "Float(0.5)",
            "Null"
        ]
    );
}

/// Every word of the decoded text leads to the same word in the file.
#[test]
fn texts_of_every_style_lead_back_to_the_file() {
    for text in [
        "é: ü\nk: one two",
        "k: 'one ''q'' two'",
        "k: \"one \\\"q\\\" \\u00e9 two\"",
        "k: \"one \\\n   two\"",
        "k: |\n  one\n    three\n\n  two\n",
        "k: |\n\n\n  one\n  two\n",
        "k: |2-\n    one\n  two\n",
        "k: >\n  one\n  three\n\n  two\n",
        "k: one\n  three\n  two",
        "k: 'one\n\n  two'",
        "日本: x\nk: |\r\n  one\r\n  two\r\n",
    ] {
        let (source, tree) = only(text);
        let TreeKind::Text(inner) = &tree.get("k").unwrap().kind else { panic!("{text:?}") };
        for word in ["one", "two"] {
            let at = inner.text.find(word).unwrap();
            let span = inner.map.span(Span::new(at, at + word.len()));
            assert_eq!(source.slice(span), word, "{text:?} {:?}", inner.map);
        }
        assert_eq!(inner.map.inner_len(), inner.text.len());
    }
}

#[test]
fn keys_have_byte_spans_after_other_scripts() {
    let (source, tree) = only("é: ü\n日本: 1\nkey: 2\n");
    let spans: Vec<&str> = tree.entries().unwrap().iter().map(|e| source.slice(e.key_span)).collect();
    assert_eq!(spans, ["é", "日本", "key"]);
}

#[test]
fn traps_are_findings_with_a_place() {
    for (text, code) in [
        ("a: 1\na: 2", "duplicate-key"),
        ("a: &x [*x]", "yaml-alias"),
        ("a: *nothing", "yaml-syntax"),
        ("a: &x {b: 1}\nc:\n  <<: *x", "yaml-merge-key"),
        ("a: !env HOME", "yaml-tag"),
        ("a:\n\tb: 1", "yaml-syntax"),
        ("\ta: 1", "yaml-tab"),
        ("? [a]\n: 1", "yaml-syntax"),
        ("a: [", "yaml-syntax"),
    ] {
        let (_, parsed) = read(text);
        let codes: Vec<&str> = parsed.diagnostics.iter().map(|d| d.code.name).collect();
        assert!(codes.contains(&code), "{text:?} {codes:?}");
        assert!(parsed.diagnostics.iter().all(|d| d.span().is_some()), "{text:?}");
    }
    let (_, fine) = read("k: |\n  one\n  \ttwo\nf: [\n  \ta]\n");
    assert!(fine.diagnostics.is_empty(), "{:?}", fine.diagnostics);
}

#[test]
fn bombs_and_depth_are_findings() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let refs = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb += &format!("a{i}: &a{i} [{refs}]\n");
    }
    assert_eq!(read(&bomb).1.diagnostics[0].code.name, "yaml-alias");
    let mut chain = String::from("a0: &a0 [x]\n");
    for i in 1..400 {
        chain += &format!("a{i}: &a{i} [*a{}]\n", i - 1);
    }
    assert!(!read(&chain).1.diagnostics.is_empty());
    for deep in ["[".repeat(50_000), "- ".repeat(50_000), "? ".repeat(20_000), "{a: ".repeat(20_000)] {
        assert!(!read(&deep).1.diagnostics.is_empty());
    }
}

#[test]
fn a_good_document_beside_a_bad_one_is_read() {
    let (source, parsed) = read("a: 1\n---\nb: [\n---\nc: 3\n");
    assert_eq!(parsed.documents.len(), 2);
    let entry = &parsed.documents[1].entries().unwrap()[0];
    assert_eq!(source.slice(entry.key_span), "c");
    assert_eq!(parsed.diagnostics.len(), 1);
}
