//! `playbook --collisions`: which calls of which playbook would set off which rules.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::rules;
use super::session::{Session, count};
use crate::ir::Rule;
use crate::matcher::{Standard, World};
use crate::playbook::{Collision, Proposal, collisions};

/// The role in whose name calls are tried out where none is named: of an account of AWS's documentation.
const EXAMPLE: &str = "arn:aws:iam::111122223333:role/IncidentResponder";

/// Prints the collisions of one playbook, or of every playbook of the rules, and an exception for the
/// responder's role for each rule that would be set off.
pub(super) fn run(
    session: &mut Session,
    rule: Option<Arc<Rule>>,
    paths: &[PathBuf],
    role: Option<&str>,
    format: Format,
) -> Result<Outcome, Stop> {
    let loaded = rules::load(session, paths);
    let outcome = rules::outcome(&loaded);
    session.notes(loaded.diagnostics)?;
    rules::note_if_none(session, &loaded.rules, paths)?;
    let playbooks = rule.map_or_else(|| loaded.rules.clone(), |rule| vec![rule]);
    let version = session.config.integration_version.unwrap_or_default();
    let world: Arc<dyn World> = Arc::new(Standard { version });
    if role.is_none() {
        session.note("note: the exceptions name a role of an example; name yours with --responder")?;
    }
    let found = collisions(&playbooks, &loaded.rules, role.unwrap_or(EXAMPLE), &world);
    match format {
        Format::Json => {
            let all: Vec<_> = found.iter().map(object).collect();
            writeln!(session.out, "{:#}", serde_json::Value::from(all))?;
        }
        Format::JsonLines => {
            for collision in &found {
                writeln!(session.out, "{}", object(collision))?;
            }
        }
        _ => text(session, &found)?,
    }
    Ok(outcome)
}

fn text(session: &mut Session, found: &[Collision]) -> Result<(), Stop> {
    let mut rules: Vec<&Collision> = Vec::new();
    for collision in found {
        let verb = if collision.alone { "fires" } else { "counts towards" };
        let (step, service, action) = (collision.step, &collision.service, &collision.action);
        let playbook = collision.playbook.source.path();
        writeln!(
            session.out,
            "{playbook} step {step}: {service}:{action} {verb} \"{}\"",
            collision.fires.name()
        )?;
        if !rules.iter().any(|known| Arc::ptr_eq(&known.fires, &collision.fires)) {
            rules.push(collision);
        }
    }
    if !rules.is_empty() {
        writeln!(session.out, "\nExceptions for the responder's role:")?;
    }
    for collision in &rules {
        let path = collision.fires.source.path();
        match &collision.proposal {
            Some(Proposal { query, .. }) => {
                let quoted = query.replace('\'', "''");
                writeln!(session.out, "\n# {path}\nexceptions:")?;
                writeln!(session.out, "  - name: calls of the responder\n    query: '{quoted}'")?;
            }
            None => writeln!(session.out, "\n# {path}: its language takes no exception")?,
        }
    }
    let summary = [count(found.len(), "collision"), count(rules.len(), "rule")];
    session.note(&summary.join(" · "))
}

fn object(collision: &Collision) -> serde_json::Value {
    let proposal = collision.proposal.as_ref();
    json!({
        "playbook": collision.playbook.metadata.playbook.as_ref().and_then(|book| book.id.as_ref()),
        "playbook_rule_id": collision.playbook.id,
        "playbook_file": collision.playbook.source.path(),
        "step": collision.step,
        "call": format!("{}:{}", collision.service, collision.action),
        "rule_id": collision.fires.id,
        "rule_name": collision.fires.name(),
        "alone": collision.alone,
        "exception": proposal.map(|proposal| json!({
            "language": proposal.language.as_str(),
            "query": proposal.query,
            "entry": {
                "field": proposal.field,
                "operator": "included",
                "type": "match",
                "value": proposal.role,
            },
        })),
    })
}
