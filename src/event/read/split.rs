//! Cutting a stream into blocks of whole texts, in constant memory.
//!
//! JSON lines are cut at newlines and nothing else is looked at: that is the fast path. Everything
//! else is scanned for the ends of its records ([`Structure`]).

use std::sync::Arc;

use super::super::projection::scan;
use super::ReadOptions;
use super::block::Block;
use super::input::Input;
use super::report::{Problem, ProblemKind, Report};
use super::stream::Stream;
use super::structure::{Prefix, Structure, Text, list_prefix};

/// One input on its way into blocks.
pub(super) struct Splitter {
    file: Arc<str>,
    /// `None` before the input is opened and after its end.
    stream: Option<Stream>,
    form: Form,
    /// What was read and not yet given away.
    buffer: Vec<u8>,
    /// Place of the buffer in the unpacked stream.
    offset: u64,
    line: u64,
    /// Bytes taken from the input so far, and how many of them were reported.
    packed: u64,
    reported: u64,
    report: Report,
}

enum Form {
    Unopened,
    Unknown,
    /// JSON lines; whether the rest of an oversized line is being skipped.
    Lines(bool),
    /// Anything else; whether an oversized record is being skipped.
    Structure(Structure, bool),
}

impl Splitter {
    pub(super) fn new(input: &Input) -> Self {
        Splitter {
            file: Arc::clone(&input.name),
            stream: None,
            form: Form::Unopened,
            buffer: Vec::new(),
            offset: 0,
            line: 1,
            packed: 0,
            reported: 0,
            report: Report::default(),
        }
    }

    /// The next block; `spare` is a buffer to be used again. `None` at the end.
    pub(super) fn next(&mut self, input: &Input, options: &ReadOptions, spare: Vec<u8>) -> Option<Block> {
        if let Form::Unopened = self.form {
            self.form = Form::Unknown;
            self.buffer = spare;
            self.buffer.clear();
            match Stream::open(input) {
                Ok(stream) => self.stream = Some(stream),
                Err(error) => self.unreadable(&error),
            }
            return self.cut(options, Vec::new());
        }
        self.cut(options, spare)
    }

    fn cut(&mut self, options: &ReadOptions, mut spare: Vec<u8>) -> Option<Block> {
        loop {
            let before = self.buffer.len();
            self.fill(options.block.max(16));
            let last = self.stream.is_none();
            if let Form::Unknown = self.form {
                self.choose();
            }
            let (length, texts) = match self.form {
                Form::Structure(..) => self.structure(last, options),
                _ => (self.lines(before, last, options), None),
            };
            let useful = texts.as_ref().map_or(length > 0, |texts| !texts.is_empty());
            if useful || (last && self.report != Report::default()) {
                spare.clear();
                spare.extend_from_slice(&self.buffer[length..]);
                let mut data = std::mem::replace(&mut self.buffer, spare);
                data.truncate(length);
                let lines = newlines(&data);
                let packed = self.packed - std::mem::replace(&mut self.reported, self.packed);
                let report = std::mem::take(&mut self.report);
                let block = Block {
                    data,
                    texts,
                    file: Arc::clone(&self.file),
                    offset: self.offset,
                    line: self.line,
                    packed,
                    report,
                };
                self.offset += length as u64;
                self.line += lines;
                return Some(block);
            }
            self.drop_front(length);
            if last {
                return None;
            }
        }
    }

    fn fill(&mut self, count: usize) {
        let Some(stream) = &mut self.stream else { return };
        let more = stream.fill(&mut self.buffer, count);
        self.packed = stream.packed();
        match more {
            Ok(true) => {}
            Ok(false) => self.stream = None,
            Err(error) => {
                self.stream = None;
                self.unreadable(&error);
            }
        }
    }

