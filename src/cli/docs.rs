//! `docs`: pages about rules, made from them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use ignore::WalkBuilder;

use super::exit::{Outcome, Stop};
use super::rules;
use super::session::{Session, count, is_error};
use crate::publish::Survey;
use crate::publish::pages::{MARK, Page, pages};
use crate::testing::codes::MISSING_FIXTURE;
use crate::testing::{Fixtures, Settings, fixtures, run};

/// Write pages about rules
#[derive(Debug, Args)]
pub(super) struct Docs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Rules(Rules),
}

/// A Markdown page for each rule, and an index by folder and by tactic
#[derive(Debug, Args)]
struct Rules {
    /// Rule files and directories [default: the configuration's `rules`, else the working directory]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The directory of the pages; pages of rules that are gone are removed from it
    #[arg(long, short, value_name = "DIRECTORY")]
    output: PathBuf,
    /// Write nothing; list the pages that differ from what would be written, and exit with 1
    #[arg(long)]
    check: bool,
}

impl Docs {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        match self.what {
            What::Rules(what) => what.run(session),
        }
    }
}

impl Rules {
    fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let paths = rules::paths(session, &self.paths);
        let loaded = rules::load(session, &paths);
        let mut outcome = rules::outcome(&loaded);
        let fixtures = Fixtures::read(&fixtures(&paths, &session.config.exclude));
        let mut report = run(fixtures, &loaded.rules, &Settings::default());
        let survey = Survey::new(&loaded.rules, &report);
        let mut findings = loaded.diagnostics;
        findings.append(&mut report.diagnostics);
        findings.retain(|d| d.code != &MISSING_FIXTURE);
        outcome.findings = findings.iter().any(is_error);
        session.notes(findings)?;
        rules::note_if_none(session, &loaded.rules, &paths)?;
        let root = std::env::current_dir().unwrap_or_default();
        let pages = pages(&survey, &paths, &root.join(&self.output), &root);
        let gone = gone(&self.output, &pages);
        let stale: Vec<&Page> = pages
            .iter()
            .filter(|page| {
                std::fs::read_to_string(self.output.join(&page.path)).ok().as_ref() != Some(&page.text)
            })
            .collect();
        if self.check {
            for page in &stale {
                session.note(&format!(
                    "{}: not what the rules say now",
                    self.output.join(&page.path).display()
                ))?;
            }
            for path in &gone {
                session.note(&format!("{}: its rule is gone", path.display()))?;
            }
            outcome.findings |= !stale.is_empty() || !gone.is_empty();
        } else {
            stale.iter().try_for_each(|page| save(&self.output.join(&page.path), &page.text))?;
            for path in &gone {
                std::fs::remove_file(path).map_err(|error| fail(path, &error))?;
            }
        }
        let done = if self.check { "differ" } else { "written" };
        let (all, some) = (count(pages.len(), "page"), stale.len());
        session.note(&format!("{all} · {some} {done} · {} of rules that are gone", gone.len()))?;
        Ok(outcome)
    }
}

/// Pages of former runs for which there is no rule any more; other files are left alone.
fn gone(folder: &Path, pages: &[Page]) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(folder).standard_filters(false).build();
    let files = walk.filter_map(Result::ok).map(ignore::DirEntry::into_path);
    let known = |path: &Path| pages.iter().any(|page| folder.join(&page.path) == path);
    let own = |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| text.starts_with(MARK));
    let mut gone: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "md") && !known(path) && own(path))
        .collect();
    gone.sort();
    gone
}

fn fail(path: &Path, error: &std::io::Error) -> Stop {
    Stop::usage(format!("cannot write {}: {error}", path.display()))
}

fn save(path: &Path, text: &str) -> Result<(), Stop> {
    let folder = path.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder).map_err(|error| fail(folder, &error))?;
    std::fs::write(path, text).map_err(|error| fail(path, &error))
}
