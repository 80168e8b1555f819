//! A set of texts for the hot path: no hashing, no allocation on lookup.

/// Texts sorted by length, then bytes; most lookups end at the length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextSet {
    texts: Vec<Box<str>>,
}

impl TextSet {
    /// A set of these texts.
    pub(super) fn new(mut texts: Vec<Box<str>>) -> Self {
        texts.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        texts.dedup();
        TextSet { texts }
    }

    /// The texts.
    pub(super) fn texts(&self) -> &[Box<str>] {
        &self.texts
    }

    /// Whether the text is in the set.
    pub(super) fn contains(&self, text: &str) -> bool {
        self.texts.binary_search_by(|probe| key(probe).cmp(&key(text))).is_ok()
    }
}

fn key(text: &str) -> (usize, &[u8]) {
    (text.len(), text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn membership() {
        let set = TextSet::new(["b", "aa", "", "b", "é"].map(Into::into).to_vec());
        for text in ["b", "aa", "", "é"] {
            assert!(set.contains(text), "{text}");
        }
        assert!(!set.contains("a") && !set.contains("bb"));
    }
}
