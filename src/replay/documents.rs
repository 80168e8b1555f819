//! Events → ECS documents, one JSON a line, in the order of the input.

use std::collections::BTreeMap;
use std::io;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::event::normalize::{Options, document};
use crate::event::{Block, Inputs, JsonError, Layout, ReadOptions, Summary, codes, read_blocks};

/// How it went.
#[derive(Debug)]
pub struct Written {
    /// What reading came across.
    pub summary: Summary,
    /// Records of which no document is known, by what they are.
    pub without: BTreeMap<&'static str, u64>,
}

impl Written {
    /// A finding for each kind of record that was left out.
    pub fn left_out(&self) -> Vec<Diagnostic> {
        let one = |(what, count): (&&str, &u64)| {
            let title = format!("{count} {what} have no document that is known, and were left out");
            Diagnostic::new(&codes::NO_DOCUMENT, title)
        };
        self.without.iter().map(one).collect()
    }
}

/// Hands the documents of each block to `write`, each ending in a line break. What is an ECS document
/// already is passed on as it is.
///
/// # Errors
/// What `write` answers.
pub fn documents(
    inputs: &Inputs,
    options: &Options,
    threads: usize,
    write: &mut dyn FnMut(&str) -> io::Result<()>,
) -> io::Result<Written> {
    let read = ReadOptions { threads: threads.max(1), ..ReadOptions::default() };
    let worker = || {
        |block: &mut Block| {
            let mut lines = String::new();
            let mut without: BTreeMap<&'static str, u64> = BTreeMap::new();
            block.records(|record| {
                let value: Value = serde_json::from_str(record.text)
                    .map_err(|error| JsonError { offset: error.column(), message: error.to_string() })?;
                let made = document(&value, record.layout, options);
                let document = match record.layout {
                    Layout::Ecs => value,
                    _ => match made {
                        Some(document) => Value::Object(document),
                        // It is not known what the integration would make of it.
                        None => {
                            *without.entry(record.layout.plural()).or_insert(0) += 1;
                            return Ok(());
                        }
                    },
                };
                lines.push_str(&document.to_string());
                lines.push('\n');
                Ok(())
            });
            (lines, without)
        }
    };
    let mut failed = Ok(());
    let mut all: BTreeMap<&'static str, u64> = BTreeMap::new();
    let consume = |(lines, without): (String, BTreeMap<&'static str, u64>), _| {
        without.into_iter().for_each(|(what, count)| *all.entry(what).or_insert(0) += count);
        if failed.is_ok() {
            failed = write(&lines);
        }
    };
    let summary = read_blocks(inputs, &read, worker, consume);
    failed.map(|()| Written { summary, without: all })
}
