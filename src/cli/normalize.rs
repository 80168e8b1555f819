//! `normalize`: raw CloudTrail records and findings → the ECS documents that Elastic's AWS integration would index.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::session::Session;
use crate::event::{Inputs, normalize};
use crate::replay::documents;
use crate::schema::Version;

/// Print the ECS documents that Elastic's AWS integration would index, one JSON a line
#[derive(Debug, Args)]
pub(super) struct Normalize {
    /// Event files and directories, any container of CloudTrail or findings, gzip or plain; `-` is standard input
    #[arg(value_name = "EVENTS", required = true)]
    events: Vec<PathBuf>,
    /// The generation of documents: legacy, 7.4 or 8.9
    #[arg(long, value_name = "VERSION", value_parser = super::args::version)]
    integration_version: Option<Version>,
    /// Which copies of request, response and other payloads to keep
    #[arg(long, value_enum, value_name = "COPIES", default_value = "all")]
    retain: Retain,
    /// Keep the record's text in `event.original`
    #[arg(long)]
    preserve_original: bool,
    /// Findings: keep the service's own fields even where an ECS field has the same value
    #[arg(long)]
    preserve_duplicates: bool,
    /// Number of threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

/// The integration's `retain` setting.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Retain {
    /// Text and flattened copies
    All,
    /// Text only
    Keyword,
    /// Flattened only
    Flattened,
    /// Neither
    None,
    /// Text, and the flattened leaves that Elastic's rules read
    Minimal,
}

impl Normalize {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        // One document a line, whatever the output goes to.
        if session.global.format.is_some_and(|format| format != Format::JsonLines) {
            return Err(Stop::usage("this command prints json-lines and has no other format"));
        }
        let options = normalize::Options {
            version: self.integration_version.or(session.config.integration_version).unwrap_or_default(),
            retain: match self.retain {
                Retain::All => normalize::Retain::All,
                Retain::Keyword => normalize::Retain::Keyword,
                Retain::Flattened => normalize::Retain::Flattened,
                Retain::None => normalize::Retain::None,
                Retain::Minimal => normalize::Retain::Minimal,
            },
            preserve_original: self.preserve_original,
            preserve_duplicates: self.preserve_duplicates,
        };
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.map_or_else(cores, usize::from);
        let out = &mut session.out;
        let inputs = Inputs::find(&self.events);
        let written =
            documents(&inputs, &options, threads, &mut |document| out.write_all(document.as_bytes()))?;
        session.notes_in_order(written.summary.diagnostics())?;
        session.notes_in_order(written.left_out())?;
        let unreadable = written.summary.loss || !written.without.is_empty();
        Ok(Outcome { unreadable, ..Outcome::default() })
    }
}
