//! `coverage`: which tactics and techniques of ATT&CK a rule set covers, and how well it is tested.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::rules;
use super::session::{Session, is_error};
use crate::ir::Purpose;
use crate::publish::html::page;
use crate::publish::{Links, Survey, navigator, table};
use crate::testing::codes::{FIXTURE_EVENTS, MISSING_FIXTURE};
use crate::testing::{Fixtures, Settings, clean, fixtures, mutate, run};

/// Tactics and techniques that rules cover: a table, an ATT&CK Navigator layer, an HTML report
#[derive(Debug, Args)]
pub(super) struct Coverage {
    /// Rule files and directories [default: the configuration's `rules`, else the working directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write a layer of the ATT&CK Navigator
    #[arg(long, value_name = "FILE")]
    navigator: Option<PathBuf>,
    /// Write a report as one HTML page: rules by tactic, fixtures, clauses, mutants
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Change each clause of each rule and count what no fixture notices; the HTML report always does
    #[arg(long)]
    mutate: bool,
    /// Only rules that alert, or only hunts
    #[arg(long, value_name = "PURPOSE", value_parser = super::args::purpose)]
    purpose: Option<Purpose>,
    /// The name of the layer and the heading of the report
    #[arg(long, value_name = "TEXT", default_value = "Rule coverage")]
    title: String,
    /// Where the rules' files are on the web, for links to their lines [default: relative to the report]
    #[arg(long, value_name = "URL", value_parser = web)]
    source_url: Option<String>,
}

/// Reads an address of the web.
fn web(text: &str) -> Result<String, String> {
    let known = text.starts_with("https://") || text.starts_with("http://");
    known.then(|| text.to_owned()).ok_or_else(|| "an address that begins with https:// or http://".to_owned())
}

impl Coverage {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        let paths = rules::paths(session, &self.paths);
        let fixtures = Fixtures::read(&fixtures(&paths, &session.config.exclude));
        let mut loaded = rules::load(session, &paths);
        let mut outcome = rules::outcome(&loaded);
        loaded.rules.retain(|rule| self.purpose.is_none_or(|purpose| rule.metadata.purpose == purpose));
        let settings = Settings {
            version: session.config.integration_version.unwrap_or_default(),
            coverage: true,
            ..Settings::default()
        };
        let mutants = (self.mutate || self.html.is_some()).then(|| fixtures.clone());
        let mut report = run(fixtures, &loaded.rules, &settings);
        if let Some(fixtures) = mutants {
            report.mutation = mutate(fixtures, &loaded.rules, &settings);
        }
        let survey = Survey::new(&loaded.rules, &report);
        let mut findings = loaded.diagnostics;
        findings.append(&mut report.diagnostics);
        // A fixture of a rule that --purpose leaves out is no orphan.
        let orphan = |code| self.purpose.is_some() && code == &crate::testing::codes::FIXTURE_WITHOUT_RULE;
        findings.retain(|d| d.code != &MISSING_FIXTURE && !orphan(d.code));
        outcome.unreadable |= findings.iter().any(|d| d.code == &FIXTURE_EVENTS);
        outcome.findings = report.summary().failed > 0 || findings.iter().any(is_error);
        session.notes(findings)?;
        rules::note_if_none(session, &loaded.rules, &paths)?;
        for one in &survey.unplaced {
            let what = format!("{} is not in ATT&CK {}", one.what, crate::schema::ATTACK_RELEASE);
            session.note(&format!("warning: {}: {}: {what}; left out", one.path, one.rule))?;
        }
        if let Some(path) = &self.navigator {
            save(path, &format!("{:#}\n", navigator::layer(&survey, &self.title)))?;
        }
        if let Some(path) = &self.html {
            let (folder, rebase);
            let links = match &self.source_url {
                Some(url) => Links::Web(url),
                None => {
                    (folder, rebase) = beside(path);
                    Links::Beside { folder: &folder, root: &rebase }
                }
            };
            save(path, &page(&survey, &self.title, &links))?;
        }
        let files = self.navigator.is_some() || self.html.is_some();
        if files && session.global.format.is_none() {
            session.note(&table::summary(&survey))?;
            return Ok(outcome);
        }
        match format {
            Format::Json => writeln!(session.out, "{:#}", table::document(&survey))?,
            Format::JsonLines => {
                survey
                    .entries
                    .iter()
                    .try_for_each(|entry| writeln!(session.out, "{}", table::object(entry)))?;
            }
            Format::Full => table::full(&survey, &mut session.out)?,
            _ => table::concise(&survey, &mut session.out)?,
        }
        Ok(outcome)
    }
}

/// The folder of a file, and the working directory from which the paths of rules go out.
fn beside(file: &Path) -> (PathBuf, PathBuf) {
    let root = std::env::current_dir().unwrap_or_default();
    let folder = root.join(file.parent().unwrap_or(Path::new("")));
    (clean(&folder), root)
}

fn save(path: &Path, text: &str) -> Result<(), Stop> {
    let fail = |error| Stop::usage(format!("cannot write {}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    std::fs::write(path, text).map_err(fail)
}
