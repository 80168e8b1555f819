//! `playbook`: a rule's playbook for an event, what it needs, and what it would set off.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use indexmap::IndexMap;
use serde_json::json;

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::rules;
use super::session::{Session, is_error};
use crate::diagnostic::Diagnostic;
use crate::ir::{Playbook, Rule};
use crate::lint;
use crate::matcher::Standard;
use crate::matcher::explain::Explainer;
use crate::playbook::{self, Answers, Event, codes};
use crate::replay::events;

/// Print the response playbook of a rule for an event; nothing is called
#[derive(Debug, Args)]
pub(super) struct PlaybookOf {
    /// A rule file (FILE or FILE#RULE_ID), or the id of a playbook
    #[arg(value_name = "RULE", required_unless_present = "collisions")]
    subject: Option<String>,
    /// The event; without one, what the playbook needs is shown
    #[arg(long, value_name = "FILE", conflicts_with_all = ["permissions", "collisions"])]
    event: Option<PathBuf>,
    /// Pick one record of the event file: `$.Records[2]`
    #[arg(long, value_name = "PATH", requires = "event")]
    select: Option<String>,
    /// What to print
    #[arg(long = "as", value_enum, value_name = "FORM", requires = "event")]
    form: Option<Form>,
    /// A value for a name of the playbook; again for each value of a list
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment, requires = "event")]
    set: Vec<(String, String)>,
    /// Leave out a step
    #[arg(long, value_name = "NUMBER", value_delimiter = ',', requires = "event")]
    skip: Vec<usize>,
    /// List the IAM actions that the responder needs
    #[arg(long, conflicts_with = "collisions")]
    permissions: bool,
    /// List the calls that would set off rules of these files and directories
    #[arg(long, value_name = "PATH", num_args = 1..)]
    collisions: Option<Vec<PathBuf>>,
    /// The role of the responder, for the exceptions that are proposed
    #[arg(long, value_name = "ARN", requires = "collisions", value_parser = role)]
    responder: Option<String>,
}

/// Forms of a playbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Markdown,
    /// A script of AWS's command line
    Shell,
    /// For programs
    Json,
}

/// Reads `NAME=VALUE`.
fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok((name.into(), value.into())),
        _ => Err("a name and its value: NAME=VALUE".to_owned()),
    }
}

/// Reads the ARN of a role.
fn role(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, name] if !account.is_empty() && name.starts_with("role/") => {
            Ok(text.to_owned())
        }
        _ => Err("the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME".to_owned()),
    }
}

const FORMATS: &[Format] = &[Format::Full, Format::Concise, Format::Json, Format::JsonLines];

