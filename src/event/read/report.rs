//! What reading came across beside records: problems with their places, and counts.

use std::sync::Arc;

use super::codes;
use crate::diagnostic::{Diagnostic, Source};

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The input cannot be opened, or breaks off.
    Unreadable,
    /// A piece is not JSON.
    NotJson,
    /// A piece exceeds [`ReadOptions::max_record`](super::ReadOptions::max_record).
    TooLarge,
    /// JSON of an unknown kind, which was skipped.
    Unknown,
}

/// Something that could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// Name of the input, as the user wrote it.
    pub file: Arc<str>,
    /// Byte offset in the unpacked stream.
    pub offset: u64,
    /// Line in the unpacked stream, from 1; 0 if the input as a whole is meant.
    pub line: u64,
    /// What is wrong.
    pub message: String,
}

impl Problem {
    /// `FILE:LINE`, or `FILE` alone.
    pub fn place(&self) -> String {
        if self.line == 0 { self.file.to_string() } else { format!("{}:{}", self.file, self.line) }
    }

    /// Whether records may have been lost: the caller's exit code 3.
    pub fn is_loss(&self) -> bool {
        self.kind != ProblemKind::Unknown
    }

    /// As a diagnostic. It carries no source text, for that may be gigabytes: its file is named with
    /// the line, as [`Problem::place`] writes it.
    pub fn to_diagnostic(&self) -> Diagnostic {
        let code = match self.kind {
            ProblemKind::Unreadable => &codes::UNREADABLE,
            ProblemKind::NotJson => &codes::NOT_JSON,
            ProblemKind::TooLarge => &codes::TOO_LARGE,
            ProblemKind::Unknown => &codes::UNKNOWN,
        };
        let source = Arc::new(Source::new(self.place(), ""));
        let diagnostic = Diagnostic::new(code, self.message.clone()).in_file(&source);
        if self.line == 0 { diagnostic } else { diagnostic.note(format!("at byte {}", self.offset)) }
    }
}

/// Records that were recognised as something else and left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Skipped {
    /// CloudTrail digest files.
    pub digests: u64,
    /// CloudTrail Insights records.
    pub insights: u64,
    /// Findings of a form that is not read.
    pub findings: u64,
    /// JSON of an unknown kind.
    pub unknown: u64,
}

/// What one block, or a whole run, came across.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Records that were handed to the worker, those included that turned out not to be JSON.
    pub records: u64,
    /// Left out.
    pub skipped: Skipped,
    /// The first problems, in the order of the input; at most [`Report::KEPT`] a block and input.
    pub problems: Vec<Problem>,
    /// Problems beyond those kept.
    pub more: u64,
    /// Whether records may have been lost.
    pub loss: bool,
}

/// What a whole run came across.
pub type Summary = Report;

impl Report {
    /// How many problems of one input are kept; beyond that they are counted.
    pub const KEPT: usize = 20;

    /// Adds a problem.
    pub(super) fn add(&mut self, problem: Problem) {
        self.loss |= problem.is_loss();
        self.skipped.unknown += u64::from(problem.kind == ProblemKind::Unknown);
        self.keep(problem);
    }

    fn keep(&mut self, problem: Problem) {
        let same = self.problems.iter().rev().take_while(|kept| kept.file == problem.file);
        if same.count() < Self::KEPT {
            self.problems.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// Adds the report of the block that comes next.
    pub(super) fn append(&mut self, next: Report) {
        self.records += next.records;
        self.skipped.digests += next.skipped.digests;
        self.skipped.insights += next.skipped.insights;
        self.skipped.findings += next.skipped.findings;
        self.skipped.unknown += next.skipped.unknown;
        self.more += next.more;
        self.loss |= next.loss;
        next.problems.into_iter().for_each(|problem| self.keep(problem));
    }

    /// Every problem as a diagnostic, and notes on what was left out or not listed.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut all: Vec<Diagnostic> = self.problems.iter().map(Problem::to_diagnostic).collect();
        if self.more > 0 {
            let code = if self.loss { &codes::NOT_JSON } else { &codes::UNKNOWN };
            all.push(Diagnostic::new(code, format!("{} more of such problems are not listed", self.more)));
        }
        let Skipped { digests, insights, findings, .. } = self.skipped;
        for (count, what) in
            [(digests, "digest file"), (insights, "CloudTrail Insights record"), (findings, "finding")]
        {
            if count > 0 {
                let were = if count == 1 { " was" } else { "s were" };
                all.push(Diagnostic::new(&codes::SKIPPED, format!("{count} {what}{were} skipped")));
            }
        }
        all
    }
}
