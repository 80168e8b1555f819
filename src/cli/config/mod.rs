//! `trailsmith.toml`: found up the tree, read strictly.

mod read;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::codes;
use crate::backend::spl::Base;
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::schema::Version;

/// The name of the configuration file.
pub const FILE_NAME: &str = "trailsmith.toml";

/// The severity of a code; `None`: there is no such code.
pub type SeverityOf<'a> = &'a dyn Fn(&str) -> Option<Severity>;

/// What a configuration file says. Paths are relative to the file's directory until
/// [`Config::find`] or [`Config::open`] has joined them with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The directory of the file; `None` without a file.
    pub root: Option<PathBuf>,
    /// Where rules are read when a command names no path.
    pub rules: Vec<PathBuf>,
    /// Files and directories that are never read from directories.
    pub exclude: Vec<PathBuf>,
    /// Codes that are not reported.
    pub ignore: Vec<String>,
    /// The least severity that makes the exit code 1.
    pub fail_on: Option<Severity>,
    /// The generation of documents that ECS rules are meant for.
    pub integration_version: Option<Version>,
    /// Where Splunk keeps the events.
    pub splunk: Option<Base>,
}

impl Config {
    /// The nearest configuration file in `directory` or above it; the default without one. An
    /// ancestor that is not readable ends the search.
    ///
    /// # Errors
    /// A diagnostic when the file that was found cannot be used.
    pub fn find(directory: &Path, severity_of: SeverityOf<'_>) -> Result<Self, Box<Diagnostic>> {
        let mut prefix = PathBuf::new();
        for ancestor in directory.ancestors() {
            if ancestor.join(FILE_NAME).is_file() {
                return Config::open(&prefix.join(FILE_NAME), severity_of);
            }
            prefix.push("..");
        }
        Ok(Config::default())
    }

    /// Reads one file.
    ///
    /// # Errors
    /// A diagnostic when it cannot be read or used.
    pub fn open(path: &Path, severity_of: SeverityOf<'_>) -> Result<Self, Box<Diagnostic>> {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = std::fs::read(path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "the file is not UTF-8 text".to_owned()));
        let text = text.map_err(|reason| {
            let source = Arc::new(Source::new(name.clone(), ""));
            let title = format!("cannot read the configuration: {reason}");
            Box::new(Diagnostic::new(&codes::INVALID_CONFIG, title).in_file(&source))
        })?;
        let mut config = read::read(&Arc::new(Source::new(name, text)), severity_of)?;
        let root = path.parent().unwrap_or(Path::new("")).to_owned();
        for path in config.rules.iter_mut().chain(&mut config.exclude) {
            *path = root.join(&*path);
        }
        config.root = Some(root);
        Ok(config)
    }
}
