//! What a text is: its extension says which syntax to try, its keys say which format it has.

use std::sync::Arc;

use super::identity::Identity;
use super::{FileRead, stem};
use crate::diagnostic::{Diagnostic, Severity, Source, Span};
use crate::frontend::tree::{Tree, TreeKind, json, toml, yaml};
use crate::frontend::{codes, elastic_toml, kibana, splunk, threat_stack, trailsmith};
use crate::ir::Rule;

/// Reads whatever rules a text holds. `named`: the user named this very file, so that the absence
/// of a rule is an error; in a directory it is a note.
pub(super) fn read(source: &Arc<Source>, identity: &Identity, named: bool) -> FileRead {
    let lower = source.path().to_ascii_lowercase();
    let extension = lower.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, e)| e);
    match extension {
        "toml" => read_toml(source, identity, named),
        "json" | "ndjson" | "jsonl" => read_json(source, identity, named),
        "yml" | "yaml" => read_yaml(source, identity, named),
        "tsf" => filter(source, identity),
        "spl" => search(source, identity),
        "conf" => read_conf(source, identity, named),
        "csv" => read_csv(source, identity),
        _ => guess(source, identity, named),
    }
    .siblings_of_rules()
}

impl FileRead {
    /// What stands among rules was meant to be one: there it is no note that it cannot be read.
    fn siblings_of_rules(mut self) -> Self {
        if !self.rules.is_empty() {
            for finding in &mut self.diagnostics {
                if *finding.code == codes::NOT_A_RULE {
                    finding.severity = Severity::Error;
                }
            }
        }
        self
    }
}

/// Without a telling extension, the first characters decide.
fn guess(source: &Arc<Source>, identity: &Identity, named: bool) -> FileRead {
    let text = source.text().trim_start_matches('\u{feff}').trim_start();
    let first = text.lines().find(|line| !line.trim_start().starts_with('#')).unwrap_or_default();
    if text.starts_with('{') || (text.starts_with('[') && !is_header(first)) {
        read_json(source, identity, named)
    } else if is_header(first) {
        read_toml(source, identity, named)
    } else if threat_stack::is_csv(text) {
        read_csv(source, identity)
    } else if first.starts_with("---") || first.split_once(':').is_some_and(|(key, _)| is_word(key)) {
        read_yaml(source, identity, named)
    } else if toml::parse(source).is_ok_and(|tree| elastic_toml::recognises(&tree)) {
        read_toml(source, identity, named)
    } else {
        filter(source, identity)
    }
}

