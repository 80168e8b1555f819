//! A stanza of a configuration file of Splunk, and how it is written.

use std::fmt;

/// A stanza.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stanza {
    name: String,
    settings: Vec<(&'static str, String)>,
}

impl Stanza {
    /// An empty stanza for a correlation search of this name.
    pub fn new(name: &str) -> Self {
        Stanza { name: format!("Threat - {name} - Rule"), settings: Vec::new() }
    }

    /// Adds a setting; an empty value is none.
    pub fn set(&mut self, key: &'static str, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.settings.push((key, value));
        }
    }
}

impl fmt::Display for Stanza {
    /// The heading ends at the first `]`, and a line goes on where it ends with a backslash
    /// (target_languages.md §6).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heading: String = self
            .name
            .chars()
            .map(|c| match c {
                '[' => '(',
                ']' => ')',
                c if c.is_control() => ' ',
                c => c,
            })
            .collect();
        writeln!(f, "[{}]", heading.trim())?;
        for (key, value) in &self.settings {
            let value = value.replace("\r\n", "\n");
            let value = value.trim().replace(['\r', '\0'], " ");
            write!(f, "{key} = {}", value.replace('\n', "\\\n"))?;
            // A backslash of the value's own would go on with the next setting.
            f.write_str(if value.ends_with('\\') { " \n" } else { "\n" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on() {
        let mut stanza = Stanza::new("a [b]\nc");
        stanza.set("description", "one\r\ntwo\n\nthree\\\n");
        stanza.set("nothing", "");
        stanza.set("x", "1");
        let expected = "[Threat - a (b) c - Rule]\ndescription = one\\\ntwo\\\n\\\nthree\\ \nx = 1\n";
        assert_eq!(stanza.to_string(), expected);
    }
}
