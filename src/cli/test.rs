//! `test`: runs fixtures against their rules.

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::rules;
use super::session::Session;
use crate::testing::codes::{FIXTURE_EVENTS, MISSING_FIXTURE};
use crate::testing::{Fixtures, RuleMutation, Settings, clean, fixtures, is_fixture, mutate, report, run};

/// Run the fixtures (NAME.test.yml) of rules
#[derive(Debug, Args)]
pub(super) struct Test {
    /// Rule files, fixture files, directories [default: the configuration's `rules`, else the working
    /// directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only cases of which `RULE FILE › RULE NAME › CASE` matches
    #[arg(long, value_name = "REGEX")]
    filter: Option<String>,
    /// Show which clauses no case has seen true, and which none has seen false
    #[arg(long)]
    coverage: bool,
    /// Fail when a rule's coverage is below so many percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage_threshold: Option<u8>,
    /// Change each clause of each rule and list the changes that no fixture notices
    #[arg(long)]
    mutate: bool,
    /// Fail when the fixtures of all rules notice fewer than so many percent of the changes
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    mutation_threshold: Option<u8>,
    /// Fail when a rule has no fixture
    #[arg(long)]
    fail_on_missing: bool,
    /// The generation of ECS documents: legacy, 7.4 or 8.9
    #[arg(long, value_name = "VERSION", value_parser = super::args::version)]
    integration_version: Option<crate::schema::Version>,
}

impl Test {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let form = match session.format(&[
            Format::Full,
            Format::Concise,
            Format::Json,
            Format::JsonLines,
            Format::Junit,
        ])? {
            Format::Concise => report::Form::Concise,
            Format::Json => report::Form::Json,
            Format::JsonLines => report::Form::JsonLines,
            Format::Junit => report::Form::Junit,
            _ => report::Form::Full,
        };
        let filter = self.filter.as_deref().map(regex::Regex::new).transpose();
        let filter = filter.map_err(|error| Stop::usage(format!("--filter: {error}")))?;
        let started = Instant::now();
        let paths = rules::paths(session, &self.paths);
        let fixtures = Fixtures::read(&fixtures(&paths, &session.config.exclude));
        let loaded = rules::load(session, &rule_paths(&paths, &fixtures));
        let settings = Settings {
            version: self.integration_version.or(session.config.integration_version).unwrap_or_default(),
            filter,
            coverage: self.coverage || self.coverage_threshold.is_some(),
        };
        let mut outcome = rules::outcome(&loaded);
        let mutants = (self.mutate || self.mutation_threshold.is_some()).then(|| fixtures.clone());
        let mut report = run(fixtures, &loaded.rules, &settings);
        if let Some(fixtures) = mutants {
            report.mutation = mutate(fixtures, &loaded.rules, &settings);
        }
        let summary = report.summary();
        outcome.findings = summary.failed > 0;
        outcome.findings |= self.fail_on_missing && !report.without_fixture.is_empty();
        let least = usize::from(self.coverage_threshold.unwrap_or(0));
        outcome.findings |= report.coverage.iter().any(|rule| rule.percent() < least);
        let mutants: usize = report.mutation.iter().map(|rule| rule.mutants).sum();
        let killed: usize = report.mutation.iter().map(RuleMutation::killed).sum();
        outcome.findings |= 100 * killed < usize::from(self.mutation_threshold.unwrap_or(0)) * mutants;
        let mut findings = loaded.diagnostics;
        findings.append(&mut report.diagnostics);
        outcome.unreadable |= findings.iter().any(|d| d.code == &FIXTURE_EVENTS);
        // A broken fixture file tests nothing: that is no success.
        outcome.findings |= findings.iter().any(|d| d.severity == crate::diagnostic::Severity::Error);
        if self.fail_on_missing {
            let missing = report.without_fixture.iter().filter_map(|rule| crate::lint::missing_fixture(rule));
            findings.extend(missing.map(|d| d.severity(crate::diagnostic::Severity::Error)));
        } else {
            findings.retain(|d| d.code != &MISSING_FIXTURE);
        }
        rules::note_if_none(session, &loaded.rules, &paths)?;
        if self.filter.is_some() && report.cases.is_empty() {
            session.notes(findings)?;
            return Err(Stop::usage(
                "--filter: no case matches; it is a regular expression over `RULE FILE › RULE NAME › CASE`",
            ));
        }
        session.notes(findings)?;
        let colour = session.style.colour;
        report::write(&report, form, colour, &mut session.out)?;
        if stderr().is_terminal() {
            session.note(&format!("{} ms", started.elapsed().as_millis()))?;
        }
        Ok(outcome)
    }
}

/// What was named, fixture files left out, and the rule files that fixtures are for and that lie
/// elsewhere.
fn rule_paths(named: &[PathBuf], fixtures: &Fixtures) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = named.iter().filter(|path| !is_fixture(path)).cloned().collect();
    let within =
        |file: &Path| named.iter().any(|path| file.starts_with(clean(path)) || clean(path) == Path::new("."));
    paths.extend(fixtures.rule_files().into_iter().filter(|file| !within(file)));
    paths
}
