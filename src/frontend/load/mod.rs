//! Finding and reading rule files.
//!
//! Directories are walked in a fixed order and files are read in parallel, so that the result does
//! not depend on the machine. What a file holds is told by its content ([`recognise`]); what cannot
//! be read is a finding, and everything beside it is still read.

mod find;
mod identity;
mod recognise;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::codes;
use super::kibana::Attachment;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::ir::{Detection, Rule};
use identity::Identity;

/// How to load.
#[derive(Debug, Clone)]
pub struct Options {
    /// The directory of the configuration file, against which ids are derived; `None`: the nearest
    /// `trailsmith.toml` above each file.
    pub root: Option<PathBuf>,
    /// Files and directories that are not read from directories.
    pub exclude: Vec<PathBuf>,
    /// The largest file that is read, in bytes.
    pub max_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { root: None, exclude: Vec::new(), max_bytes: 20_000_000 }
    }
}

/// What was read.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The rules, in order of the paths, the files and their place in them.
    pub rules: Vec<Arc<Rule>>,
    /// What the files hold beside rules: exception lists, connectors.
    pub attachments: Vec<Attachment>,
    /// Findings, file by file.
    pub diagnostics: Vec<Diagnostic>,
    /// Number of files that were examined.
    pub files: usize,
    /// Whether a file or a rule could not be read (exit code 3).
    pub unreadable: bool,
}

/// One file's share.
#[derive(Debug, Default)]
pub(super) struct FileRead {
    pub(super) rules: Vec<Rule>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads rules from files and directories.
pub fn load(paths: &[PathBuf], options: &Options) -> Loaded {
    let (files, diagnostics) = find::files(paths, &options.exclude);
    let mut loaded =
        Loaded { files: files.len(), unreadable: !diagnostics.is_empty(), diagnostics, ..Loaded::default() };
    let reads: Vec<FileRead> = files.par_iter().map(|file| read(file, options)).collect();
    reads.into_iter().for_each(|read| loaded.add(read));
    loaded.find_duplicates();
    loaded
}

/// Reads rules from a text under a name, whose extension is a hint like that of a file.
pub fn load_text(name: &str, text: &str) -> Loaded {
    let source = Arc::new(Source::new(name, text));
    let identity = Identity::of_name(name);
    let mut loaded = Loaded { files: 1, ..Loaded::default() };
    loaded.add(recognise::read(&source, &identity, true));
    loaded.find_duplicates();
    loaded
}

impl Loaded {
    fn add(&mut self, read: FileRead) {
        let refused = |rule: &Rule| matches!(&rule.detection, Detection::Opaque(opaque) if opaque.reason == super::UNREADABLE);
        let errors = read.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
        self.unreadable |= read.rules.iter().any(refused) || (errors && read.rules.is_empty());
        // A line or a document that is no JSON or YAML at all held something that is now missing.
        self.unreadable |= read.diagnostics.iter().any(|finding| {
            let syntax =
                [&codes::JSON_SYNTAX, &codes::YAML_SYNTAX, &codes::NESTING_TOO_DEEP, &codes::YAML_ALIAS];
            syntax.contains(&finding.code)
        });
        let lost =
            |finding: &Diagnostic| *finding.code == codes::NOT_A_RULE && finding.severity == Severity::Error;
        self.unreadable |= read.diagnostics.iter().any(lost);
        self.rules.extend(read.rules.into_iter().map(Arc::new));
        self.attachments.extend(read.attachments);
        self.diagnostics.extend(read.diagnostics);
    }

    fn find_duplicates(&mut self) {
        let mut seen: HashMap<&str, &Rule> = HashMap::new();
        let mut findings = Vec::new();
        for rule in &self.rules {
            let Some(first) = seen.get(rule.id.as_str()) else {
                seen.insert(&rule.id, rule);
                continue;
            };
            let position = first.source.position(first.origin.start);
            let title = format!("the id `{}` belongs to another rule already", rule.id);
            let finding = Diagnostic::new(&codes::DUPLICATE_ID, title)
                .at(&rule.source, identity::place(rule), "")
                .note(format!("first in {}:{}: {}", first.source.path(), position.line, first.name()))
                .for_rule(&rule.id, rule.name());
            findings.push(finding);
        }
        self.diagnostics.extend(findings);
    }
}

fn read(file: &find::Found, options: &Options) -> FileRead {
    let name = file.path.to_string_lossy().replace('\\', "/");
    let failed = |code, title: String| {
        let source = Arc::new(Source::new(name.clone(), ""));
        FileRead { diagnostics: vec![Diagnostic::new(code, title).in_file(&source)], ..FileRead::default() }
    };
    match std::fs::metadata(&file.path) {
        Ok(meta) if meta.len() > options.max_bytes => {
            let title = format!("the file has {} bytes; at most {} are read", meta.len(), options.max_bytes);
            return failed(&codes::FILE_TOO_LARGE, title);
        }
        Ok(_) => {}
        Err(error) => return failed(&codes::FILE_UNREADABLE, format!("cannot read the file: {error}")),
    }
    let bytes = match std::fs::read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => return failed(&codes::FILE_UNREADABLE, format!("cannot read the file: {error}")),
    };
    match String::from_utf8(bytes) {
        Ok(text) => {
            let source = Arc::new(Source::new(name, text));
            let root = options.root.as_deref();
            recognise::read(&source, &Identity::of_file(&file.path, &file.root, root), file.named)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            failed(&codes::NOT_UTF8, format!("the file is not UTF-8 text: byte {at} does not fit"))
        }
    }
}

/// The last part of a path without its extension.
pub(super) fn stem(name: &str) -> String {
    Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
