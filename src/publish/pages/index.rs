//! The index: every rule by folder, and by tactic.

use std::collections::BTreeMap;

use super::MARK;
use super::markdown::text;
use crate::publish::table::plural;
use crate::publish::{Entry, Survey};
use crate::schema::ATTACK_RELEASE;

pub(super) fn page(survey: &Survey, paths: &[String]) -> String {
    let mut out = format!("{MARK}\n\n# Rules\n\n");
    let totals = survey.totals();
    let alerting = totals.rules - totals.hunts;
    out.push_str(&format!(
        "{}: {alerting} that alert and {}, with {}. [By tactic](#by-tactic) further down.\n\n## By folder\n",
        plural(totals.rules, "rule"),
        plural(totals.hunts, "hunt"),
        plural(totals.cases, "fixture"),
    ));
    let mut folders: BTreeMap<&str, Vec<(&Entry, &str)>> = BTreeMap::new();
    for (entry, path) in survey.entries.iter().zip(paths) {
        folders.entry(&entry.folder).or_default().push((entry, path));
    }
    for (folder, rules) in &folders {
        let name = if folder.is_empty() { "." } else { folder };
        out.push_str(&format!(
            "\n### {}\n\n| Rule | Severity | Tactics | Fixtures |\n| --- | --- | --- | --: |\n",
            text(name)
        ));
        for (entry, path) in rules {
            let tactics = entry.tactics().map(|tactic| tactic.name).collect::<Vec<_>>().join(", ");
            let (link, cases) = (link(entry, path), entry.cases.len());
            out.push_str(&format!("| {link} | {} | {tactics} | {cases} |\n", entry.rule.severity()));
        }
    }
    out.push_str(&format!("\n## By tactic\n\nTactics of MITRE ATT&CK {ATTACK_RELEASE} for Enterprise.\n"));
    let path = |entry: &Entry| {
        let at = survey.entries.iter().position(|one| std::ptr::eq(one, entry));
        at.map_or("", |at| paths[at].as_str())
    };
    for (tactic, rules) in survey.by_tactic().filter(|(_, rules)| !rules.is_empty()) {
        out.push_str(&format!("\n### [{}]({}) ({})\n\n", tactic.name, tactic.url(), tactic.id));
        for entry in rules {
            let ids: Vec<&str> = entry.techniques(tactic).iter().map(|technique| technique.id).collect();
            let ids = if ids.is_empty() { String::new() } else { format!(": {}", ids.join(", ")) };
            out.push_str(&format!("- {}{ids}\n", link(entry, path(entry))));
        }
    }
    let without = survey.without_tactic();
    if !without.is_empty() {
        out.push_str("\n### No tactic\n\n");
        without.iter().for_each(|entry| out.push_str(&format!("- {}\n", link(entry, path(entry)))));
    }
    out
}

fn link(entry: &Entry, path: &str) -> String {
    format!("[{}]({})", text(entry.rule.name()), crate::publish::relative("".as_ref(), path.as_ref()))
}
