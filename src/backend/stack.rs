//! The search engine that runs queries, where languages differ between engines and versions.

use std::fmt;

/// An engine and, where it matters, its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stack {
    /// Elasticsearch.
    Elastic {
        /// The first number of its version.
        major: u16,
        /// The second.
        minor: u16,
    },
    /// OpenSearch; has neither ES|QL nor EQL.
    OpenSearch,
}

/// The oldest Elasticsearch whose ES|QL is known (measured there).
const OLDEST: (u16, u16) = (8, 19);

impl Stack {
    /// Reads `8.19`, `9.5`, `9` and `9.x` (what every 9 has), `opensearch`. Versions before 8.19 are not
    /// known.
    pub fn parse(name: &str) -> Option<Self> {
        if name == "opensearch" {
            return Some(Stack::OpenSearch);
        }
        let (major, minor) = match name.split_once('.') {
            None => (name, "0"),
            Some((major, "x")) => (major, "0"),
            Some(parts) => parts,
        };
        let digits =
            |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let version: (u16, u16) = (digits(major)?, digits(minor)?);
        (version >= OLDEST).then_some(Stack::Elastic { major: version.0, minor: version.1 })
    }

    /// Whether it is Elasticsearch of this version or a newer one.
    pub fn has(self, major: u16, minor: u16) -> bool {
        match self {
            Stack::Elastic { major: own, minor: own_minor } => (own, own_minor) >= (major, minor),
            Stack::OpenSearch => false,
        }
    }
}

impl Default for Stack {
    fn default() -> Self {
        Stack::Elastic { major: OLDEST.0, minor: OLDEST.1 }
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stack::Elastic { major, minor } => write!(f, "{major}.{minor}"),
            Stack::OpenSearch => f.write_str("opensearch"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered() {
        let read = |name| Stack::parse(name).map(|stack| stack.to_string());
        assert_eq!(read("8.19").as_deref(), Some("8.19"));
        assert_eq!(read("9").as_deref(), Some("9.0"));
        assert_eq!(read("9.x").as_deref(), Some("9.0"));
        assert_eq!(read("opensearch").as_deref(), Some("opensearch"));
        for wrong in ["8.18", "7", "x", "9.", "+9.1", "9.1.2", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let stack = Stack::parse("9.10").expect("a version");
        assert!(stack.has(9, 6) && stack.has(8, 19) && !stack.has(9, 11));
        assert!(!Stack::OpenSearch.has(8, 19));
    }
}
