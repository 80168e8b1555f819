//! Which values of an event count as values at all.

use super::leaves::any_leaf;
use crate::event::Leaf;

/// How a reader of the event sees empty values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// The raw record, as Threat Stack and Sigma rules see it: `null` and `[]` are missing, `""`
    /// and `{}` are there (threatstack.md §2).
    Raw,
    /// The raw record as Splunk's extraction sees it: `null` is the text `null`, objects are no
    /// values (splunk.md, "Fields").
    Splunk,
    /// The raw record through the eyes of Elastic's AWS pipeline, which drops `null`, `""`, `"-"`,
    /// `"none"` and empty containers at every depth (cloudtrail_to_ecs.md §1).
    Pruned,
    /// A finding through the eyes of Elastic's AWS pipelines, which drop `null`, `""` and empty
    /// containers there, and nothing else.
    Filled,
    /// A document as Elasticsearch indexes it: `null` and containers without a value are missing.
    Indexed,
}

impl View {
    /// The value that a reader sees in place of a value of the record.
    #[inline]
    pub(super) fn shown(self, leaf: Leaf<'_>) -> Leaf<'_> {
        match (self, leaf) {
            (View::Splunk, Leaf::Null) => Leaf::Text("null"),
            (_, leaf) => leaf,
        }
    }

    /// Whether a value is there. `limit` is Elasticsearch's `ignore_above`: longer texts are not.
    #[inline]
    pub(super) fn sees(self, leaf: Leaf<'_>, limit: Option<u32>) -> bool {
        match leaf {
            Leaf::Null => self == View::Splunk,
            Leaf::Object(json) => {
                matches!(self, View::Raw | View::Splunk)
                    || any_leaf(json, "", &mut |_, leaf| self.sees(leaf, limit))
            }
            Leaf::Bool(_) | Leaf::Number(_) => true,
            Leaf::Text(text) => self.sees_text(text, limit),
            // Six bytes an escaped character: longer ones can only fall to the limit.
            Leaf::Escaped(raw) if raw.len() > 24 && limit.is_none() => true,
            Leaf::Escaped(_) => leaf.text().is_some_and(|text| self.sees_text(&text, limit)),
        }
    }

    #[inline]
    fn sees_text(self, text: &str, limit: Option<u32>) -> bool {
        if self == View::Pruned && text.len() <= 4 && matches!(text, "" | "-" | "none") {
            return false;
        }
        if self == View::Filled && text.is_empty() {
            return false;
        }
        match limit {
            Some(limit) => text.len() <= limit as usize || text.chars().count() <= limit as usize,
            None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splunk_sees_null_as_a_text() {
        assert!(View::Splunk.sees(Leaf::Null, None));
        assert_eq!(View::Splunk.shown(Leaf::Null), Leaf::Text("null"));
        assert_eq!(View::Raw.shown(Leaf::Null), Leaf::Null);
    }

    #[test]
    fn empty_values_by_view() {
        let seen = |leaf| [View::Raw, View::Pruned, View::Indexed].map(|view| view.sees(leaf, None));
        assert_eq!(seen(Leaf::Null), [false; 3]);
        assert_eq!(seen(Leaf::Text("")), [true, false, true]);
        assert_eq!(seen(Leaf::Escaped("\\u002d")), [true, false, true]);
        assert_eq!(seen(Leaf::Text("none")), [true, false, true]);
        assert_eq!(seen(Leaf::Object("{}")), [true, false, false]);
        assert_eq!(seen(Leaf::Object(r#"{"a":[{"b":"-"}]}"#)), [true, false, true]);
        assert_eq!(seen(Leaf::Object(r#"{"a":0}"#)), [true; 3]);
    }

    #[test]
    fn the_limit_counts_characters() {
        assert!(View::Raw.sees(Leaf::Text("éé"), Some(2)));
        assert!(!View::Raw.sees(Leaf::Text("ééé"), Some(2)));
        assert!(View::Raw.sees(Leaf::Escaped("\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"), Some(5)));
        assert!(!View::Raw.sees(Leaf::Escaped("\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9"), Some(4)));
    }
}
