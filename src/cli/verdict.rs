//! `explain RULE --event FILE`: the verdict tree of a rule on each record of a file.

use std::io::Write;
use std::path::Path;

use serde_json::json;

use super::args::Format;
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
    format: Format,
) -> Result<Outcome, Stop> {
    if rules::file_of(subject).is_none() {
        let file = subject.rsplit_once('#').map_or(subject, |(file, _)| file);
        return Err(Stop::usage(format!("there is no rule file `{file}`")));
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
    let mut all = Vec::new();
    for (number, record) in records.iter().enumerate() {
        let verdict = explainer.explain(&rule, &record.json, record.layout);
        outcome.unreadable |= verdict.is_err();
        if matches!(format, Format::Full | Format::Concise) {
            if number > 0 {
                writeln!(session.out)?;
            }
            let name = rule.name();
            match verdict {
                Ok(verdict) => {
                    let word = if verdict.matched { "matches" } else { "does not match" };
                    writeln!(session.out, "{name} {word} {}\n{}", record.name, render(&verdict).trim_end())?;
                }
                Err(error) => {
                    writeln!(session.out, "{name} is not judged on {}: {error}", record.name)?;
                }
            }
            continue;
        }
        let object = json!({
            "rule_id": rule.id,
            "rule_name": rule.name(),
            "event": record.name,
            "matched": verdict.as_ref().ok().map(|verdict| verdict.matched),
            "explanation": verdict.as_ref().ok().map(render),
            "error": verdict.err().map(|error| error.to_string()),
        });
        match format {
            Format::JsonLines => writeln!(session.out, "{object}")?,
            _ => all.push(object),
        }
    }
    if format == Format::Json {
        writeln!(session.out, "{:#}", serde_json::Value::from(all))?;
    }
    Ok(outcome)
}
