//! From what a case says about its events to records that can be judged.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Map, Value};

use super::codes::FIXTURE_EVENTS;
use super::discover::clean;
use super::fixture::{Case, EventSpec, FixtureFile};
use crate::diagnostic::{Diagnostic, Span};
use crate::event::normalize::{Options, document};
use crate::event::{Layout, unwrap_all};
use crate::replay::events::{Prepared, load, pick};
use crate::schema::Version;

/// Event files that were read, so that cases may share them.
#[derive(Debug, Default)]
pub(super) struct EventFiles(Mutex<HashMap<PathBuf, Arc<OnceLock<Loaded>>>>);

/// The values of a file, or why there are none.
type Loaded = Result<Vec<Value>, String>;

impl EventFiles {
    /// The JSON values that a file holds, containers not yet opened.
    fn get(&self, path: &Path) -> Arc<OnceLock<Loaded>> {
        // A thread that panicked leaves the map as it was: every entry is whole.
        let mut files = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let file = Arc::clone(files.entry(path.to_owned()).or_default());
        drop(files);
        file.get_or_init(|| load(path));
        file
    }
}

/// The events of a case, in order.
///
/// # Errors
/// The first event that cannot be had.
pub(super) fn prepare(
    file: &FixtureFile,
    case: &Case,
    files: &EventFiles,
    version: Version,
) -> Result<Vec<Prepared>, Box<Diagnostic>> {
    let wrong = |span: Span, title: String| {
        Box::new(Diagnostic::new(&FIXTURE_EVENTS, title).at(&file.source, span, ""))
    };
    let mut out = Vec::new();
    for spec in &case.events {
        let (values, span) = match spec {
            EventSpec::Inline { json, span } => {
                let value = serde_json::from_str(json)
                    .map_err(|error| wrong(*span, format!("the event cannot be written as JSON: {error}")))?;
                (vec![value], *span)
            }
            EventSpec::File { path, select: picked, span } => {
                let beside = Path::new(file.source.path()).parent().unwrap_or(Path::new(""));
                let place = clean(&beside.join(path));
                let loaded = files.get(&place);
                let values = match loaded.get() {
                    Some(Ok(values)) => values,
                    Some(Err(reason)) => return Err(wrong(*span, format!("cannot read `{path}`: {reason}"))),
                    // `get` has just filled it.
                    None => return Err(wrong(*span, format!("cannot read `{path}`"))),
                };
                (pick(values, picked.as_deref()).map_err(|reason| wrong(*span, reason))?, *span)
            }
        };
        let before = out.len();
        for value in values {
            for (layout, record) in unwrap_all(&value) {
                let number = out.len() + 1;
                out.push(
                    prepared(layout, record, number, case, version).map_err(|reason| wrong(span, reason))?,
                );
            }
        }
        if out.len() == before {
            return Err(wrong(
                span,
                "there is no CloudTrail record, no finding and no ECS document here".into(),
            ));
        }
    }
    Ok(out)
}

fn prepared(
    layout: Layout,
    record: Value,
    number: usize,
    case: &Case,
    version: Version,
) -> Result<Prepared, String> {
    let (layout, record) = match (case.with.is_empty(), layout) {
        (true, _) => (layout, record),
        (false, Layout::Ecs) => (Layout::Ecs, with(record, &case.with)?),
        (false, _) => {
            let options = Options { version, ..Options::default() };
            let document = document(&record, layout, &options);
            let document = document.ok_or_else(|| {
                format!("`with` needs an ECS document, and none is known of {}", layout.plural())
            })?;
            (Layout::Ecs, with(Value::Object(document), &case.with)?)
        }
    };
    Ok(Prepared::new(layout, &record, number))
}

/// Puts fields that only the cluster would add into a document.
fn with(mut document: Value, fields: &[(String, Value)]) -> Result<Value, String> {
    for (path, value) in fields {
        let mut keys: Vec<&str> = path.split('.').collect();
        let Some(last) = keys.pop() else { continue };
        let mut at = &mut document;
        for key in keys {
            let Value::Object(map) = at else { return Err(blocked(path)) };
            at = map.entry(key).or_insert_with(|| Value::Object(Map::new()));
        }
        let Value::Object(map) = at else { return Err(blocked(path)) };
        map.insert(last.to_owned(), value.clone());
    }
    Ok(document)
}

fn blocked(path: &str) -> String {
    format!("`with` cannot add `{path}`: the document holds a value above it")
}
