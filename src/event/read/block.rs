//! A piece of an input that holds whole records, and the records in it.

use std::cell::Cell;
use std::sync::Arc;

use super::container::{self, Found, Place};
use super::report::{Problem, ProblemKind, Report};
use super::structure::Text;
use crate::event::{JsonError, Layout};

/// A piece of an input, a quarter of a megabyte or so, that holds whole records.
#[derive(Debug)]
pub struct Block {
    pub(super) data: Vec<u8>,
    /// Where the texts lie; `None` if every line is one.
    pub(super) texts: Option<Vec<Text>>,
    pub(super) file: Arc<str>,
    /// Place of the data in the unpacked stream.
    pub(super) offset: u64,
    pub(super) line: u64,
    /// Bytes taken from the input since the block before.
    pub(super) packed: u64,
    pub(super) report: Report,
}

/// One record as it stands in its input.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The record: what looks like a JSON object. Whether it is one is found by parsing it.
    pub text: &'a str,
    /// The vocabulary of its keys.
    pub layout: Layout,
    /// Byte offset in the unpacked stream: of the record, or of the text that it was wrapped in when
    /// it had to be unescaped.
    pub offset: u64,
    /// Number of the record within its block, from 0. Offset and number together are unique within
    /// an input, and grow.
    pub index: u32,
    file: &'a Arc<str>,
    at: usize,
    lines: &'a Lines<'a>,
}

/// Counts lines from where it counted last: records are asked for theirs in order.
#[derive(Debug)]
struct Lines<'a> {
    data: &'a [u8],
    /// An offset, and the line in which it lies.
    last: Cell<(usize, u64)>,
}

impl Lines<'_> {
    fn at(&self, offset: usize) -> u64 {
        let (from, line) = self.last.get();
        let between =
            |from: usize, to: usize| memchr::memchr_iter(b'\n', &self.data[from..to]).count() as u64;
        let line = if offset >= from { line + between(from, offset) } else { line - between(offset, from) };
        self.last.set((offset, line));
        line
    }
}

impl Record<'_> {
    /// Name of the input, as the user wrote it.
    pub fn file(&self) -> &Arc<str> {
        self.file
    }

    /// Line in the unpacked stream, from 1. Counted when asked for.
    pub fn line(&self) -> u64 {
        self.lines.at(self.at)
    }
}

impl Block {
    /// Name of the input.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Unpacked bytes in this block.
    pub fn bytes(&self) -> usize {
        self.data.len()
    }

    /// Hands every record to `take`, in order. A record that `take` finds not to be JSON goes into
    /// the report, and so does whatever else is no record.
    pub fn records(&mut self, mut take: impl FnMut(&Record<'_>) -> Result<(), JsonError>) {
        let Block { data, texts, file, offset, line, report, .. } = self;
        let data: &[u8] = data;
        // One check of a block is cheaper than one of every record.
        let valid = std::str::from_utf8(data).ok();
        let mut index = 0;
        let lines = Lines { data, last: Cell::new((0, *line)) };
        let mut one = |text: Text| {
            let Text { start, end } = trimmed(data, text);
            if start == end {
                return;
            }
            let mut found = |found: Found<'_>, at: usize| {
                let problem = |kind, at: usize, message| Problem {
                    kind,
                    file: Arc::clone(file),
                    offset: *offset + at as u64,
                    line: lines.at(at),
                    message,
                };
                match found {
                    Found::Record(layout, text) => {
                        let record = Record {
                            text,
                            layout,
                            offset: *offset + at as u64,
                            index,
                            file,
                            at,
                            lines: &lines,
                        };
                        index += 1;
                        report.records += 1;
                        if let Err(error) = take(&record) {
                            report.add(problem(ProblemKind::NotJson, at, error.to_string()));
                        }
                    }
                    Found::NotJson(message) => report.add(problem(ProblemKind::NotJson, at, message)),
                    Found::Unknown(message) => report.add(problem(ProblemKind::Unknown, at, message)),
                    Found::Digest => report.skipped.digests += 1,
                    Found::Insight => report.skipped.insights += 1,
                    Found::Finding => report.skipped.findings += 1,
                }
            };
            let text = match valid {
                Some(valid) => Ok(&valid[start..end]),
                None => std::str::from_utf8(&data[start..end]),
            };
            match text {
                Ok(text) if container::is_plain_record(text) => {
                    found(Found::Record(Layout::CloudTrail, text), start);
                }
                Ok(text) => container::unwrap(text, Place::Exact(start), &mut found),
                Err(error) => {
                    let message = format!("not UTF-8 at byte {}", error.valid_up_to());
                    found(Found::NotJson(message), start);
                }
            }
        };
        match texts {
            Some(texts) => texts.iter().for_each(|&text| one(text)),
            None => {
                let mut start = 0;
                for newline in memchr::memchr_iter(b'\n', data) {
                    one(Text { start, end: newline });
                    start = newline + 1;
                }
                one(Text { start, end: data.len() });
            }
        }
        report.problems.sort_by_key(|problem| problem.offset);
    }
}

fn trimmed(data: &[u8], text: Text) -> Text {
    let whole = &data[text.start..text.end];
    let end = text.start + whole.trim_ascii_end().len();
    let start = text.end - whole.trim_ascii_start().len();
    Text { start: start.min(end), end }
}