    /// Decides from the first bytes how the stream is cut.
    fn choose(&mut self) {
        if self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.drop_front(3);
        }
        self.form = if is_lines(&self.buffer) {
            Form::Lines(false)
        } else {
            Form::Structure(Structure::new(), false)
        };
    }

    /// How much of the buffer is whole lines.
    fn lines(&mut self, mut before: usize, last: bool, options: &ReadOptions) -> usize {
        if let Form::Lines(skipping @ true) = &mut self.form {
            let newline = memchr::memchr(b'\n', &self.buffer);
            *skipping = newline.is_none();
            self.drop_front(newline.map_or(self.buffer.len(), |newline| newline + 1));
            before = 0;
        }
        if last {
            return self.buffer.len();
        }
        let fresh = before.min(self.buffer.len());
        if let Some(newline) = memchr::memrchr(b'\n', &self.buffer[fresh..]) {
            return fresh + newline + 1;
        }
        if self.buffer.len() > options.max_record {
            self.problem(0, ProblemKind::TooLarge, too_large(options));
            self.drop_front(self.buffer.len());
            self.form = Form::Lines(true);
        }
        0
    }

    /// How much of the buffer is done with, and the texts in it.
    fn structure(&mut self, last: bool, options: &ReadOptions) -> (usize, Option<Vec<Text>>) {
        let Form::Structure(structure, skipping) = &mut self.form else { return (0, None) };
        structure.feed(&self.buffer, last);
        let faults = std::mem::take(&mut structure.faults);
        let mut texts = std::mem::take(&mut structure.texts);
        if *skipping && (!texts.is_empty() || !structure.is_inside()) {
            *skipping = false;
            texts.drain(..texts.len().min(1));
        }
        let mut done = structure.kept_from();
        let mut oversized = None;
        if structure.is_inside() && (*skipping || self.buffer.len() - done > options.max_record) {
            oversized = (!std::mem::replace(skipping, true)).then_some(done);
            done = structure.position();
        }
        structure.dropped(done);
        if let Some(at) = oversized {
            self.problem(at, ProblemKind::TooLarge, too_large(options));
        }
        for fault in faults {
            self.problem(fault.at, ProblemKind::NotJson, fault.message.into());
        }
        (done, Some(texts))
    }

    fn drop_front(&mut self, count: usize) {
        self.line += newlines(&self.buffer[..count]);
        self.offset += count as u64;
        self.buffer.drain(..count);
    }

    fn problem(&mut self, at: usize, kind: ProblemKind, message: String) {
        let line = self.line + newlines(&self.buffer[..at]);
        let (file, offset) = (Arc::clone(&self.file), self.offset + at as u64);
        self.report.add(Problem { kind, file, offset, line, message });
    }

    fn unreadable(&mut self, error: &std::io::Error) {
        let message = match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "the gzip stream is cut short".to_owned(),
            _ => format!("cannot read: {error}"),
        };
        self.problem(self.buffer.len(), ProblemKind::Unreadable, message);
        // Nothing was read at all: the input as a whole is meant.
        if let (0, true, Some(problem)) =
            (self.offset, self.buffer.is_empty(), self.report.problems.last_mut())
        {
            problem.line = 0;
        }
    }
}

fn too_large(options: &ReadOptions) -> String {
    format!("a record of more than {} bytes was skipped", options.max_record)
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Whether a stream that begins so is JSON lines: one of its first two lines is an object of its
/// own. (The second line of a pretty-printed object begins with a quote.) What is not JSON at all is
/// taken line by line too.
fn is_lines(start: &[u8]) -> bool {
    let start = start.trim_ascii_start();
    match start.first() {
        Some(b'[') => return false,
        Some(b'{') => {}
        _ => return true,
    }
    if list_prefix(start) != Prefix::Other {
        return false;
    }
    let end = memchr::memchr(b'\n', start).unwrap_or(start.len());
    let first = start[..end].trim_ascii_end();
    // The last line may be cut off by the end of the buffer, and then is not whole.
    let whole = |line: &[u8]| line.first() == Some(&b'{') && scan::value(line, 0, 0) == Some(line.len());
    let damaged = |line: &[u8]| line.len() > 1 && scan::value(line, 0, 0).is_none();
    let second = || start[end..].trim_ascii_start().split(|&byte| byte == b'\n').next().unwrap_or_default();
    whole(first) || (damaged(first) && whole(second().trim_ascii_end()))
}
