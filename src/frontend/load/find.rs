//! Which files hold rules: those that are named, and those of certain extensions in directories.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Source};
use crate::frontend::codes;

/// Extensions that are examined in directories.
const EXTENSIONS: [&str; 6] = ["toml", "ndjson", "json", "yml", "yaml", "tsf"];

/// How deep directories are walked.
const MAX_DIRECTORIES: usize = 64;

/// A file to read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// The path that led to it: the directory named by the user, or the file's own.
    pub(super) root: PathBuf,
    /// Whether the user named this very file.
    pub(super) named: bool,
}

/// The files of all paths, each once, in order of the paths and of the names in each directory.
pub(super) fn files(paths: &[PathBuf], exclude: &[PathBuf]) -> (Vec<Found>, Vec<Diagnostic>) {
    let exclude: HashSet<PathBuf> = exclude.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let mut walk = Walk { found: Vec::new(), seen: HashSet::new(), diagnostics: Vec::new(), exclude };
    for path in paths {
        if path.is_dir() {
            walk.directory(path, path, 0);
        } else {
            let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
            walk.add(path.clone(), &root, true);
        }
    }
    (walk.found, walk.diagnostics)
}

struct Walk {
    found: Vec<Found>,
    seen: HashSet<PathBuf>,
    diagnostics: Vec<Diagnostic>,
    exclude: HashSet<PathBuf>,
}

impl Walk {
    fn add(&mut self, path: PathBuf, root: &Path, named: bool) {
        // What does not exist has no canonical form; it is reported when it is read.
        let key = path.canonicalize().unwrap_or_else(|_| path.clone());
        if self.seen.insert(key) {
            self.found.push(Found { path, root: root.to_path_buf(), named });
        }
    }

    fn directory(&mut self, directory: &Path, root: &Path, depth: usize) {
        let entries = std::fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                let source = Arc::new(Source::new(directory.to_string_lossy().replace('\\', "/"), ""));
                let title = format!("cannot read the directory: {error}");
                self.diagnostics.push(Diagnostic::new(&codes::FILE_UNREADABLE, title).in_file(&source));
                return;
            }
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || path.canonicalize().is_ok_and(|path| self.exclude.contains(&path)) {
                continue;
            }
            // Links to directories are not followed: they may lead back up.
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_directory {
                if name != "events" && depth < MAX_DIRECTORIES {
                    self.directory(&path, root, depth + 1);
                }
            } else if is_rule_file(&name) && path.is_file() {
                self.add(path, root, false);
            }
        }
    }
}

/// Whether a file of a directory is examined: by extension, fixtures and the configuration left
/// out.
fn is_rule_file(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some((stem, extension)) = lower.rsplit_once('.') else { return false };
    let fixture = stem.ends_with(".test") && matches!(extension, "yml" | "yaml");
    EXTENSIONS.contains(&extension) && !fixture && lower != "trailsmith.toml"
}
