//! The scanner against `serde_json`: same texts accepted, same values found.

use proptest::prelude::*;
use serde::de::IgnoredAny;

use super::*;
use crate::event::Leaf;

const PATHS: &[&str] = &[
    "eventName",
    "eventType",
    "userIdentity.type",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext",
    "requestParameters",
    "requestParameters.items.name",
    "requestParameters.resource.resourceType",
    "resources.ARN",
    "a",
    "a.b",
    "a.b.c",
    "b",
    "b.c.a",
    "",
    "a..b",
    "eventName",
    "additionalEventData.aVeryLongKeyOfMoreThanSixteenBytes",
];

const RECORD: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/r/s",
 "sessionContext":{"sessionIssuer":{"userName":"r"},"attributes":{}}},"eventName":"RunInstances" ,"eventType" : "AwsApiCall",
"sourceIPAddress":"AWS Internal","requestParameters":{"items":[{"name":"x"},{"name":["y\n","z\u00e9"]},[]],"n":-1.5e+3,
"resource.resourceType":"AWS::S3::Bucket","é":"\\"},"responseElements":null,"readOnly":false,"resources":[{"ARN":"arn:1"},
{"ARN":null,"accountId":12}],"additionalEventData":{"aVeryLongKeyOfMoreThanSixteenBytes":true},"event\u0041":[0,1.0,2e5]}"#;

/// Both ways over one text, which must agree.
fn check(record: &str) {
    let projection = Projection::new(PATHS.iter().copied());
    let mut slots = Slots::default();
    // A record before it must leave no trace.
    projection.extract(RECORD, &mut slots).unwrap();
    let valid = serde_json::from_str::<IgnoredAny>(record);
    // The second time, the order of its keys is known.
    let _ = projection.extract(record, &mut slots);
    let outcome = projection.extract(record, &mut slots);
    assert_eq!(outcome.is_ok(), valid.is_ok(), "{record}\n{outcome:?} {valid:?}");
    let found: Vec<Vec<Leaf>> = (0..PATHS.len()).map(|slot| slots.values(slot, record).collect()).collect();
    match outcome {
        Err(error) => {
            assert!(error.offset <= record.len());
            assert!(found.iter().all(Vec::is_empty));
        }
        // Keys with lone surrogates are no texts: the naive way gives up on such objects.
        Ok(()) if serde_json::from_str::<serde_json::Value>(record).is_err() => {}
        Ok(()) => assert_eq!(found, oracle::extract(PATHS, record).unwrap(), "{record}"),
    }
}

