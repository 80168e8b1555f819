//! The texts that `new` and `init` write, and writing them without overwriting anything.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::exit::Stop;

/// `trailsmith.toml` of a new repository.
pub(super) const CONFIGURATION: &str = include_str!("scaffold/trailsmith.toml");

/// A workflow for GitHub Actions.
pub(super) const WORKFLOW: &str = include_str!("scaffold/workflow.yml");

/// Rules to fill in, by language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    /// KQL on ECS fields.
    Kuery,
    /// A Threat Stack filter on CloudTrail's own fields.
    ThreatStack,
}

/// A rule with an id of its own.
pub(super) fn rule(template: Template, name: &str) -> String {
    let (language, query) = match template {
        Template::Kuery => ("kuery", include_str!("scaffold/query.kql")),
        Template::ThreatStack => ("threat-stack", include_str!("scaffold/query.tsf")),
    };
    let query: String = query.lines().map(|line| format!("  {line}\n")).collect();
    include_str!("scaffold/rule.yml")
        .replace("{id}", &fresh_id())
        // Quoted as JSON, which is YAML too.
        .replace("{name}", &serde_json::Value::from(name).to_string())
        .replace("{language}", language)
        .replace("  {query}\n", &query)
}

/// A random UUID. The keys of the standard library's hash tables are the random numbers at hand.
fn fresh_id() -> String {
    let random = || RandomState::new().hash_one(0);
    let bytes = (u128::from(random()) << 64 | u128::from(random())).to_be_bytes();
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A name from that of a file: `user-created` becomes `User created`.
pub(super) fn title(stem: &str) -> String {
    let words = stem.replace(['-', '_'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Writes files that do not exist yet; none if one of them does.
pub(super) fn write(files: &[(PathBuf, String)]) -> Result<(), Stop> {
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(exists(path));
    }
    for (path, text) in files {
        let cannot =
            |error: std::io::Error| Stop::usage(format!("cannot write `{}`: {error}", path.display()));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(cannot)?;
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(cannot)?;
        file.write_all(text.as_bytes()).map_err(cannot)?;
    }
    Ok(())
}

/// A file is in the way.
pub(super) fn exists(path: &Path) -> Stop {
    Stop::usage(format!("`{}` exists; nothing was written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_names_are_made_from_files() {
        assert_ne!(fresh_id(), fresh_id());
        assert_eq!(fresh_id().as_bytes()[14], b'4', "a random UUID");
        assert_eq!(title("user-created"), "User created");
        assert!(rule(Template::Kuery, "a \"b\"").contains("name: \"a \\\"b\\\"\"\n"));
    }
}
