//! A filled playbook as a script of AWS's command line.
//!
//! Whoever writes an event chooses its values, so none of them is ever read by the shell or taken for
//! an option or a file name: every parameter is handed over as JSON in single quotes
//! (`--cli-input-json`), comments have no line breaks, and of responses only ids and names go on.

use std::fmt::Write;

use super::cli_name::kebab;
use super::fill::{Filled, FilledCall, FilledStep};
use super::names::LETTERS;
use super::resolved::{Each, Piece, Resolved, Token};
use super::service;
use crate::diagnostic::printable;

/// Checks what responses give; bash 3.2 and later.
const CHECKS: &str = r#"
stop() { echo "$1" >&2; exit 1; }

# Only ids and names of a response go into later calls.
check() {
  local value
  [[ -n $2 ]] || stop "$1: the response holds no value"
  for value in $2; do
    [[ $value =~ ^[A-Za-z0-9_./:@+=-]+$ && $value != None ]] || stop "$1: unexpected value in the response"
  done
}

# The items of a JSON list.
items() {
  printf '"%s"' "$1"
  shift
  [[ $# -eq 0 ]] || printf ',"%s"' "$@"
}
"#;

/// The script.
pub fn shell(filled: &Filled) -> String {
    let mut out = String::from("#!/usr/bin/env bash\n");
    comment(&mut out, &format!("Playbook of the rule \"{}\"", filled.rule));
    if let Some(event) = &filled.event {
        comment(&mut out, &format!("for {event}."));
    }
    comment(&mut out, "Read it before you run it: trailsmith has called nothing and checked nothing at AWS.");
    out.push_str("set -euf -o pipefail\nexport AWS_PAGER=''\n");
    match &filled.region {
        Some(region) => line(&mut out, &format!("export AWS_REGION={}", quote(region))),
        None => comment(&mut out, "The event names no region: set AWS_REGION."),
    }
    let calls = || filled.steps.iter().flat_map(|step| &step.calls);
    if calls().any(|call| !call.outputs.is_empty()) {
        out.push_str(CHECKS);
    }
    filled.steps.iter().for_each(|step| self::step(&mut out, step));
    out
}

fn step(out: &mut String, step: &FilledStep) {
    out.push('\n');
    comment(out, &format!("{}. {}", step.number, plain(&step.title)));
    if let Some(reason) = &step.skipped {
        comment(out, &format!("Left out: {}.", plain(reason)));
        return;
    }
    for requirement in &step.requires {
        comment(out, &format!("Needs: {requirement}"));
    }
    if let Some(text) = &step.text {
        comment(out, plain(text).trim());
    }
    step.calls.iter().for_each(|call| self::call(out, call));
    if let Some(wait) = step.wait {
        line(out, &format!("sleep {}", wait.millis.saturating_add(999) / 1000));
    }
}

fn call(out: &mut String, call: &FilledCall) {
    let list = matches!(call.each, Some(Each::Output(_)));
    let indent = if list { "  " } else { "" };
    let names: Vec<String> = call.outputs.keys().map(|name| variable(name)).collect();
    if !call.adds && (list || names.len() > 1) {
        names.iter().for_each(|name| line(out, &format!("{name}=()")));
    }
    if let Some(Each::Output(name)) = &call.each {
        let name = variable(name);
        if uses_letter(&call.parameters) {
            line(out, &format!("letters={LETTERS}"));
        }
        line(out, &format!("for turn in \"${{!{name}[@]}}\"; do"));
        line(out, &format!("  item=${{{name}[turn]}}"));
    }
    let words = command(&call.service, &kebab(&call.action), &call.parameters);
    match call.outputs.len() {
        0 => line(out, &format!("{indent}{words}")),
        1 => call.outputs.iter().for_each(|(name, path)| {
            let query = format!("--query {} --output text", quote(path));
            line(out, &format!("{indent}response=$({words} {query})"));
            keep(out, indent, name, call.adds || list);
        }),
        // A call is not made twice for two outputs. Each flattened list is a line of its own.
        _ => {
            let fields: Vec<String> = call.outputs.values().map(|path| format!("[{path}][]")).collect();
            let query = format!("--query {} --output text", quote(&format!("[{}]", fields.join(","))));
            line(out, &format!("{indent}responses=$({words} {query})"));
            for (at, name) in call.outputs.keys().enumerate() {
                line(out, &format!("{indent}response=$(sed -n {}p <<<\"$responses\")", at + 1));
                keep(out, indent, name, true);
            }
        }
    }
    if list {
        line(out, "done");
    }
    if let Some((state, parameters)) = &call.until {
        line(out, &command(&format!("{} wait", service::command(&call.service)), state, parameters));
    }
}

/// Puts a checked response into the list of a name.
fn keep(out: &mut String, indent: &str, name: &str, adds: bool) {
    let variable = variable(name);
    line(out, &format!("{indent}check {variable} \"$response\""));
    let operator = if adds { "+=" } else { "=" };
    line(out, &format!("{indent}{variable}{operator}($response)"));
}

fn command(service: &str, command: &str, parameters: &Resolved) -> String {
    let mut words = format!("aws {} {}", word(service::command(service)), word(command));
    if !matches!(parameters, Resolved::Map(map) if map.is_empty()) {
        let _ = write!(words, " --cli-input-json {}", argument(parameters));
    }
    words
}

/// Words of a playbook that become words of the shell: letters, digits and hyphens.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ' ');
    if text.chars().all(plain) { text.to_owned() } else { quote(text) }
}

/// JSON in single quotes, with what is known later between them.
fn argument(value: &Resolved) -> String {
    let mut out = String::new();
    for token in value.tokens() {
        match token {
            Token::Json(text) => out.push_str(&quote(&text)),
            Token::Later(Piece::Output(name)) => {
                let _ = write!(out, "\"${{{}[0]}}\"", variable(&name));
            }
            Token::Later(Piece::Item(_)) => out.push_str("\"$item\""),
            Token::Later(Piece::Letter) => out.push_str("\"${letters:turn:1}\""),
            Token::Later(Piece::Text(text) | Piece::Value(text)) => out.push_str(&quote(&text)),
            Token::LaterItems(name) => {
                let _ = write!(out, "\"$(items \"${{{}[@]}}\")\"", variable(&name));
            }
        }
    }
    out
}

fn uses_letter(value: &Resolved) -> bool {
    value.tokens().iter().any(|token| matches!(token, Token::Later(Piece::Letter)))
}

/// The shell's name for an output: no other variable begins so.
fn variable(name: &str) -> String {
    let safe = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
    format!("out_{}", safe.collect::<String>())
}

/// A text in single quotes, in which the shell reads nothing.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(Piece::readable).collect()
}

fn comment(out: &mut String, text: &str) {
    let _ = writeln!(out, "# {}", printable(text));
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}
