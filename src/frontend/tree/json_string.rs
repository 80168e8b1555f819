//! JSON strings: unescaping, with the map back to the written form.

use super::Text;
use crate::diagnostic::{Span, TextMap};

/// Reads the string whose opening quote stands at `start`; gives the offset after its closing one.
pub(super) fn read(text: &str, start: usize) -> Result<(Text, usize), (&'static str, Span)> {
    let bytes = text.as_bytes();
    let mut inner = String::new();
    let mut map = TextMap::default();
    let mut at = start + 1;
    map.push(0, at, 0);
    loop {
        let run = at;
        while bytes.get(at).is_some_and(|b| !matches!(b, b'"' | b'\\' | 0..=0x1f)) {
            at += 1;
        }
        if at > run {
            inner.push_str(&text[run..at]);
            map.push(at - run, run, at - run);
        }
        match bytes.get(at) {
            Some(b'"') => break,
            Some(b'\\') => {
                let (c, len) = escape(&text[at..])
                    .ok_or(("an escape that JSON does not know", Span::new(at, at + 1)))?;
                inner.push(c);
                map.push(c.len_utf8(), at, len);
                at += len;
            }
            Some(_) => {
                return Err(("a control character inside a string has to be escaped", Span::new(at, at + 1)));
            }
            None => return Err(("the string is not closed", Span::new(start, start + 1))),
        }
    }
    map.push(0, at, 0);
    Ok((Text { text: inner, map }, at + 1))
}

/// The character and the written length of the escape that `text` begins with.
fn escape(text: &str) -> Option<(char, usize)> {
    let c = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((c, 2))
}

/// `\uXXXX`, or a pair of surrogates; a lone surrogate is no text.
fn unicode(text: &str) -> Option<(char, usize)> {
    let first = hex(text, 2)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 6));
    }
    let second = (text.get(6..8)? == "\\u").then(|| hex(text, 8))??;
    if !(0xd800..0xdc00).contains(&first) || !(0xdc00..0xe000).contains(&second) {
        return None;
    }
    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    Some((char::from_u32(code)?, 12))
}

fn hex(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
}
