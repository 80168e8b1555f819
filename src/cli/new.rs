//! `new`: a rule to fill in, or fixtures for a rule that is there.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::{Outcome, Stop};
use super::rules;
use super::scaffold::{self, Template};
use super::session::{Session, count};
use crate::testing::{DraftOptions, draft};

/// Write a rule to fill in, or print fixtures for a rule
#[derive(Debug, Args)]
pub(super) struct New {
    /// The rule file to write, `NAME.yml`; `-` prints it
    #[arg(value_name = "FILE", required_unless_present = "fixtures", conflicts_with = "fixtures")]
    file: Option<PathBuf>,
    /// The language of the query
    #[arg(long, value_enum, value_name = "LANGUAGE", default_value = "kuery", conflicts_with = "fixtures")]
    language: Language,
    /// The rule's name [default: made from the file's name]
    #[arg(long, value_name = "NAME", conflicts_with = "fixtures")]
    name: Option<String>,
    /// Print a fixture file for this rule instead: events that match, and near misses of every clause
    #[arg(long, value_name = "RULE")]
    fixtures: Option<String>,
    /// Write out long lists of values too
    #[arg(long, requires = "fixtures")]
    all: bool,
}

/// Languages in which trailsmith's own rules can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    /// Kibana Query Language
    #[value(alias = "kql")]
    Kuery,
    /// Threat Stack filters
    ThreatStack,
}

impl New {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        match (&self.fixtures, &self.file) {
            (Some(subject), _) => self.print_fixtures(session, subject),
            (None, Some(file)) => self.write_rule(session, file),
            // clap asks for one of the two.
            (None, None) => Err(Stop::usage("name a file to write, or a rule with --fixtures")),
        }
    }

    fn write_rule(&self, session: &mut Session, file: &Path) -> Result<Outcome, Stop> {
        let to_stdout = file == Path::new("-");
        let extension = file.extension().and_then(|extension| extension.to_str());
        if !to_stdout && !matches!(extension, Some("yml" | "yaml")) {
            let name = file.display();
            return Err(Stop::usage(format!("a rule of this format is a `.yml` file, not `{name}`")));
        }
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if !to_stdout && (stem.ends_with(".test") || stem.is_empty()) {
            return Err(Stop::usage("files that end in `.test.yml` hold fixtures, not rules"));
        }
        let name = match (&self.name, to_stdout) {
            (Some(name), _) if name.trim().is_empty() => return Err(Stop::usage("the name is empty")),
            (Some(name), _) => name.clone(),
            (None, true) => "New rule".to_owned(),
            (None, false) => scaffold::title(stem),
        };
        let template = match self.language {
            Language::Kuery => Template::Kuery,
            Language::ThreatStack => Template::ThreatStack,
        };
        let text = scaffold::rule(template, &name);
        if to_stdout {
            write!(session.out, "{text}")?;
            return Ok(Outcome::default());
        }
        scaffold::write(&[(file.to_owned(), text)])?;
        writeln!(session.out, "wrote {}", file.display())?;
        session.note(&format!("next: fill it in, then `trailsmith new --fixtures {}`", file.display()))?;
        Ok(Outcome::default())
    }

    fn print_fixtures(&self, session: &mut Session, subject: &str) -> Result<Outcome, Stop> {
        if rules::file_of(subject).is_none() {
            let file = subject.rsplit_once('#').map_or(subject, |(file, _)| file);
            return Err(Stop::usage(format!("there is no rule file `{file}`")));
        }
        let Some(rule) = rules::one(session, subject)? else {
            return Ok(Outcome { unreadable: true, ..Outcome::default() });
        };
        // A file of several rules needs the id; any other is found by its name.
        let by_id = subject.ends_with(&format!("#{}", rule.id)) && !Path::new(subject).exists();
        let file = Path::new(rule.source.path()).file_name().unwrap_or_default().to_string_lossy();
        let options = DraftOptions {
            rule: by_id.then(|| format!("{file}#{}", rule.id)),
            version: session.config.integration_version.unwrap_or_default(),
            all: self.all,
        };
        let draft = draft(&rule, &options);
        write!(session.out, "{}", draft.text)?;
        if draft.cases == 0 {
            let why = draft.notes.first().map_or("", String::as_str);
            session.error(&format!("no fixture can be made for `{}`: {why}", rule.name()))?;
            return Ok(Outcome { unreadable: true, ..Outcome::default() });
        }
        session.note(&format!("{} · {} not shown", count(draft.cases, "case"), draft.notes.len()))?;
        Ok(Outcome::default())
    }
}
