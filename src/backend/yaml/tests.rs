use proptest::prelude::*;

use super::*;

/// Reads a document with the parser that rules are read with.
fn read(text: &str) -> Vec<saphyr_parser::Event<'_>> {
    let events = saphyr_parser::Parser::new_from_str(text);
    events.map(|event| event.unwrap_or_else(|error| panic!("{error}\n{text}")).0).collect()
}

fn texts(text: &str) -> Vec<String> {
    use saphyr_parser::Event::Scalar;
    let scalar = |event| match event {
        Scalar(text, ..) => Some(text.into_owned()),
        _ => None,
    };
    read(text).into_iter().filter_map(scalar).collect()
}

/// The text at a key, in a list, and in a table in a list.
fn everywhere(text: &str) {
    let at = |key: &str, value: Value| IndexMap::from([(key.to_owned(), value)]);
    let mut inner = at("a", text.into());
    inner.insert("b".into(), text.into());
    let mut map = at("k", text.into());
    map.insert("l".into(), Value::List(vec![text.into(), Value::Map(inner), text.into()]));
    map.insert("end".into(), "end".into());
    let document = document(&map);
    let expected = ["k", text, "l", text, "a", text, "b", text, text, "end", "end"];
    assert_eq!(texts(&document), expected, "{document}");
}

#[test]
fn texts_come_back() {
    for text in [
        "",
        "a",
        "012345678901",
        "1e3",
        "no",
        "Yes",
        "~",
        "null",
        "2026-01-01",
        "a: b",
        "a:b",
        "a #b",
        "#",
        "- a",
        "a\n",
        "a\n\n\n",
        "a\nb",
        "\na\n",
        "  a\n b\n",
        "a\n  \nb\n",
        "a\n  ",
        " \n",
        "\n",
        "\n\n",
        "a\n\tb\n",
        "\ta\nb",
        "a\r\nb",
        "a\u{85}b",
        "\u{feff}",
        "it's \"so\"",
        "\\n",
        "{a}",
        "[a]",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "a ",
        " a",
        "---",
        "...",
        "a\n---\nb\n",
        "é ü\nß\n",
        "| a",
        "> a",
        "? a",
        "key:",
        "http://x.y/z?a=b#c",
        "\u{0}\u{7f}",
    ] {
        everywhere(text);
    }
}

#[test]
fn plain_texts_have_no_other_type() {
    for text in [
        "012345678901",
        "123",
        "1.5",
        "no",
        "ON",
        "null",
        "True",
        "0x1f",
        ".5",
        "1_000",
        "12:30:45",
        "Infinity",
        "2001-12-14t21:59:43Z",
        "12e4",
        "0o17",
        "0b1",
    ] {
        assert!(quoted(text) == one_line(text), "{text}");
    }
    for text in [
        "event.action",
        "Domain:Cloud",
        "a b, c (d)",
        "CloudTrail's",
        "9m",
        "5ec2abb7-87f4",
        "errorCode|cased",
    ] {
        assert_eq!(one_line(text), text);
    }
}

#[test]
fn collections() {
    let one = |key: &str, value: Value| Value::Map(IndexMap::from([(key.to_owned(), value)]));
    let list = Value::List(vec![
        one("a", Value::List(vec![Value::Int(1), Value::List(vec![true.into(), Value::Null])])),
        Value::List(Vec::new()),
        one("b", Value::Map(IndexMap::new())),
    ]);
    let text = document(&IndexMap::from([("l".to_owned(), list)]));
    assert_eq!(text, "l:\n  - a:\n      - 1\n      -\n        - true\n        - null\n  - []\n  - b: {}\n");
}

proptest! {
    #[test]
    fn any_text_comes_back(text in "[ -~\\n\\t\\r:#'\"|>é\u{85}]{0,24}") {
        everywhere(&text);
    }

    #[test]
    fn any_lines_come_back(text in "([ ]{0,3}[a-z#:-]{0,3}\\n){1,6}[ a-z]{0,3}") {
        everywhere(&text);
    }
}
