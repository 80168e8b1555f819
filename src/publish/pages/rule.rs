//! The page of a rule.

use super::markdown::{below, block, code, text};
use super::{MARK, detection, fields, playbook};
use crate::backend::{self, Compiled, Fidelity, Options};
use crate::ir::Rule;
use crate::publish::{Entry, Links, kind};
use crate::testing::{CaseReport, Expect};

pub(super) fn page(entry: &Entry, names: &fields::Names, links: &Links<'_>) -> String {
    let rule = &entry.rule;
    let mut out = format!("{MARK}\n\n# {}\n\n", text(rule.name()));
    if let Some(description) = &rule.metadata.description {
        out.push_str(&format!("{}\n\n", text(description)));
    }
    out.push_str("| | |\n| --- | --- |\n");
    facts(entry, links).iter().for_each(|(name, value)| out.push_str(&format!("| {name} | {value} |\n")));
    if !entry.attack.is_empty() {
        out.push_str("\n## MITRE ATT&CK\n\n");
        for tactic in entry.tactics() {
            out.push_str(&format!("- [{} {}]({})\n", tactic.id, tactic.name, tactic.url()));
            for technique in entry.techniques(tactic) {
                out.push_str(&format!(
                    "  - [{} {}]({})\n",
                    technique.id,
                    technique.full_name(),
                    technique.url()
                ));
            }
        }
    }
    out.push_str(&detection::section(rule));
    out.push_str(&fields::section(rule, names));
    let mut part = |title: &str, markdown: Option<&String>| {
        if let Some(markdown) = markdown.filter(|markdown| !markdown.trim().is_empty()) {
            out.push_str(&format!("\n## {title}\n\n{}", below(markdown, 3)));
        }
    };
    part("Investigation guide", rule.metadata.investigation_guide.as_ref());
    part("Setup", rule.metadata.setup.as_ref());
    let causes = rule.metadata.false_positives.as_deref().unwrap_or_default();
    if !causes.is_empty() {
        out.push_str("\n## False positives\n\n");
        causes.iter().for_each(|cause| out.push_str(&format!("- {}\n", text(cause))));
    }
    if let Some(own) = &rule.metadata.playbook {
        out.push_str(&playbook::section(own));
    }
    out.push_str(&compile(rule));
    let references = rule.metadata.references.as_deref().unwrap_or_default();
    if !references.is_empty() {
        out.push_str("\n## References\n\n");
        references.iter().for_each(|reference| out.push_str(&format!("- {}\n", address(reference))));
    }
    out
}

/// An address as a link, if it is one of the web.
fn address(reference: &str) -> String {
    let web = reference.starts_with("https://") || reference.starts_with("http://");
    let whole = !reference.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>'));
    if web && whole { format!("<{reference}>") } else { text(reference) }
}

/// The table at the top.
fn facts(entry: &Entry, links: &Links<'_>) -> Vec<(&'static str, String)> {
    let (rule, path) = (&entry.rule, entry.rule.source.path());
    let mut rows = Vec::new();
    if let Some(severity) = &rule.metadata.severity {
        let mut line = severity.level.as_str().to_owned();
        if let Some(original) = &severity.original {
            let original = backend::kibana::json(original);
            let original = original.as_str().map_or_else(|| original.to_string(), str::to_owned);
            line.push_str(&format!("; {} on the scale of its source", code(&original)));
        }
        rows.push(("Severity", line));
    }
    if let Some(score) = rule.metadata.risk_score {
        rows.push(("Risk score", score.to_string()));
    }
    let what = match kind(rule) {
        "event" => "single events",
        "threshold" => "a number of events",
        "new-terms" => "values not seen before",
        _ => "what only its own engine can tell",
    };
    let hunt = if entry.is_hunt() { "; a hunt, which alerts nobody" } else { "" };
    rows.push(("Detects", format!("{what}, in {}{hunt}", code(rule.input.as_str()))));
    if let Some(interval) = &rule.schedule.interval {
        let from = rule.schedule.from.as_deref().unwrap_or("now-6m");
        rows.push(("Runs", format!("every {} over the events from {} on", text(interval), code(from))));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    rows.push(("Rule", format!("[{}]({})", text(name), links.to(path, entry.line()))));
    rows.push(("Id", code(&rule.id)));
    rows.push(("Fixtures", cases(&entry.cases, links)));
    let tags = rule.metadata.tags.iter().flatten().map(|tag| code(tag)).collect::<Vec<_>>();
    if !tags.is_empty() {
        rows.push(("Tags", tags.join(" ")));
    }
    rows
}

/// How many cases there are and what they expect.
fn cases(cases: &[CaseReport], links: &Links<'_>) -> String {
    let Some(first) = cases.first() else { return "none".into() };
    let count = |wanted: fn(&CaseReport) -> bool| cases.iter().filter(|case| wanted(case)).count();
    let parts = [
        (count(|case| case.expect == Some(Expect::Match)), "expect a match"),
        (count(|case| case.expect == Some(Expect::NoMatch)), "expect none"),
        (count(|case| matches!(case.expect, Some(Expect::Alerts { .. }))), "expect a number of alerts"),
        (count(|case| case.expect.is_none()), "are still to be written"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, what)| format!("{number} {what}")).collect();
    format!("[{}]({}): {}", cases.len(), links.to(&first.fixture, 1), parts.join(", "))
}

/// The command, and which targets say the whole rule.
fn compile(rule: &Rule) -> String {
    let command = format!("trailsmith compile {} --target kibana", shell(rule.source.path()));
    let mut out = format!("\n## Compile\n\n{}\n", block("sh", &command));
    let mut lines: [Vec<String>; 3] = Default::default();
    for target in backend::ALL {
        let compiled = backend::compile(rule, *target, &Options::default());
        let name = code(target.name());
        match compiled.fidelity() {
            Fidelity::Exact => lines[0].push(name),
            Fidelity::Lossy => lines[1].push(format!("{name} ({})", reasons(&compiled))),
            Fidelity::Impossible => lines[2].push(format!("{name} ({})", reasons(&compiled))),
        }
    }
    let [exact, lossy, impossible] = lines.map(|targets| targets.join(", "));
    for (head, targets) in [
        ("The whole rule", exact),
        ("With losses, if `--allow-lossy` allows them", lossy),
        ("Not possible", impossible),
    ] {
        if !targets.is_empty() {
            out.push_str(&format!("- {head}: {targets}\n"));
        }
    }
    out.push_str("\n`trailsmith explain CODE` tells what a code means.\n");
    out
}

/// The codes of what is lost, each once.
fn reasons(compiled: &Compiled) -> String {
    let refused = compiled.losses.iter().filter(|loss| loss.is_refused());
    let mut codes: Vec<String> =
        compiled.error.iter().chain(refused).map(|loss| code(loss.code.name)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(", ")
}

/// A word of a shell's command line.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}
