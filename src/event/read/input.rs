//! What is to be read: files, folders, standard input, bytes at hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::WalkBuilder;

use super::report::{Problem, ProblemKind};

/// One stream of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The name as the user wrote it, for positions: `FILE:LINE`.
    pub name: Arc<str>,
    pub(super) from: Medium,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Medium {
    File(PathBuf),
    Stdin,
    Bytes(Arc<[u8]>),
}

impl Input {
    /// A file.
    pub fn file(path: &Path) -> Self {
        Input { name: name(path), from: Medium::File(path.to_owned()) }
    }

    /// Standard input, named `-`.
    pub fn stdin() -> Self {
        Input { name: "-".into(), from: Medium::Stdin }
    }

    /// Bytes at hand, as a file of that name would hold them.
    pub fn bytes(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        Input { name: name.into(), from: Medium::Bytes(bytes.into()) }
    }
}

fn name(path: &Path) -> Arc<str> {
    path.to_string_lossy().replace('\\', "/").into()
}

/// The streams to be read, in order, and what could not be found.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// What there is to read.
    pub list: Vec<Input>,
    /// Paths that cannot be read.
    pub problems: Vec<Problem>,
    /// Bytes of all files as they lie on disk; `None` if standard input is among them.
    pub total: Option<u64>,
}

/// The name endings of event files in a folder.
const ENDINGS: [&str; 6] = ["json", "jsonl", "ndjson", "gz", "gzip", "log"];

impl Inputs {
    /// Resolves the arguments of a command line: `-` is standard input, a folder stands for the
    /// event files below it (`.json`, `.jsonl`, `.ndjson`, `.log`, `.gz`), sorted by path; hidden
    /// ones are left out. A file that is named is read whatever its ending.
    pub fn find<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        let mut inputs = Inputs { total: Some(0), ..Inputs::default() };
        for path in paths {
            let path = path.as_ref();
            if path == Path::new("-") {
                inputs.total = None;
                inputs.list.push(Input::stdin());
            } else if path.is_dir() {
                inputs.folder(path);
            } else {
                inputs.file(path);
            }
        }
        inputs
    }

    /// Inputs that are given one by one.
    pub fn of(list: Vec<Input>) -> Self {
        let total = list.iter().try_fold(0, |total, input| match &input.from {
            Medium::File(path) => path.metadata().ok().map(|data| total + data.len()),
            Medium::Stdin => None,
            Medium::Bytes(bytes) => Some(total + bytes.len() as u64),
        });
        Inputs { list, problems: Vec::new(), total }
    }

    fn file(&mut self, path: &Path) {
        match path.metadata() {
            Ok(data) => {
                self.total = self.total.map(|total| total + data.len());
                self.list.push(Input::file(path));
            }
            Err(error) => self.problem(path, format!("cannot read: {error}")),
        }
    }

    fn folder(&mut self, folder: &Path) {
        let walk = WalkBuilder::new(folder)
            .standard_filters(false)
            .hidden(true)
            .follow_links(true)
            .sort_by_file_path(Path::cmp)
            .build();
        let before = self.list.len();
        for entry in walk {
            match entry {
                Ok(entry) if entry.path().is_file() && is_event_file(entry.path()) => self.file(entry.path()),
                Ok(_) => {}
                Err(error) => self.problem(folder, format!("cannot read: {error}")),
            }
        }
        if self.list.len() == before {
            self.problem(folder, format!("no file below it ends in .{}", ENDINGS.join(", .")));
        }
    }

    fn problem(&mut self, path: &Path, message: String) {
        let kind = ProblemKind::Unreadable;
        self.problems.push(Problem { kind, file: name(path), offset: 0, line: 0, message });
    }
}

fn is_event_file(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("b/c")).unwrap();
        for file in ["z.log", "b/c/x.json.gz", "b/y.NDJSON", "a.txt", ".hidden.json", "b/readme.md"] {
            std::fs::write(root.join(file), "{}").unwrap();
        }
        let inputs = Inputs::find([root, &root.join("a.txt"), &root.join("none.json")]);
        let names: Vec<&str> =
            inputs.list.iter().map(|input| &input.name[root.to_str().unwrap().len() + 1..]).collect();
        assert_eq!(names, ["b/c/x.json.gz", "b/y.NDJSON", "z.log", "a.txt"]);
        assert_eq!(inputs.total, Some(8));
        assert_eq!(inputs.problems.len(), 1);
        assert!(inputs.problems[0].file.ends_with("none.json"));
        assert_eq!(Inputs::find(["-"]).total, None);
    }
}
