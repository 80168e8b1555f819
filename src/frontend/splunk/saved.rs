//! `savedsearches.conf`: one stanza a search.
//!
//! `[name]` opens a stanza, `key = value` lines follow, a `\` at the end of a line goes on in the
//! next, `#` begins a comment line. Keys that say nothing to trailsmith are kept. Source: Splunk's
//! Admin Manual, `savedsearches.conf`.

use std::sync::Arc;

use super::{Parts, correlation};
use crate::diagnostic::{Diagnostic, Source, Span, TextMap};
use crate::frontend::codes;
use crate::ir::{Extra, Format, Language, Level, Metadata, QueryText, Rule, RuleSeverity, Value};

/// Whether a text is such a file: a stanza with a `search` in it.
pub fn recognises(text: &str) -> bool {
    let mut in_stanza = false;
    text.lines().any(|line| {
        in_stanza |= line.starts_with('[') && line.trim_end().ends_with(']');
        in_stanza && key(line).is_some_and(|(key, _)| key == "search")
    })
}

/// A value, with the place of every part of it.
#[derive(Debug, Clone)]
struct Setting {
    key: String,
    text: String,
    map: TextMap,
}

#[derive(Debug)]
struct Stanza {
    name: String,
    span: Span,
    settings: Vec<Setting>,
}

/// Reads every stanza that holds a search.
pub fn read(source: &Arc<Source>, id: &dyn Fn(usize) -> String) -> (Vec<Rule>, Vec<Diagnostic>) {
    let (mut rules, mut diagnostics) = (Vec::new(), Vec::new());
    for stanza in stanzas(source.text()) {
        if !stanza.settings.iter().any(|setting| setting.key == "search") {
            // `[default]` holds what the others inherit.
            if stanza.name != "default" {
                let title = format!("the stanza `{}` has no `search`", stanza.name);
                diagnostics.push(Diagnostic::new(&codes::NOT_A_RULE, title).at(source, stanza.span, ""));
            }
            continue;
        }
        let (rule, findings) = rule(source, stanza, id(rules.len() + 1));
        rules.push(rule);
        diagnostics.extend(findings);
    }
    (rules, diagnostics)
}

fn rule(source: &Arc<Source>, stanza: Stanza, fallback_id: String) -> (Rule, Vec<Diagnostic>) {
    let mut metadata = Metadata { name: stanza.name, ..Metadata::default() };
    let (mut from, mut to, mut interval, mut query) = (None, None, None, None);
    let mut about = correlation::About::default();
    for setting in stanza.settings {
        let text = setting.text.trim();
        let time = super::lower::spl::date_math(text);
        match setting.key.as_str() {
            "search" => {
                query = Some(QueryText { language: Language::Spl, text: setting.text, map: setting.map });
                continue;
            }
            "description" => metadata.description = Some(text.to_owned()),
            "disabled" if matches!(text, "0" | "1" | "true" | "false") => {
                metadata.enabled = Some(matches!(text, "0" | "false"));
            }
            "dispatch.earliest_time" if time.is_some() => from = time,
            "dispatch.latest_time" if time.is_some() => to = time,
            "cron_schedule" => {
                interval = every(text);
                keep(&mut metadata, &setting);
            }
            // A finding's own severity is the finer scale.
            "alert.severity" if metadata.severity.is_some() => keep(&mut metadata, &setting),
            "alert.severity" if level(text).is_some() => {
                metadata.severity = level(text)
                    .map(|level| RuleSeverity { level, original: Some(Value::Text(text.to_owned())) });
            }
            key if correlation::take(key, text, &mut metadata, &mut about) => {}
            _ => keep(&mut metadata, &setting),
        }
    }
    // A stanza without one is not read as a rule.
    let query = query.unwrap_or_else(|| QueryText {
        language: Language::Spl,
        text: String::new(),
        map: TextMap::verbatim(stanza.span.start, 0),
    });
    let usual = metadata.severity.as_ref().map(|severity| severity.level.default_risk_score());
    metadata.risk_score = metadata.risk_score.or(usual);
    let parts = Parts {
        id_is_derived: about.id.is_none(),
        id: about.id.unwrap_or(fallback_id),
        format: Format::SplunkSavedSearch,
        metadata,
        query,
        origin: stanza.span,
    };
    let (mut rule, diagnostics) = super::rule(source, parts);
    // What the search itself says about its range counts in Splunk.
    rule.schedule.from = rule.schedule.from.or(from);
    rule.schedule.to = rule.schedule.to.or(to);
    rule.schedule.interval = interval;
    (rule, diagnostics)
}