#[test]
fn arrays_and_dotted_keys_are_entered() {
    let record = r#"{"a":[{"b":1},{"b":"x\n"}],"c.d":true,"e":{"f":null}}"#;
    let projection = Projection::new(["a.b", "c.d", "e", "e.f", "g"]);
    let mut slots = Slots::default();
    projection.extract(record, &mut slots).unwrap();
    let all = |slot| slots.values(slot, record).collect::<Vec<_>>();
    assert_eq!(all(0), [Leaf::Number("1"), Leaf::Escaped("x\\n")]);
    assert_eq!(all(1), [Leaf::Bool(true)]);
    assert_eq!(all(2), [Leaf::Object(r#"{"f":null}"#)]);
    assert_eq!(all(3), [Leaf::Null]);
    assert_eq!(all(4), []);
    assert!(slots.is_missing(4) && !slots.is_missing(3));
    assert!(projection.extract("{", &mut slots).is_err());
}

#[test]
fn what_is_learnt_with_one_projection_does_not_mislead_another() {
    let mut slots = Slots::default();
    for paths in [
        ["eventName", "userIdentity.type"],
        ["userIdentity.type", "eventName"],
        ["eventType", "resources.ARN"],
    ] {
        let projection = Projection::new(paths);
        for record in [RECORD, &RECORD.replace("eventName", "eventNane"), RECORD] {
            projection.extract(record, &mut slots).unwrap();
            for (slot, expected) in oracle::extract(&paths, record).unwrap().into_iter().enumerate() {
                assert_eq!(slots.values(slot, record).collect::<Vec<_>>(), expected);
            }
        }
    }
}

#[test]
fn the_last_of_repeated_keys_counts() {
    for record in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":{"b":1},"a":{"c":2}}"#,
        r#"{"a":{"b":1},"a.b":2,"a":3}"#,
        r#"{"a.b":1,"a":{"b":2},"a.b":3}"#,
        r#"{"a":[{"b":1,"b":{"c":5}},{"b":2}],"b":{},"\u0061":[[{"b":7}]]}"#,
        r#"{"a":{"b":{"c":1}},"a":{"b.c":2,"b.c":[]}}"#,
        r#"{"eventName":"A","eventType":"T","eventName":"B"}"#,
    ] {
        check(record);
    }
}

#[test]
fn odd_texts_are_judged_as_serde_json_does() {
    for text in [
        "",
        " ",
        "null",
        "nul",
        "nulll",
        "true",
        "tru",
        "falsE",
        "0",
        "-",
        "-0",
        "01",
        "-01",
        "1.",
        "1.5",
        ".5",
        "1e",
        "1e+",
        "1E-7",
        "1e5x",
        "\"",
        "\"a",
        "\"\\",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\x\"",
        "\"\u{7f}\"",
        "\"\n\"",
        "[",
        "]",
        "[]",
        "[ ]",
        "[,]",
        "[1,]",
        "[1 2]",
        "[1}",
        "{",
        "{}",
        "{ }",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{\"a\":1]",
        "{a:1}",
        "{\"a\":1}x",
        "{\"a\":1} \n\t\r",
        "\u{a0}{}",
        "{}{}",
        "[[],{},[{}]]",
        "{\"b\":{\"c\":[1,{},[]],\"x\":{\"y\":[]}}}",
        "{\"x\":[{},]}",
        "{\"x\":{\"y\":1,}}",
        "{\"x\":[01]}",
        "{\"x\":tru}",
        "{\"x\":[\"\u{1}\"]}",
        "{\"a\u{0}\":1}",
        "{\"\\ud800\":{\"a\":1}}",
        "\u{feff}{}",
    ] {
        check(text);
        check(&format!("{{\"q\":{text}}}"));
        check(&format!("{{\"a\":{text}}}"));
        check(&format!("{{\"a\":[{text}],\"b\":{{\"c\":{text}}}}}"));
    }
}

#[test]
fn depth_is_limited_as_for_values() {
    let projection = Projection::new(["a.b"]);
    let mut slots = Slots::default();
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"z\":", "}"), ("{\"a\":[", "]}")] {
        for levels in [1, 62, 63, 64, 65, 126, 127, 128, 129, 200, 100_000] {
            let text = format!("{}0{}", open.repeat(levels), close.repeat(levels));
            let allowed = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            assert_eq!(projection.extract(&text, &mut slots).is_ok(), allowed, "{levels} of {open}");
        }
    }
    assert!(projection.extract(&"[".repeat(1_000_000), &mut slots).is_err());
}

#[test]
fn very_long_paths_are_found_too() {
    let path = vec!["k"; 3000].join(".");
    let projection = Projection::new([path.as_str(), "k.k"]);
    let record = format!("{{\"k\":{{\"{}\":1,\"k\":2}}}}", &path[2..]);
    let mut slots = Slots::default();
    projection.extract(&record, &mut slots).unwrap();
    assert_eq!(slots.values(0, &record).collect::<Vec<_>>(), [Leaf::Number("1")]);
    assert_eq!(slots.values(1, &record).collect::<Vec<_>>(), [Leaf::Number("2")]);
}

#[test]
fn a_cut_is_always_noticed() {
    for end in (0..=RECORD.len()).filter(|&end| RECORD.is_char_boundary(end)) {
        check(&RECORD[..end]);
    }
}

fn json() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "a",
        "b",
        "c",
        "a.b",
        "b.c",
        "",
        "a.",
        ".b",
        "eventName",
        "items",
        "name",
        "\\u0061",
        "x\\n",
        "requestParameters",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,2})?([eE][+-]?[0-9])?",
        "\"[a-zé ]{0,20}\"",
        Just(r#""q\"uo\\te\u00e9""#.to_owned()),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let members = prop::collection::vec((key.clone(), inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            members.prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(k, v)| format!("\"{k}\": {v}")).collect();
                format!("{{{}}}", members.join(" ,"))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_gives_the_same_values(text in json()) {
        check(&text);
    }

    #[test]
    fn damaged_json_is_judged_alike(text in json(), at in any::<prop::sample::Index>(), byte in "[\\x00-\\x7f]") {
        if let Some((place, old)) = text.char_indices().nth(at.index(text.len())) {
            check(&format!("{}{byte}{}", &text[..place], &text[place + old.len_utf8()..]));
            check(&format!("{}{byte}{}", &text[..place], &text[place..]));
        }
    }

    #[test]
    fn damaged_records_are_judged_alike(at in any::<prop::sample::Index>(), byte in "[\\x00-\\x7f]|[\\[\\]{}\",:\\\\u0e.-]") {
        if let Some((place, old)) = RECORD.char_indices().nth(at.index(RECORD.len())) {
            check(&format!("{}{byte}{}", &RECORD[..place], &RECORD[place + old.len_utf8()..]));
            check(&format!("{}{byte}{}", &RECORD[..place], &RECORD[place..]));
        }
    }
}
