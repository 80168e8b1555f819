//! What a rule says about itself, as settings.

use serde_json::{Map, Value, json};
use trailsmith_grammar::spl::{Assignment, Command, CommandKind};

use super::stanza::Stanza;
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::backend::spl::{Rows, key};
use crate::backend::target::Options;
use crate::ir::{Field, Level, Rule, Technique};
use crate::schema::types;

/// Description and annotations.
pub(super) fn describe(rule: &Rule, stanza: &mut Stanza) {
    let meta = &rule.metadata;
    stanza.set("description", meta.description.clone().unwrap_or_default());
    if let Some(enabled) = meta.enabled {
        stanza.set("disabled", if enabled { "0" } else { "1" });
    }
    stanza.set("action.correlationsearch.enabled", "1");
    stanza.set("action.correlationsearch.label", meta.name.as_str());
    let annotations = annotations(rule);
    if !annotations.is_empty() {
        stanza.set("action.correlationsearch.annotations", Value::Object(annotations).to_string());
    }
    let mut about = Map::new();
    about.insert("detection_id".into(), rule.id.as_str().into());
    if let Some(version) = meta.version {
        about.insert("detection_version".into(), version.to_string().into());
    }
    stanza.set("action.correlationsearch.metadata", Value::Object(about).to_string());
    stanza.set("action.escu.how_to_implement", meta.setup.clone().unwrap_or_default());
    // One a line.
    let false_positives = meta.false_positives.iter().flatten();
    let lines: Vec<_> =
        false_positives.map(|cause| cause.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    stanza.set("action.escu.known_false_positives", lines.join("\n"));
}

/// ATT&CK, and lists of texts as frameworks of their own, which Enterprise Security allows.
fn annotations(rule: &Rule) -> Map<String, Value> {
    let meta = &rule.metadata;
    let (mut tactics, mut techniques) = (Vec::new(), Vec::new());
    for threat in meta.threat.iter().flatten() {
        let mut below = Vec::new();
        threat.techniques.iter().flatten().for_each(|technique| collect(technique, &mut below));
        // A tactic with the techniques that serve it: `TA0003 T1098 T1098.001`.
        tactics.push(
            std::iter::once(threat.tactic.id.clone()).chain(below.clone()).collect::<Vec<_>>().join(" "),
        );
        below.iter().for_each(|id| add(&mut techniques, id));
    }
    let list = |texts: &Option<Vec<String>>| texts.clone().unwrap_or_default();
    let license: Vec<String> = meta.license.iter().cloned().collect();
    [
        ("mitre_attack", techniques),
        ("mitre_attack_tactics", tactics),
        ("tags", list(&meta.tags)),
        ("references", list(&meta.references)),
        ("author", list(&meta.author)),
        ("license", license),
    ]
    .into_iter()
    .filter(|(_, texts)| !texts.is_empty())
    .map(|(key, texts)| (key.to_owned(), texts.into()))
    .collect()
}

fn collect(technique: &Technique, ids: &mut Vec<String>) {
    add(ids, &technique.id);
    technique.subtechniques.iter().flatten().for_each(|below| collect(below, ids));
}

fn add(list: &mut Vec<String>, text: &str) {
    if !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
}

/// The finding and the risk.
pub(super) fn act(
    rule: &Rule,
    rows: &Rows,
    options: &Options,
    columns: &mut Columns,
    stanza: &mut Stanza,
    losses: &mut Vec<Loss>,
) {
    let meta = &rule.metadata;
    let mut of = |name: &str| {
        let field = Field::new(rule.vocabulary, name, types(rule.vocabulary).field_type(name));
        match rows {
            Rows::Events => columns.of(&field, options),
            Rows::Groups(groups) => {
                key(&field, options).map(|(name, _)| name).filter(|name| groups.contains(name))
            }
        }
    };
    let title = match &meta.alert_title {
        Some(template) => title(template, &mut of, losses),
        None => escaped(&meta.name),
    };
    stanza.set("action.notable", "1");
    stanza.set("action.notable.param.rule_title", title.as_str());
    stanza.set(
        "action.notable.param.rule_description",
        escaped(meta.description.as_deref().unwrap_or_default()),
    );
    stanza.set("action.notable.param.security_domain", "threat");
    if let Some(severity) = &meta.severity {
        stanza.set("action.notable.param.severity", severity.level.as_str());
        let number = match severity.level {
            Level::Informational => "1",
            Level::Low => "2",
            Level::Medium => "3",
            Level::High => "4",
            Level::Critical => "5",
        };
        stanza.set("alert.severity", number);
    }
    if let Some(guide) = &meta.investigation_guide {
        stanza.set("action.notable.param.next_steps", json!({ "version": 1, "data": guide }).to_string());
    }
    if let Some(most) = rule.schedule.max_signals {
        stanza.set("action.notable.maxresults", most.to_string());
    }
    let Some(score) = meta.risk_score else { return };
    match risk_object(rows) {
        Some((field, kind)) => {
            let risk = json!([{ "risk_object_field": field, "risk_object_type": kind, "risk_score": score }]);
            stanza.set("action.risk", "1");
            stanza.set("action.risk.param._risk", risk.to_string());
            stanza.set("action.risk.param._risk_message", title);
            stanza.set("action.risk.param._risk_score", "0");
            stanza.set("action.risk.param.verbose", "0");
        }
        None => {
            let message = "the results are one count, which names nobody to whom the risk belongs";
            losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "risk_score", message));
        }
    }
}

/// The column to which the risk belongs: the identity, else the address, else whatever the groups are.
fn risk_object(rows: &Rows) -> Option<(&str, &'static str)> {
    let Rows::Groups(columns) = rows else { return Some(("userIdentity.arn", "user")) };
    let find = |wanted: &[&str]| {
        columns.iter().find(|column| wanted.iter().any(|start| column.starts_with(start))).map(String::as_str)
    };
    if let Some(user) =
        find(&["userIdentity.arn", "userIdentity.userName", "userIdentity.principalId", "user"])
    {
        return Some((user, "user"));
    }
    match find(&["sourceIPAddress"]) {
        Some(address) => Some((address, "system")),
        None => columns.first().map(|column| (column.as_str(), "other")),
    }
}

/// A text in which `$` begins no token.
fn escaped(text: &str) -> String {
    text.replace('$', "$$")
}

/// `{{user}} called {{eventName}}` with Splunk's tokens.
fn title(template: &str, column: &mut dyn FnMut(&str) -> Option<String>, losses: &mut Vec<Loss>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        out.push_str(&escaped(before));
        match column(name.trim()) {
            Some(column) => out.push_str(&format!("${column}$")),
            None => {
                let message = format!("the results have no column with the values of `{}`", name.trim());
                losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, "alert_title", message));
                out.push_str(name.trim());
            }
        }
        rest = behind;
    }
    out.push_str(&escaped(rest));
    out
}

/// Columns that the search has to make beside those of the event.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<Assignment>);

impl Columns {
    /// The column with the values of a field; made where the event has none.
    pub fn of(&mut self, field: &Field, options: &Options) -> Option<String> {
        let (name, assignment) = key(field, options)?;
        if let Some(assignment) = assignment
            && !self.0.contains(&assignment)
        {
            self.0.push(assignment);
        }
        Some(name)
    }

    /// The command that makes them.
    pub fn command(self) -> Option<Command> {
        (!self.0.is_empty()).then(|| Command::new(CommandKind::Eval(self.0)))
    }
}
