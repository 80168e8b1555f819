//! Loading rules for the commands that need them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::exit::{Outcome, Stop};
use super::session::Session;
use crate::frontend::{self, Loaded};
use crate::ir::Rule;

/// Where to read rules: what was named, else the configuration's folders, else the working
/// directory.
pub(super) fn paths(session: &Session, named: &[PathBuf]) -> Vec<PathBuf> {
    match (named, session.config.rules.as_slice()) {
        ([], []) => vec![PathBuf::from(".")],
        ([], configured) => configured.to_vec(),
        (named, _) => named.to_vec(),
    }
}

/// Reads the rules of files and directories.
pub(super) fn load(session: &Session, paths: &[PathBuf]) -> Loaded {
    let options = frontend::Options {
        root: session.config.root.clone(),
        exclude: session.config.exclude.clone(),
        ..frontend::Options::default()
    };
    frontend::load(paths, &options)
}

/// Says on standard error that there was nothing to work on: a folder that moved would otherwise
/// pass for a clean one. What could not be read has been reported.
pub(super) fn note_if_none(
    session: &mut Session,
    rules: &[Arc<Rule>],
    paths: &[PathBuf],
) -> Result<(), Stop> {
    if rules.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        session.note(&format!("warning: no rule was read from {}", names.join(", ")))?;
    }
    Ok(())
}

/// Whether rules could not be read.
pub(super) fn outcome(loaded: &Loaded) -> Outcome {
    Outcome { unreadable: loaded.unreadable, ..Outcome::default() }
}

/// The file of `FILE` or `FILE#RULE_ID`, if it exists.
pub(super) fn file_of(subject: &str) -> Option<&str> {
    let file = subject.rsplit_once('#').map_or(subject, |(file, _)| file);
    [subject, file].into_iter().find(|path| Path::new(path).exists())
}

/// The one rule that `FILE` or `FILE#RULE_ID` names; findings of its file go to standard error.
pub(super) fn one(session: &mut Session, subject: &str) -> Result<Option<Arc<Rule>>, Stop> {
    let (file, id) = match subject.rsplit_once('#') {
        Some((file, id)) if !Path::new(subject).exists() => (file, Some(id)),
        _ => (subject, None),
    };
    let loaded = load(session, &[PathBuf::from(file)]);
    let of_id: Vec<&Arc<Rule>> =
        loaded.rules.iter().filter(|rule| id.is_none_or(|id| rule.id == id)).collect();
    let found = match of_id.as_slice() {
        [rule] => Some(Arc::clone(rule)),
        [_, ..] => {
            let ids: Vec<&str> = of_id.iter().map(|rule| rule.id.as_str()).collect();
            let message = format!("`{file}` holds several rules; name one as {file}#ID: {}", ids.join(", "));
            return Err(Stop::usage(message));
        }
        [] => match id.filter(|_| !loaded.rules.is_empty()) {
            Some(id) => return Err(Stop::usage(format!("`{file}` holds no rule with the id `{id}`"))),
            None => None,
        },
    };
    session.notes(loaded.diagnostics)?;
    Ok(found)
}
