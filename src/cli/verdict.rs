//! `explain RULE --event FILE`: the verdict tree of a rule on each record of a file.

use std::io::Write;
use std::path::Path;

use super::exit::{Outcome, Stop};
use super::rules;
use super::session::Session;
use crate::matcher::Standard;
use crate::matcher::explain::{Explainer, render};
use crate::replay::events;

/// Prints the verdict on every record, or on the one that `select` picks.
pub(super) fn explain(
    session: &mut Session,
    subject: &str,
    event: &Path,
    select: Option<&str>,
) -> Result<Outcome, Stop> {
    if let Some(message) = missing(subject) {
        return Err(Stop::usage(message));
    }
    let Some(rule) = rules::one(session, subject)? else {
        return Ok(Outcome { unreadable: true, ..Outcome::default() });
    };
    let records = match events::read(event, select) {
        Ok(records) => records,
        Err(reason) => {
            session.error(&reason)?;
            return Ok(Outcome { unreadable: true, ..Outcome::default() });
        }
    };
    let world = Standard { version: session.config.integration_version.unwrap_or_default() };
    let explainer = Explainer::new(&world, events::newest(&records));
    let mut outcome = Outcome::default();
    for (number, record) in records.iter().enumerate() {
        if number > 0 {
            writeln!(session.out)?;
        }
        match explainer.explain(&rule, &record.json, record.layout) {
            Ok(verdict) => {
                let word = if verdict.matched { "matches" } else { "does not match" };
                writeln!(session.out, "{} {word} {}", rule.name(), record.name)?;
                write!(session.out, "{}", render(&verdict))?;
            }
            Err(error) => {
                writeln!(session.out, "{} is not judged on {}: {error}", rule.name(), record.name)?;
                outcome.unreadable = true;
            }
        }
    }
    Ok(outcome)
}

/// A subject that is neither a code nor a file.
fn missing(subject: &str) -> Option<String> {
    let file = subject.rsplit_once('#').map_or(subject, |(file, _)| file);
    let found = Path::new(subject).exists() || Path::new(file).exists();
    (!found).then(|| format!("there is no rule file `{file}`"))
}
