//! Quotation marks, escapes, and text that looks like an address range.

/// Inside quotes a backslash protects only these; before anything else it stands for itself.
fn is_escapable(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\')
}

/// The marks that may close text opened by `open` in lenient mode.
pub(super) fn closing(open: char) -> &'static [char] {
    match open {
        '„' => &['“', '”', '"'],
        '“' | '”' => &['”', '“', '"'],
        '‚' | '‘' | '’' => &['‘', '’', '\''],
        '«' => &['»', '"'],
        '»' => &['«', '"'],
        '\'' => &['’', '‘'],
        _ => &['”', '“'],
    }
}

/// Reads from `start` to one of the closing marks: the unescaped text and the offset behind the
/// mark, or nothing if there is none.
pub(super) fn scan_string(source: &str, start: usize, closing: &[char]) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = source[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if closing.contains(&c) {
            return Some((text, start + at + c.len_utf8()));
        }
        match chars.peek() {
            Some(&(_, next)) if c == '\\' && is_escapable(next) => {
                text.push(next);
                chars.next();
            }
            _ => text.push(c),
        }
    }
    None
}

/// The text between two straight quotation marks.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && is_escapable(next) => {
                text.push(next);
                chars.next();
            }
            _ => text.push(c),
        }
    }
    text
}

/// Offsets of the backslashes in raw text: those that protect something, and those that stand
/// alone.
pub(super) fn backslashes(raw: &str) -> (Vec<usize>, Vec<usize>) {
    let (mut escapes, mut lone) = (Vec::new(), Vec::new());
    let mut chars = raw.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            continue;
        }
        if chars.next_if(|&(_, next)| is_escapable(next)).is_some() {
            escapes.push(at);
        } else {
            lone.push(at);
        }
    }
    (escapes, lone)
}

/// `10.0.0.0/8`, `fd00::/8`.
pub(super) fn is_address_range(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        bits.parse::<u8>().is_ok() && address.parse::<std::net::IpAddr>().is_ok()
    })
}
