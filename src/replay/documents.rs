//! Events → ECS documents, one JSON a line, in the order of the input.

use std::io;

use serde_json::Value;

use crate::event::normalize::{Options, normalize};
use crate::event::{Block, Inputs, JsonError, Layout, ReadOptions, Summary, read_blocks};

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
) -> io::Result<Summary> {
    let read = ReadOptions { threads: threads.max(1), ..ReadOptions::default() };
    let worker = || {
        |block: &mut Block| {
            let mut lines = String::new();
            block.records(|record| {
                let value: Value = serde_json::from_str(record.text)
                    .map_err(|error| JsonError { offset: error.column(), message: error.to_string() })?;
                let document = match record.layout {
                    Layout::CloudTrail => Value::Object(normalize(&value, options).document),
                    Layout::Ecs => value,
                };
                lines.push_str(&document.to_string());
                lines.push('\n');
                Ok(())
            });
            lines
        }
    };
    let mut failed = Ok(());
    let summary = read_blocks(inputs, &read, worker, |lines: String, _| {
        if failed.is_ok() {
            failed = write(&lines);
        }
    });
    failed.map(|()| summary)
}
