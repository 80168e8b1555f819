//! `check`: what is wrong with rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::session::{Session, count};
use super::{registry, rules};
use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::{lint, testing};

/// Parse rules and report what is wrong with them
#[derive(Debug, Args)]
pub(super) struct Check {
    /// Rule files and directories [default: the configuration's `rules`, else the working directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Check {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[
            Format::Full,
            Format::Concise,
            Format::Json,
            Format::JsonLines,
            Format::Sarif,
            Format::Github,
            Format::Gitlab,
            Format::Junit,
        ])?;
        let paths = rules::paths(session, &self.paths);
        let loaded = rules::load(session, &paths);
        let unreadable = rules::outcome(&loaded);
        let mut sources: BTreeMap<String, Arc<Source>> = BTreeMap::new();
        let mut findings = loaded.diagnostics;
        for rule in &loaded.rules {
            findings.extend(lint::check(rule));
            findings.extend(lint::missing_fixture(rule));
            sources.insert(rule.source.path().to_owned(), Arc::clone(&rule.source));
        }
        let fixtures = testing::fixtures(&paths, &session.config.exclude);
        findings.extend(testing::Fixtures::read(&fixtures).diagnostics);
        let findings = suppressed(findings, sources);
        let of = |severity| findings.iter().filter(|d: &&Diagnostic| d.severity == severity).count();
        let (errors, warnings, infos) = (of(Severity::Error), of(Severity::Warning), of(Severity::Info));
        let outcome = session.findings(findings, format)?;
        rules::note_if_none(session, &loaded.rules, &paths)?;
        let parts = [(loaded.rules.len(), "rule"), (errors, "error"), (warnings, "warning"), (infos, "note")];
        let line = parts.map(|(number, what)| count(number, what)).join(" · ");
        session.note(&line)?;
        Ok(Outcome { unreadable: unreadable.unreadable, ..outcome })
    }
}

/// Applies the suppression comments of every file to the findings in it.
fn suppressed(findings: Vec<Diagnostic>, mut sources: BTreeMap<String, Arc<Source>>) -> Vec<Diagnostic> {
    let mut by_file: BTreeMap<String, Vec<Diagnostic>> = BTreeMap::new();
    let mut out = Vec::new();
    for finding in findings {
        match &finding.source {
            Some(source) if !testing::is_fixture(Path::new(source.path())) => {
                sources.entry(source.path().to_owned()).or_insert_with(|| Arc::clone(source));
                by_file.entry(source.path().to_owned()).or_default().push(finding);
            }
            _ => out.push(finding),
        }
    }
    for (path, source) in sources {
        let findings = by_file.remove(&path).unwrap_or_default();
        let exists = |code: &str| registry::find(code).is_some();
        out.extend(lint::suppression::apply(&source, findings, &exists));
    }
    out
}
