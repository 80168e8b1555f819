//! Places in MITRE ATT&CK that do not exist, or do not go together.

use super::{at, place_of};
use crate::diagnostic::{Diagnostic, Span};
use crate::ir::{Rule, Tactic, Technique};
use crate::schema::{ATTACK_RELEASE, AttackEntry, attack, attack_named};

crate::codes! {
    /// No tactic, technique or sub-technique of MITRE ATT&CK for Enterprise, release 18.1, has this id,
    /// so the rule is in no coverage map.
    ///
    /// The id may be misspelt, revoked by the release, or of a newer one. Look at
    /// `https://attack.mitre.org`; a rule that has to keep an id of another release may ignore this:
    /// `# trailsmith: ignore[attack-unknown] id of release 19`.
    pub ATTACK_UNKNOWN = warning "attack-unknown": "an id that MITRE ATT&CK does not have";

    /// The id is known and stands beside another name. One of the two is wrong: readers go by the
    /// name, coverage maps by the id.
    pub ATTACK_NAME = warning "attack-name": "a MITRE ATT&CK id with the name of something else";

    /// The technique does not serve the tactic that it stands below: no coverage map has a cell for
    /// the two.
    ///
    /// ```text
    /// Privilege Escalation  T1648 Serverless Execution     no such cell
    /// Execution             T1648 Serverless Execution
    /// ```
    ///
    /// Name the tactic that the technique belongs to, beside the other one if both hold.
    pub ATTACK_TACTIC = error "attack-tactic": "a technique below a tactic that it does not serve";

    /// The sub-technique stands below a technique that is not its own: `T1098.001` belongs below
    /// `T1098`.
    pub ATTACK_PARENT = error "attack-parent": "a sub-technique below a technique that is not its own";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    for threat in rule.metadata.threat.iter().flatten().filter(|threat| threat.framework == "MITRE ATT&CK") {
        let Tactic { id, name, .. } = &threat.tactic;
        named(rule, id, name, findings);
        for technique in threat.techniques.iter().flatten() {
            below(rule, technique, id, findings);
            for inner in technique.subtechniques.iter().flatten() {
                below(rule, inner, id, findings);
                let own = inner.id.split_once('.').map_or(inner.id.as_str(), |(technique, _)| technique);
                if own != technique.id {
                    let title = format!("`{}` is no sub-technique of `{}`", inner.id, technique.id);
                    let finding = Diagnostic::new(&ATTACK_PARENT, title);
                    findings.push(at(finding, rule, place(rule, &inner.id), ""));
                }
            }
        }
    }
}

/// A technique under a tactic.
fn below(rule: &Rule, technique: &Technique, tactic: &str, findings: &mut Vec<Diagnostic>) {
    let Technique { id, name, .. } = technique;
    let Some(entry) = named(rule, id, name, findings) else { return };
    // Of an unknown tactic nothing is known, and it has a finding of its own.
    let Some(wrong) = attack(tactic).filter(|_| !entry.tactics.contains(&tactic)) else { return };
    let serves: Vec<String> =
        entry.tactics.iter().filter_map(|id| attack(id)).map(|t| format!("{} ({})", t.name, t.id)).collect();
    let title = format!("`{id}` ({}) does not serve the tactic {}", entry.name, wrong.name);
    let finding = Diagnostic::new(&ATTACK_TACTIC, title).help(format!("it serves {}", serves.join(", ")));
    findings.push(at(finding, rule, place(rule, id), ""));
}

/// The entry of an id; reports an unknown id and another entry's name.
fn named(rule: &Rule, id: &str, name: &str, findings: &mut Vec<Diagnostic>) -> Option<&'static AttackEntry> {
    let Some(entry) = attack(id) else {
        let title = format!("MITRE ATT&CK {ATTACK_RELEASE} has no `{id}`");
        let mut finding = Diagnostic::new(&ATTACK_UNKNOWN, title);
        let same: Vec<&str> = attack_named(name).map(|entry| entry.id).collect();
        if !same.is_empty() {
            finding.help.push(format!("`{name}` is {}", same.join(" or ")));
        }
        findings.push(at(finding, rule, place(rule, id), ""));
        return None;
    };
    if !is_name(name, entry) {
        let title = format!("`{id}` is {}, not `{name}`", entry.name);
        findings.push(at(Diagnostic::new(&ATTACK_NAME, title), rule, place(rule, id), ""));
    }
    Some(entry)
}

/// Where an id is written; its address may hold it too.
fn place(rule: &Rule, id: &str) -> Option<Span> {
    [("\"", "\""), ("id: ", "")].iter().find_map(|(before, after)| {
        let span = place_of(rule, &format!("{before}{id}{after}"))?;
        Some(Span::new(span.start + before.len(), span.end - after.len()))
    })
}

/// A sub-technique may carry its technique's name before its own: `Account Manipulation: Additional
/// Cloud Credentials`.
fn is_name(name: &str, entry: &AttackEntry) -> bool {
    let own = name.rsplit_once(": ").map_or(name, |(_, own)| own);
    [name, own].iter().any(|written| written.eq_ignore_ascii_case(entry.name))
}