fn keep(metadata: &mut Metadata, setting: &Setting) {
    let origin = setting.map.span(Span::new(0, setting.map.inner_len()));
    let value = Value::Text(setting.text.trim().to_owned());
    metadata.extra.push(Extra { path: vec![setting.key.clone()], value, origin: Some(origin) });
}

/// 1 debug, 2 info, 3 warn, 4 error, 5 severe, 6 fatal.
fn level(text: &str) -> Option<Level> {
    Some(match text {
        "1" => Level::Informational,
        "2" => Level::Low,
        "3" => Level::Medium,
        "4" => Level::High,
        "5" | "6" => Level::Critical,
        _ => return None,
    })
}

/// The interval of a schedule that runs every so many minutes or hours.
fn every(cron: &str) -> Option<String> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hour, "*", "*", "*"] = fields.as_slice() else { return None };
    let step = |field: &str| field.strip_prefix("*/").and_then(|n| n.parse::<u32>().ok()).filter(|n| *n > 0);
    let fixed = |field: &str| field.parse::<u32>().is_ok();
    match (*minute, *hour) {
        ("*", "*") => Some("1m".to_owned()),
        (minute, "*") if fixed(minute) => Some("1h".to_owned()),
        (minute, "*") => step(minute).filter(|n| 60 % n == 0).map(|n| format!("{n}m")),
        (minute, hour) if fixed(minute) && fixed(hour) => Some("1d".to_owned()),
        (minute, hour) if fixed(minute) => step(hour).filter(|n| 24 % n == 0).map(|n| format!("{n}h")),
        _ => None,
    }
}

fn stanzas(text: &str) -> Vec<Stanza> {
    let mut stanzas: Vec<Stanza> = Vec::new();
    let mut continued = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let body = line.trim_end_matches(['\n', '\r']);
        let goes_on = body.ends_with('\\');
        let content = body.strip_suffix('\\').unwrap_or(body);
        if continued {
            if let Some(setting) = stanzas.last_mut().and_then(|stanza| stanza.settings.last_mut()) {
                setting.text.push('\n');
                // The backslash and the end of the line before it become one line end.
                setting.map.push(1, start.saturating_sub(1), 1);
                push(setting, content, start);
            }
            continued = goes_on;
        } else if body.starts_with('[') && body.trim_end().ends_with(']') {
            let name = body.trim_end();
            let span = Span::new(start, start + name.len());
            let name = name[1..name.len() - 1].to_owned();
            stanzas.push(Stanza { name, span, settings: Vec::new() });
        } else if let (Some((key, value)), Some(stanza)) = (key(content), stanzas.last_mut()) {
            let offset = start + content.len() - value.len();
            let mut setting = Setting { key: key.to_owned(), text: String::new(), map: TextMap::default() };
            push(&mut setting, value, offset);
            stanza.settings.push(setting);
            continued = goes_on;
        }
        if let Some(stanza) = stanzas.last_mut().filter(|_| !body.trim().is_empty()) {
            stanza.span.end = stanza.span.end.max(start + body.len());
        }
    }
    stanzas
}

fn push(setting: &mut Setting, text: &str, start: usize) {
    setting.text.push_str(text);
    setting.map.push(text.len(), start, text.len());
}

/// The key and the value of a line.
fn key(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ':');
    (!key.is_empty() && key.chars().all(plain)).then(|| (key, value.trim_start()))
}
