//! Writing HTML so that nothing from a rule, a fixture or an event can become markup.
//!
//! Markup is `&'static str`: it comes from the program's own text. Everything else goes through
//! [`Markup::text`] or [`Markup::attr`], which escape it. There is no third way in.

use crate::diagnostic::printable;

/// A document that grows.
#[derive(Debug, Default)]
pub(super) struct Markup {
    out: String,
}

impl Markup {
    /// Markup of the program's own.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Text of any origin. Control characters and those that turn the direction of text around are
    /// shown as escapes; lines stay lines.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.out.push('\n');
            }
            let line = line.strip_suffix('\r').unwrap_or(line).replace('\t', "    ");
            escape(&printable(&line), &mut self.out);
        }
        self
    }

    /// ` name="value"` with a value of any origin; to be written inside of a tag.
    pub fn attr(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"");
        escape(&printable(value), &mut self.out);
        self.raw("\"")
    }

    /// An element with text in it.
    pub fn element(&mut self, tag: &'static str, text: &str) -> &mut Self {
        self.raw("<").raw(tag).raw(">").text(text).raw("</").raw(tag).raw(">")
    }

    /// A link. An address that is neither relative nor of the web is not linked.
    pub fn link(&mut self, url: &str, text: &str) -> &mut Self {
        match is_safe(url) {
            true => self.raw("<a").attr("href", url).raw(">").text(text).raw("</a>"),
            false => self.text(text),
        }
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.out
    }
}

/// Whether following a link stays with files and the web: no scheme that carries a program.
pub(super) fn is_safe(url: &str) -> bool {
    let scheme = url.split(['/', '?', '#']).next().unwrap_or_default();
    let web = |prefix: &str| url.get(..prefix.len()).is_some_and(|own| own.eq_ignore_ascii_case(prefix));
    !scheme.contains(':') || ["https://", "http://", "file://"].into_iter().any(web)
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_markup() {
        let mut html = Markup::default();
        html.raw("<p").attr("title", "\"><script>'").raw(">").text("</p>&<b>\u{202e}\u{7}\n\tx").raw("</p>");
        let expected =
            "<p title=\"&quot;&gt;&lt;script&gt;&#39;\">&lt;/p&gt;&amp;&lt;b&gt;\\u{202e}\\u{7}\n    x</p>";
        assert_eq!(html.finish(), expected);
    }

    #[test]
    fn links_carry_no_program() {
        for url in ["https://a.b/", "HTTP://a", "../a%3Ab#L1", "a/b:c", "#r", ""] {
            assert!(is_safe(url), "{url}");
        }
        for url in ["javascript:alert(1)", "JaVaScRiPt:x", " javascript:x", "data:text/html,x", "\u{1}java:x"]
        {
            assert!(!is_safe(url), "{url}");
        }
        let mut html = Markup::default();
        html.link("javascript:alert(1)", "<x>");
        assert_eq!(html.finish(), "&lt;x&gt;");
    }
}