/// `[rule]`, `[[rule.threat]]`: a header of TOML, not a list of JSON.
fn is_header(line: &str) -> bool {
    let name = line.trim_start_matches('[');
    line.starts_with('[')
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.contains(']')
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn failed(finding: Diagnostic) -> FileRead {
    FileRead { diagnostics: vec![finding], ..FileRead::default() }
}

fn not_a_rule(source: &Arc<Source>, tree: &Tree, named: bool, title: &str) -> Diagnostic {
    let start = tree.span.start.min(source.text().len());
    let finding = Diagnostic::new(&codes::NOT_A_RULE, title).at(source, Span::new(start, start + 1), "");
    if named { finding.severity(Severity::Error) } else { finding }
}

fn read_toml(source: &Arc<Source>, identity: &Identity, named: bool) -> FileRead {
    let tree = match toml::parse(source) {
        Ok(tree) => tree,
        Err(finding) => return failed(*finding),
    };
    if !elastic_toml::recognises(&tree) {
        return failed(not_a_rule(source, &tree, named, "this TOML file has no table `[rule]`"));
    }
    let (rule, mut diagnostics) = elastic_toml::read(source, &tree, identity.id(1));
    let rules: Vec<Rule> = rule.into_iter().collect();
    diagnostics.extend(kibana::absent(source, &rules, &[]));
    FileRead { rules, diagnostics, ..FileRead::default() }
}

fn read_json(source: &Arc<Source>, identity: &Identity, named: bool) -> FileRead {
    let (trees, mut diagnostics) = json_values(source);
    // A list, and the page that Kibana's find call returns, hold the objects one level down.
    let mut objects: Vec<&Tree> = Vec::new();
    for tree in &trees {
        match (tree.items(), tree.get("data").and_then(Tree::items)) {
            (Some(items), _) => objects.extend(items),
            (None, Some(items)) if items.iter().all(|item| kibana::kind(item).is_some()) => {
                objects.extend(items)
            }
            (None, _) => objects.push(tree),
        }
    }
    let mut read = FileRead::default();
    if objects.iter().any(|tree| kibana::kind(tree).is_some()) {
        let export = kibana::read(source, &objects, &|n| identity.id(n));
        (read.rules, read.attachments) = (export.rules, export.attachments);
        diagnostics.extend(export.diagnostics);
        read.diagnostics = diagnostics;
        return read;
    }
    for tree in &objects {
        let (found, findings) = threat_stack::find(source, tree);
        if found.is_empty() && findings.is_empty() {
            let title = "this JSON has none of the keys of a rule";
            diagnostics.push(not_a_rule(source, tree, named, title));
        }
        diagnostics.extend(findings);
        for found in found {
            let id = identity.id(read.rules.len() + 1);
            let (rule, findings) = threat_stack::read(source, &found, id);
            read.rules.extend(rule);
            diagnostics.extend(findings);
        }
    }
    // A thousand events in a file that lies beside rules are one note, not a thousand.
    if read.rules.is_empty() && diagnostics.iter().all(|finding| *finding.code == codes::NOT_A_RULE) {
        diagnostics.truncate(1);
    }
    read.diagnostics = diagnostics;
    read
}

/// One value, or one a line.
fn json_values(source: &Arc<Source>) -> (Vec<Tree>, Vec<Diagnostic>) {
    let whole = json::parse(source, Span::new(0, source.text().len()));
    match whole {
        Ok(parsed) => (vec![parsed.tree], parsed.diagnostics),
        Err(finding) => {
            let complete = |line: &str| {
                let line = line.trim();
                line.starts_with('{') && line.ends_with('}')
            };
            let lines = source.text().lines().filter(|line| !line.trim().is_empty());
            let several = source.text().trim().contains('\n');
            if several && lines.clone().filter(|line| complete(line)).count() * 2 >= lines.count() {
                kibana::lines(source)
            } else {
                (Vec::new(), vec![*finding])
            }
        }
    }
}

fn read_yaml(source: &Arc<Source>, identity: &Identity, named: bool) -> FileRead {
    let parsed = yaml::parse(source);
    let mut read = FileRead { diagnostics: parsed.diagnostics, ..FileRead::default() };
    // A `---` at the end of a file opens a document without anything in it.
    let empty = |tree: &Tree| matches!(tree.kind, TreeKind::Null);
    if parsed.documents.iter().all(empty) {
        if read.diagnostics.is_empty() {
            let nothing = Tree { kind: TreeKind::Null, span: Span::new(0, 0) };
            read.diagnostics.push(not_a_rule(source, &nothing, named, "this YAML file is empty"));
        }
        return read;
    }
    for (index, tree) in parsed.documents.iter().enumerate().filter(|(_, tree)| !empty(tree)) {
        if trailsmith::recognises(tree) {
            let (rule, diagnostics) = trailsmith::read(source, tree, identity.id(index + 1));
            read.rules.extend(rule);
            read.diagnostics.extend(diagnostics);
        } else if tree.has("detection") && tree.has("logsource") {
            let start = tree.span.start;
            let finding = Diagnostic::new(&codes::SIGMA_NOT_READ, "Sigma rules are recognised, but not read");
            read.diagnostics.push(finding.at(source, Span::new(start, start + 1), ""));
        } else {
            let finding =
                not_a_rule(source, tree, named, "this YAML document has none of the keys of a rule");
            let looks_like_one = tree.has("query") && tree.has("name");
            read.diagnostics.push(if looks_like_one {
                finding.help("begin it with `trailsmith: 1`")
            } else {
                finding
            });
        }
    }
    read
}

fn read_csv(source: &Arc<Source>, identity: &Identity) -> FileRead {
    if !threat_stack::is_csv(source.text()) {
        let title = "this table has no header with the columns `Name` and `Filter`";
        let finding = Diagnostic::new(&codes::NOT_A_RULE, title).at(source, Span::new(0, 1), "");
        return failed(finding.severity(Severity::Error));
    }
    let (trees, diagnostics) = threat_stack::csv_objects(source);
    let mut read = FileRead { diagnostics, ..FileRead::default() };
    for (index, tree) in trees.iter().enumerate() {
        let found = threat_stack::Found { rule: tree, tags: None };
        let (rule, findings) = threat_stack::read(source, &found, identity.id(index + 1));
        read.rules.extend(rule);
        read.diagnostics.extend(findings);
    }
    read
}

fn filter(source: &Arc<Source>, identity: &Identity) -> FileRead {
    let (rule, diagnostics) = threat_stack::filter_file(source, &stem(source.path()), identity.id(1));
    FileRead { rules: vec![rule], diagnostics, ..FileRead::default() }
}

fn search(source: &Arc<Source>, identity: &Identity) -> FileRead {
    let (rule, diagnostics) = splunk::search_file(source, &stem(source.path()), identity.id(1));
    FileRead { rules: vec![rule], diagnostics, ..FileRead::default() }
}

fn read_conf(source: &Arc<Source>, identity: &Identity, named: bool) -> FileRead {
    if !splunk::is_saved_searches(source.text()) {
        let nothing = Tree { kind: TreeKind::Null, span: Span::new(0, 0) };
        return failed(not_a_rule(source, &nothing, named, "this file has no stanza with a `search`"));
    }
    let (rules, diagnostics) = splunk::saved_searches(source, &|n| identity.id(n));
    FileRead { rules, diagnostics, ..FileRead::default() }
}
