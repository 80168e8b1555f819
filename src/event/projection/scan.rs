//! Skipping JSON while checking all of it: the grammar that `serde_json` accepts, without building
//! anything and without recursion. `None` means "not JSON"; the reason is found afterwards.

use super::words::special;

/// Levels of nesting that are accepted; `serde_json` refuses the 128th.
pub(in crate::event) const DEPTH: u32 = 127;

/// The first byte at or after `at` that is not white space, as an index.
#[inline(always)]
pub(in crate::event) fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// From behind the opening quote to the closing quote: its index, and whether there are escapes.
#[inline(always)]
pub(in crate::event) fn string(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let end = special(bytes, at);
    if *bytes.get(end)? == b'"' { Some((end, false)) } else { escaped_string(bytes, end) }
}

/// The rest of a string from its first backslash (or the control character that spoils it).
fn escaped_string(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    loop {
        match *bytes.get(at)? {
            b'"' => return Some((at, true)),
            b'\\' => match *bytes.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                b'u' if bytes.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit) => at += 6,
                _ => return None,
            },
            _ => return None,
        }
        at = special(bytes, at);
    }
}

/// Any value from its first byte to the index behind it, `depth` levels being open already.
#[inline(always)]
pub(in crate::event) fn value(bytes: &[u8], at: usize, depth: u32) -> Option<usize> {
    match *bytes.get(at)? {
        b'"' => Some(string(bytes, at + 1)?.0 + 1),
        b'{' | b'[' => container(bytes, at, depth),
        _ => word(bytes, at),
    }
}

/// A literal or a number, from its first byte to the index behind it.
#[inline(always)]
pub(super) fn word(bytes: &[u8], at: usize) -> Option<usize> {
    match *bytes.get(at)? {
        b't' if bytes.get(at + 1..at + 4)? == b"rue" => Some(at + 4),
        b'f' if bytes.get(at + 1..at + 5)? == b"alse" => Some(at + 5),
        b'n' if bytes.get(at + 1..at + 4)? == b"ull" => Some(at + 4),
        b'-' | b'0'..=b'9' => number(bytes, at),
        _ => None,
    }
}

fn number(bytes: &[u8], mut at: usize) -> Option<usize> {
    at += usize::from(bytes[at] == b'-');
    at = match *bytes.get(at)? {
        b'0' => at + 1,
        _ => digits(bytes, at)?,
    };
    // No digit may follow a leading zero.
    if bytes.get(at).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        at += 1;
        at += usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
        at = digits(bytes, at)?;
    }
    Some(at)
}

/// One digit or more.
fn digits(bytes: &[u8], at: usize) -> Option<usize> {
    let count = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then_some(at + count)
}

/// An object or array from its opening bracket to the index behind it. The kinds of the open
/// levels are bits of one word, so that no depth can overflow anything.
fn container(bytes: &[u8], mut at: usize, mut depth: u32) -> Option<usize> {
    let outside = depth;
    let mut kinds: u128 = 0;
    let mut object;
    'open: loop {
        depth += 1;
        if depth > DEPTH {
            return None;
        }
        object = bytes[at] == b'{';
        kinds = kinds << 1 | u128::from(object);
        at = space(bytes, at + 1);
        let mut empty = matches!((object, *bytes.get(at)?), (true, b'}') | (false, b']'));
        loop {
            if !empty {
                if object {
                    at = member(bytes, at)?.value;
                }
                match *bytes.get(at)? {
                    b'"' => at = string(bytes, at + 1)?.0 + 1,
                    b'{' | b'[' => continue 'open,
                    _ => at = word(bytes, at)?,
                }
            }
            empty = false;
            loop {
                at = space(bytes, at);
                match (*bytes.get(at)?, object) {
                    (b',', _) => break,
                    (b'}', true) | (b']', false) => {}
                    _ => return None,
                }
                at += 1;
                depth -= 1;
                if depth == outside {
                    return Some(at);
                }
                kinds >>= 1;
                object = kinds & 1 == 1;
            }
            at = space(bytes, at + 1);
        }
    }
}

/// A key of an object and where its value begins.
#[derive(Debug, Clone, Copy)]
pub(in crate::event) struct Member {
    /// Behind the opening quote.
    pub(in crate::event) start: usize,
    /// The closing quote.
    pub(in crate::event) end: usize,
    /// Whether there are escapes in the key.
    pub(in crate::event) escaped: bool,
    /// First byte of the value.
    pub(in crate::event) value: usize,
}

/// Reads a key and its colon from the opening quote.
#[inline(always)]
pub(in crate::event) fn member(bytes: &[u8], at: usize) -> Option<Member> {
    if *bytes.get(at)? != b'"' {
        return None;
    }
    let (end, escaped) = string(bytes, at + 1)?;
    let colon = space(bytes, end + 1);
    if *bytes.get(colon)? != b':' {
        return None;
    }
    Some(Member { start: at + 1, end, escaped, value: space(bytes, colon + 1) })
}
