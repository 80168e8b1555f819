//! `compile`: rules → artefacts of a target, or a matrix of what every target can say.

mod matrix;
mod print;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use rayon::prelude::*;

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::rules;
use super::session::{Session, count};
use crate::backend::spl::Base;
use crate::backend::{self, Compiled, Options, Stack, Target};
use crate::ir::Rule;
use crate::schema::Version;

/// Compile rules to a target; what it cannot say is an error unless --allow-lossy
#[derive(Debug, Args)]
pub(super) struct Compile {
    /// Rule files and directories [default: the configuration's `rules`, else the working directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What to compile to: see `trailsmith list targets`; with --matrix several, default all
    #[arg(long, short, value_name = "TARGET", value_delimiter = ',', required_unless_present = "matrix")]
    target: Vec<String>,
    /// Write to a directory, one file a rule; or to a file, if its name has an ending
    #[arg(long, short, value_name = "PATH", conflicts_with = "matrix")]
    output: Option<PathBuf>,
    /// Write artefacts in spite of losses, and list the losses as warnings
    #[arg(long)]
    allow_lossy: bool,
    /// Print how well each target says each rule: exact, lossy or impossible, and why
    #[arg(long)]
    matrix: bool,
    /// query-dsl: print what Kibana prints where it does not know the types of fields
    #[arg(long)]
    untyped: bool,
    /// The generation of documents that queries run on: legacy, 7.4 or 8.9
    #[arg(long, value_name = "VERSION", value_parser = super::args::version)]
    integration_version: Option<Version>,
    /// spl, splunk-savedsearch: the index of the events [default: the configuration's, else *]
    #[arg(long, value_name = "INDEX", value_parser = super::args::splunk_index, conflicts_with = "splunk_macro")]
    splunk_index: Option<Base>,
    /// spl, splunk-savedsearch: a macro that finds the events, as `cloudtrail` of Splunk's own content
    #[arg(long, value_name = "MACRO", value_parser = super::args::splunk_macro)]
    splunk_macro: Option<Base>,
    /// What queries run on: a version of Elasticsearch from 8.19 on, or opensearch
    #[arg(long, value_name = "STACK", value_parser = super::args::stack, default_value_t)]
    stack: Stack,
}

/// A rule, the target and what came of it.
struct Row {
    rule: Arc<Rule>,
    target: &'static dyn Target,
    compiled: Compiled,
}

impl Compile {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        let targets = targets(&self.target)?;
        if !self.matrix && targets.len() != 1 {
            return Err(Stop::usage("name one target, or ask for the --matrix of several"));
        }
        let paths = rules::paths(session, &self.paths);
        let loaded = rules::load(session, &paths);
        let mut outcome = rules::outcome(&loaded);
        let version = self.integration_version.or(session.config.integration_version).unwrap_or_default();
        let splunk = self.splunk_index.or(self.splunk_macro).or_else(|| session.config.splunk.clone());
        let splunk = splunk.unwrap_or_default();
        let options = Options { version, untyped: self.untyped, stack: self.stack, splunk };
        let row = |(rule, target): (&Arc<Rule>, &&'static dyn Target)| Row {
            compiled: backend::compile(rule, *target, &options),
            rule: Arc::clone(rule),
            target: *target,
        };
        let pairs: Vec<_> =
            loaded.rules.iter().flat_map(|rule| targets.iter().map(move |target| (rule, target))).collect();
        let mut rows: Vec<Row> = pairs.into_par_iter().map(row).collect();
        // An artefact of a rule with an error in it (no name, the id of another rule) is none to deploy.
        outcome.unreadable |= loaded.diagnostics.iter().any(super::session::is_error);
        session.notes(loaded.diagnostics)?;
        rules::note_if_none(session, &loaded.rules, &paths)?;
        if self.matrix {
            matrix::print(&rows, &targets, format, session)?;
            return Ok(outcome);
        }
        let mut findings = Vec::new();
        let (mut refused, mut impossible) = (0, 0);
        for row in &mut rows {
            if !self.allow_lossy {
                row.compiled = std::mem::take(&mut row.compiled).refuse_losses();
            }
            let losses = row.compiled.losses.iter().chain(&row.compiled.error);
            findings.extend(losses.map(|loss| {
                let error = row.compiled.error.as_ref() == Some(loss);
                loss.diagnostic(&row.rule.source, row.rule.origin, self.allow_lossy && !error)
                    .for_rule(&row.rule.id, row.rule.name())
            }));
            impossible += usize::from(row.compiled.error.is_some());
            refused += usize::from(row.compiled.error.is_none() && row.compiled.artefact.is_none());
        }
        outcome.unreadable |= refused + impossible > 0;
        match &self.output {
            Some(path) => print::write(&rows, &loaded.attachments, path)?,
            None => print::print(&rows, &loaded.attachments, format, session)?,
        }
        if !matches!(format, Format::Json | Format::JsonLines) || self.output.is_some() {
            session.notes(findings)?;
        }
        let written = rows.len() - refused - impossible;
        let mut line = format!("{} · {written} compiled", count(rows.len(), "rule"));
        if refused > 0 {
            line.push_str(&format!(" · {refused} refused for losses (--allow-lossy)"));
        }
        if impossible > 0 {
            line.push_str(&format!(" · {impossible} impossible"));
        }
        session.note(&line)?;
        Ok(outcome)
    }
}

/// The targets of the names; all where none is named.
fn targets(names: &[String]) -> Result<Vec<&'static dyn Target>, Stop> {
    if names.is_empty() {
        return Ok(backend::ALL.to_vec());
    }
    let find = |name: &String| {
        backend::find(name).ok_or_else(|| {
            let known: Vec<_> = backend::ALL.iter().map(|target| target.name()).collect();
            Stop::usage(format!("there is no target `{name}`; there are: {}", known.join(", ")))
        })
    };
    names.iter().map(find).collect()
}

/// Whether a path names a file: it has an ending and is no directory.
fn is_file(path: &Path) -> bool {
    path.extension().is_some() && !path.is_dir()
}
