//! Tactics and rules as text, and everything as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Entry, Survey, kind};
use crate::diagnostic::printable;
use crate::diagnostic::render::SCHEMA_VERSION;
use crate::schema::{ATTACK_RELEASE, AttackEntry, attack_techniques};
use crate::testing::{Outcome, RuleCoverage, RuleMutation};

/// A heading for each tactic with the rules that name it below: technique, severity, name, file.
///
/// # Errors
/// What `out` answers.
pub fn full(survey: &Survey, out: &mut dyn Write) -> io::Result<()> {
    for (tactic, rules) in survey.by_tactic() {
        let named = techniques(tactic, &rules);
        let all = attack_techniques(Some(tactic.id));
        let count = plural(rules.len(), "rule");
        writeln!(out, "{} {} · {count} · {named} of {all} techniques", tactic.id, tactic.name)?;
        let rows = rules.iter().map(|entry| cells(Some(tactic), entry)).collect::<Vec<_>>();
        aligned(&rows, "  ", out)?;
    }
    let without = survey.without_tactic();
    if !without.is_empty() {
        writeln!(out, "No tactic · {}", plural(without.len(), "rule"))?;
        let rows = without.iter().map(|entry| cells(None, entry)).collect::<Vec<_>>();
        aligned(&rows, "  ", out)?;
    }
    writeln!(out, "{}", summary(survey))
}

/// A line for each rule of each tactic; a tactic without a rule has a line of its own.
///
/// # Errors
/// What `out` answers.
pub fn concise(survey: &Survey, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<[String; 5]> = Vec::new();
    let line = |tactic: String, [technique, severity, name, path]: [String; 4]| {
        [tactic, technique, severity, name, path]
    };
    for (tactic, rules) in survey.by_tactic() {
        let head = format!("{} {}", tactic.id, tactic.name);
        if rules.is_empty() {
            rows.push(line(head.clone(), ["-", "-", "no rule", ""].map(str::to_owned)));
        }
        rows.extend(rules.iter().map(|entry| line(head.clone(), cells(Some(tactic), entry))));
    }
    rows.extend(survey.without_tactic().iter().map(|entry| line("-".into(), cells(None, entry))));
    aligned(&rows, "", out)?;
    writeln!(out, "{}", summary(survey))
}

/// One line of sums.
pub fn summary(survey: &Survey) -> String {
    let totals = survey.totals();
    let (all, rules) = (attack_techniques(None), plural(totals.rules, "rule"));
    let place = format!("{} of 14 tactics · {} of {all} techniques", totals.tactics, totals.techniques);
    let mut line = format!("{rules} · {place} · {}", plural(totals.cases, "fixture"));
    if let Some(percent) = percent(totals.covered, totals.clauses) {
        line.push_str(&format!(" · clauses {percent} %"));
    }
    if let Some(percent) = percent(totals.killed, totals.mutants) {
        line.push_str(&format!(" · mutants {percent} %"));
    }
    line
}

/// Whole percent, rounded down: only what is complete is 100 %. `None` where nothing was counted.
pub(super) fn percent(part: usize, whole: usize) -> Option<usize> {
    (100 * part).checked_div(whole)
}

/// How many techniques of a tactic the rules name; a sub-technique counts for its technique.
pub(super) fn techniques(tactic: &AttackEntry, rules: &[&Entry]) -> usize {
    let pairs = rules.iter().flat_map(|entry| &entry.attack).filter(|(of, _)| *of == tactic);
    let mut ids: Vec<&str> =
        pairs.filter_map(|(_, technique)| technique.map(|t| t.parent().unwrap_or(t).id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

/// `1 rule`, `2 rules`.
pub(super) fn plural(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn cells(tactic: Option<&AttackEntry>, entry: &Entry) -> [String; 4] {
    let ids = tactic.map(|tactic| entry.techniques(tactic)).unwrap_or_default();
    let ids = ids.iter().map(|technique| technique.id).collect::<Vec<_>>().join(" ");
    let dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let rule = &entry.rule;
    let hunt = if entry.is_hunt() { " (hunt)" } else { "" };
    let text = |text: &str| printable(text).into_owned();
    let name = text(rule.name()) + hunt;
    [dash(&ids), dash(rule.severity()), name, text(rule.source.path())]
}

fn aligned<const N: usize>(rows: &[[String; N]], indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut widths = [0; N];
    for row in rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
    }
    for row in rows {
        let mut line = indent.to_owned();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The whole survey as one document.
pub fn document(survey: &Survey) -> Value {
    let tactic = |(tactic, rules): (&'static AttackEntry, Vec<&Entry>)| {
        json!({
            "id": tactic.id,
            "name": tactic.name,
            "techniques": attack_techniques(Some(tactic.id)),
            "techniques_covered": techniques(tactic, &rules),
            "rules": rules.iter().map(|entry| entry.rule.id.as_str()).collect::<Vec<_>>(),
        })
    };
    let totals = survey.totals();
    json!({
        "schema_version": SCHEMA_VERSION,
        "attack_release": ATTACK_RELEASE,
        "totals": {
            "rules": totals.rules,
            "hunts": totals.hunts,
            "tactics": totals.tactics,
            "techniques": totals.techniques,
            "fixtures": totals.cases,
            "passed": totals.passed,
        },
        "tactics": survey.by_tactic().map(tactic).collect::<Vec<_>>(),
        "rules": survey.entries.iter().map(object).collect::<Vec<_>>(),
    })
}

/// A rule as an object.
pub fn object(entry: &Entry) -> Value {
    let rule = &entry.rule;
    let coverage = |one: &RuleCoverage| json!({"percent": one.percent(), "gaps": one.gaps().count()});
    let mutation = |one: &RuleMutation| json!({"mutants": one.mutants, "killed": one.killed(), "survivors": one.survivors.len()});
    let pair = |(tactic, technique): &(&AttackEntry, Option<&AttackEntry>)| json!({"tactic": tactic.id, "technique": technique.map(|entry| entry.id)});
    let failed = entry.cases.iter().filter(|case| matches!(case.outcome, Outcome::Failed(_))).count();
    json!({
        "rule_id": rule.id,
        "rule_name": rule.name(),
        "severity": rule.severity(),
        "kind": kind(rule),
        "purpose": rule.metadata.purpose.as_str(),
        "path": rule.source.path(),
        "line": entry.line(),
        "attack": entry.attack.iter().map(pair).collect::<Vec<_>>(),
        "fixtures": {"cases": entry.cases.len(), "passed": entry.passed(), "failed": failed},
        "coverage": entry.coverage.as_ref().map(coverage),
        "mutation": entry.mutation.as_ref().map(mutation),
    })
}