impl PlaybookOf {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(FORMATS)?;
        let rule = match &self.subject {
            Some(subject) => match find(session, subject)? {
                Some(rule) => Some(rule),
                None => return Ok(Outcome { unreadable: true, ..Outcome::default() }),
            },
            None => None,
        };
        if let Some(paths) = &self.collisions {
            return super::collisions::run(session, rule, paths, self.responder.as_deref(), format);
        }
        // clap asks for a rule where no collisions are asked for.
        let Some(rule) = rule else { return Err(Stop::usage("name a rule")) };
        let Some(book) = &rule.metadata.playbook else {
            return Err(Stop::usage(format!("the rule `{}` has no playbook", rule.name())));
        };
        let json = matches!(format, Format::Json | Format::JsonLines);
        if self.permissions {
            return permissions(session, book, json);
        }
        match &self.event {
            Some(event) => self.fill(session, &rule, book, event, json),
            None if json => {
                writeln!(session.out, "{:#}", playbook::overview_json(&rule, book))?;
                Ok(Outcome::default())
            }
            None => {
                write!(session.out, "{}", playbook::overview(&rule, book).text)?;
                Ok(Outcome::default())
            }
        }
    }

    fn fill(
        &self,
        session: &mut Session,
        rule: &Arc<Rule>,
        book: &Playbook,
        event: &Path,
        json: bool,
    ) -> Result<Outcome, Stop> {
        let unreadable = Outcome { unreadable: true, ..Outcome::default() };
        let faults: Vec<Diagnostic> = lint::playbook_faults(rule).into_iter().filter(is_error).collect();
        if !faults.is_empty() {
            session.notes(faults)?;
            return Ok(unreadable);
        }
        let answers = self.answers(book)?;
        let records = match events::read(event, self.select.as_deref()) {
            Ok(records) => records,
            Err(reason) => {
                session.error(&reason)?;
                return Ok(unreadable);
            }
        };
        let [record] = records.as_slice() else {
            let number = records.len();
            return Err(Stop::usage(format!("the file holds {number} events; pick one with --select")));
        };
        let world = Standard { version: session.config.integration_version.unwrap_or_default() };
        let verdict = Explainer::new(&world, record.time).explain(rule, &record.json, record.layout);
        if !verdict.is_ok_and(|verdict| verdict.matched) {
            let title = format!("the rule does not match {}", record.name);
            let finding = Diagnostic::new(&codes::EVENT_NOT_MATCHED, title).in_file(&rule.source);
            session.notes(vec![finding.for_rule(&rule.id, rule.name())])?;
        }
        let event = Event { name: &record.name, json: &record.json, layout: record.layout };
        let filled = match playbook::fill(rule, book, Some(&event), &answers, &world) {
            Ok(filled) => filled,
            Err(gaps) => {
                session.notes(gaps)?;
                return Ok(unreadable);
            }
        };
        let form = self.form.unwrap_or(if json { Form::Json } else { Form::Markdown });
        match form {
            Form::Markdown => write!(session.out, "{}", playbook::markdown(&filled))?,
            Form::Shell => write!(session.out, "{}", playbook::shell(&filled))?,
            Form::Json => writeln!(session.out, "{:#}", playbook::json(&filled))?,
        }
        Ok(Outcome::default())
    }

    /// What was given, if the playbook has such names and steps.
    fn answers(&self, book: &Playbook) -> Result<Answers, Stop> {
        let mut set: IndexMap<String, Vec<String>> = IndexMap::new();
        let outputs = || book.steps.iter().flat_map(|step| &step.calls).flat_map(|call| call.outputs.keys());
        for (name, value) in &self.set {
            if !book.parameters.contains_key(name) && !outputs().any(|output| output == name) {
                let names: Vec<&str> = book.parameters.keys().chain(outputs()).map(String::as_str).collect();
                let message =
                    format!("the playbook has no name `{name}` to set; it has: {}", names.join(", "));
                return Err(Stop::usage(message));
            }
            set.entry(name.clone()).or_default().push(value.clone());
        }
        let steps = book.steps.len();
        if let Some(number) = self.skip.iter().find(|number| !(1..=steps).contains(*number)) {
            return Err(Stop::usage(format!("there is no step {number}; the playbook has {steps}")));
        }
        Ok(Answers { set, skip: self.skip.iter().copied().collect::<BTreeSet<usize>>() })
    }
}

/// The rule that a subject names: a file, or a playbook's id among the configured rules.
fn find(session: &mut Session, subject: &str) -> Result<Option<Arc<Rule>>, Stop> {
    if rules::file_of(subject).is_some() {
        return rules::one(session, subject);
    }
    let loaded = rules::load(session, &rules::paths(session, &[]));
    let id = |rule: &&Arc<Rule>| {
        rule.metadata.playbook.as_ref().is_some_and(|book| book.id.as_deref() == Some(subject))
    };
    let found: Vec<&Arc<Rule>> = loaded.rules.iter().filter(id).collect();
    match found.as_slice() {
        [] => Err(Stop::usage(format!("there is no rule file and no playbook `{subject}`"))),
        [rule] => Ok(Some(Arc::clone(rule))),
        [..] => {
            let files: Vec<&str> = found.iter().map(|rule| rule.source.path()).collect();
            let message = format!("several rules have a playbook `{subject}`: {}", files.join(", "));
            Err(Stop::usage(message))
        }
    }
}

/// The IAM actions, one a line, or the policy that allows them.
fn permissions(session: &mut Session, book: &Playbook, json: bool) -> Result<Outcome, Stop> {
    let permissions = playbook::permissions(book);
    if json {
        let actions: Vec<&str> = permissions.iter().map(|permission| permission.action.as_str()).collect();
        let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
        writeln!(session.out, "{policy:#}")?;
        return Ok(Outcome::default());
    }
    for permission in permissions {
        let steps: Vec<String> = permission.steps.iter().map(usize::to_string).collect();
        let word = if steps.len() == 1 { "step" } else { "steps" };
        writeln!(session.out, "{}\t{word} {}", permission.action, steps.join(", "))?;
    }
    Ok(Outcome::default())
}
