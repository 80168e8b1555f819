//! `list rules`: the rules of files and directories.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::exit::{Outcome, Stop};
use crate::cli::rules;
use crate::cli::session::{Session, is_error};
use crate::ir::Rule;
use crate::publish::kind;

/// Rules: id, severity, kind, name, file
#[derive(Debug, Args)]
pub(in crate::cli) struct Rules {
    /// Rule files and directories [default: the configuration's `rules`, else the working directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only rules that have this tag; may be given several times, all must hold
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
}

impl Rules {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        let paths = rules::paths(session, &self.paths);
        let loaded = rules::load(session, &paths);
        let outcome = rules::outcome(&loaded);
        session.notes(loaded.diagnostics.into_iter().filter(is_error).collect())?;
        let tags = |rule: &Rule| rule.metadata.tags.clone().unwrap_or_default();
        let wanted = |rule: &&Rule| self.tag.iter().all(|tag| tags(rule).contains(tag));
        let rules: Vec<&Rule> = loaded.rules.iter().map(|rule| &**rule).filter(wanted).collect();
        let object = |rule: &&Rule| {
            json!({
                "rule_id": rule.id,
                "rule_name": rule.name(),
                "severity": rule.severity(),
                "severity_original": original(rule),
                "risk_score": rule.metadata.risk_score,
                "kind": kind(rule),
                "input": rule.input.as_str(),
                "format": rule.format.as_str(),
                "purpose": rule.metadata.purpose.as_str(),
                "sources": sources(rule),
                "tags": tags(rule),
                "path": rule.source.path(),
            })
        };
        match format {
            Format::Json => {
                let all: Vec<_> = rules.iter().map(object).collect();
                writeln!(session.out, "{:#}", serde_json::Value::from(all))?;
            }
            Format::JsonLines => {
                rules.iter().try_for_each(|rule| writeln!(session.out, "{}", object(rule)))?
            }
            _ => {
                let cells = |rule: &&Rule| {
                    let severity = if rule.severity().is_empty() { "-" } else { rule.severity() };
                    [&rule.id, severity, kind(rule), rule.name(), rule.source.path()].map(str::to_owned)
                };
                super::table(&rules.iter().map(cells).collect::<Vec<_>>(), &mut session.out)?;
            }
        }
        Ok(outcome)
    }
}

/// The severity on the source's own scale.
fn original(rule: &Rule) -> Option<serde_json::Value> {
    let original = rule.metadata.severity.as_ref()?.original.as_ref()?;
    Some(crate::backend::kibana::json(original))
}

/// The collections that the rule's idea came from: its tags `Source: NAME`.
fn sources(rule: &Rule) -> Vec<&str> {
    let tags = rule.metadata.tags.iter().flatten();
    tags.filter_map(|tag| tag.strip_prefix("Source: ")).collect()
}
