//! Finding fixture files and the rules they are for.

use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

/// The endings of fixture files.
const ENDINGS: [&str; 2] = [".test.yml", ".test.yaml"];

/// The fixture files that belong to the given paths: all below a directory, a fixture file itself,
/// the one beside a rule file. In order, each once. `excluded` directories and files are skipped.
pub fn fixtures(paths: &[PathBuf], excluded: &[PathBuf]) -> Vec<PathBuf> {
    let excluded: Vec<PathBuf> = excluded.iter().map(|path| clean(path)).collect();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let walk = WalkBuilder::new(path).standard_filters(false).hidden(true).build();
            found.extend(walk.filter_map(Result::ok).map(ignore::DirEntry::into_path).filter(|path| {
                let path_clean = clean(path);
                is_fixture(path) && path.is_file() && !excluded.iter().any(|e| path_clean.starts_with(e))
            }));
        } else if is_fixture(path) {
            found.push(path.clone());
        } else {
            found.push(beside(path));
            found.retain(|path| path.is_file());
        }
    }
    let mut found: Vec<PathBuf> = found.iter().map(|path| clean(path)).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a path has the name of a fixture file.
pub fn is_fixture(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// `NAME.test.yml` of a rule file `NAME.EXT`.
pub fn beside(rule: &Path) -> PathBuf {
    let stem = rule.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let [usual, other] = ENDINGS.map(|ending| rule.with_file_name(format!("{stem}{ending}")));
    if other.is_file() && !usual.is_file() { other } else { usual }
}

/// The rule files that a fixture file without `rule:` may be for, those that exist.
pub fn candidates(fixture: &Path) -> Vec<PathBuf> {
    let name = fixture.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    ["toml", "yml", "yaml", "json", "ndjson", "tsf", "spl"]
        .iter()
        .map(|extension| fixture.with_file_name(format!("{stem}.{extension}")))
        .filter(|path| path.is_file())
        .collect()
}

/// A path without `.` and, as far as the text goes, without `..`; nothing is looked up.
pub fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(beside(Path::new("a/b.toml")), Path::new("a/b.test.yml"));
        assert!(is_fixture(Path::new("a/b.test.yml")) && !is_fixture(Path::new("a/b.yml")));
        assert_eq!(clean(Path::new("./a/../b/./c")), Path::new("b/c"));
        assert_eq!(clean(Path::new("../a/../..")), Path::new("../.."));
        assert_eq!(clean(Path::new(".")), Path::new("."));
    }
}
