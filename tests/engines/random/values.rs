//! Values that are easily read as something else: by a parser, an analyser, a type or a pipeline.

use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;

/// The present: 2023-11-14T22:13:20Z, in milliseconds.
pub const NOON: i64 = 1_700_000_000_000;

/// Texts that are short enough for every field.
const TEXTS: &[&str] = &[
    "",
    "-",
    "none",
    "a",
    "A",
    "aB",
    "AB",
    "ab",
    "b*c",
    "b?c",
    "bXc",
    "b\\*c",
    "x y",
    " x",
    "x ",
    "*",
    "?",
    r"a\b",
    r"a\",
    r"\",
    r"\\",
    "\"q\"",
    "\"",
    "'q'",
    "a\"\"\"b",
    "\"\"\"",
    "and",
    "AND",
    "NOT",
    "or",
    "a AND b",
    "a:b",
    "(x)",
    "[a TO b]",
    "{}",
    "a/b",
    "/a.b/",
    "^a$",
    "~a",
    "a~2",
    "é",
    "É",
    "K",
    "k",
    "ſ",
    "İ",
    "i",
    "🙂",
    "a🙂b",
    "日本",
    "a\nb",
    "a\tb",
    "a\r\n",
    "\u{7f}",
    "1",
    "01",
    "1.0",
    "10",
    "9",
    "-5",
    "1e3",
    "+1",
    "true",
    "false",
    "True",
    "null",
    "NaN",
    "arn:aws:iam::123456789012:role/x",
    "arn:aws:iam::*",
    "%{x}",
    "$a",
    "a,b",
    "a|b",
    "<b>",
    "\u{feff}a",
    "\u{200b}",
    "a\u{301}",
    "#a",
    "a&&b",
    "a+b",
    "=",
    "!a",
    ".",
    "a.b",
    "@a",
    "\u{ffee}",
    "\u{10ffff}",
    "10.1.2.3",
    "2023-11-14",
    "s3.amazonaws.com",
    "a-b",
    "a_b",
];

/// A text; now and then one around a limit of length.
pub fn text() -> BoxedStrategy<String> {
    let long = prop_oneof![Just(1023), Just(1024), Just(1025), Just(8191), Just(8192), Just(300)];
    prop_oneof![
        24 => proptest::sample::select(TEXTS).prop_map(str::to_owned),
        1 => (long, "[aé]").prop_map(|(length, letter)| letter.repeat(length)),
    ]
    .boxed()
}

/// A text that a whole value is likely to hold: a piece of another.
pub fn piece() -> BoxedStrategy<String> {
    let cut = |(text, from, to): (String, usize, usize)| -> String {
        let count = text.chars().count().max(1);
        let (from, to) = (from % count, to % (count + 1));
        text.chars().skip(from.min(to)).take(from.abs_diff(to)).collect()
    };
    prop_oneof![3 => text(), 2 => (text(), 0..20usize, 0..20usize).prop_map(cut)].boxed()
}

/// Addresses, and what looks like one.
pub const ADDRESSES: &[&str] = &[
    "10.1.2.3",
    "10.0.0.1",
    "11.0.0.1",
    "255.255.255.255",
    "0.0.0.0",
    "2001:db8::1",
    "::1",
    "::ffff:10.1.2.3",
];

/// Times around [`NOON`].
pub const TIMES: &[&str] = &[
    "2023-11-14T22:13:19Z",
    "2023-11-14T22:13:20Z",
    "2023-11-14T22:13:21Z",
    "2023-11-13T23:59:59Z",
    "2023-11-15T00:00:00Z",
    "1969-12-31T23:59:59Z",
];
