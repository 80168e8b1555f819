//! Ids for rules that have none: a UUIDv5 of the file's place and the rule's position in it.

use std::path::{Component, Path};

use uuid::Uuid;

use crate::diagnostic::Span;
use crate::ir::Rule;

/// The name of the configuration file, against whose directory places are taken.
const CONFIGURATION: &str = "trailsmith.toml";

/// The place of a file, for ids.
pub(super) struct Identity {
    place: String,
}

impl Identity {
    /// The place of a file: relative to `configured`, else to the nearest configuration file above
    /// it, else to `root`, the path that led to it.
    pub(super) fn of_file(path: &Path, root: &Path, configured: Option<&Path>) -> Self {
        let full = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let base = match configured {
            Some(directory) => directory.canonicalize().ok(),
            None => full.ancestors().skip(1).find(|a| a.join(CONFIGURATION).is_file()).map(Path::to_path_buf),
        };
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let base = base.filter(|base| full.starts_with(base)).or_else(|| root.canonicalize().ok());
        let relative = base.and_then(|base| full.strip_prefix(base).map(Path::to_path_buf).ok());
        Identity { place: slashes(&relative.unwrap_or_else(|| path.to_path_buf())) }
    }

    /// The place of a text without a file.
    pub(super) fn of_name(name: &str) -> Self {
        Identity { place: slashes(Path::new(name)) }
    }

    /// The id of the n-th rule, from 1.
    pub(super) fn id(&self, n: usize) -> String {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_OID, b"trailsmith rule");
        Uuid::new_v5(&namespace, format!("{}#{n}", self.place).as_bytes()).to_string()
    }
}

fn slashes(path: &Path) -> String {
    let parts = path.components().filter(|part| !matches!(part, Component::CurDir));
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

/// Where a rule's id stands, else its first character.
pub(super) fn place(rule: &Rule) -> Span {
    let text = rule.source.slice(rule.origin);
    match text.find(&rule.id) {
        Some(at) if !rule.id.is_empty() => {
            let start = rule.origin.start + at;
            Span::new(start, start + rule.id.len())
        }
        _ => Span::new(rule.origin.start, rule.origin.start + 1),
    }
}
