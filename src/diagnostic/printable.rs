//! Text from outside on somebody's terminal: who writes an event chooses what stands in it, and must
//! neither forge lines of output nor send the terminal commands.

use std::borrow::Cow;

/// The text with its control characters written out (`\\n`, `\\u{1b}`), on one line.
pub fn printable(text: &str) -> Cow<'_, str> {
    // Those that turn the direction of text around are no control characters for `char`.
    let hidden = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if hidden(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_controls_is_written_out() {
        assert_eq!(printable("a\nb\u{1b}[31m\u{202e}c"), "a\\nb\\u{1b}[31m\\u{202e}c");
        assert!(matches!(printable("Jos\u{e9} \u{2713}"), Cow::Borrowed(_)));
    }
}
