use std::fs;
use std::path::{Path, PathBuf};

use super::{Options, load, load_text};
use crate::diagnostic::Severity;

const YAML: &str = "trailsmith: 1\nname: n\nlanguage: kuery\nquery: 'event.action: X'\n";
const TOML: &str = "[rule]\nname = 'n'\ndescription = 'd'\nrule_id = 'r'\ntype = 'query'\nseverity = 'low'\n\
    risk_score = 1\nlanguage = 'kuery'\nquery = 'event.action: X'\n";

fn write(root: &Path, files: &[(&str, &[u8])]) {
    for (name, bytes) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn codes(loaded: &super::Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|finding| finding.code.name).collect()
}

#[test]
fn directories_are_read_by_the_rules_of_the_command_line() {
    let root = tempfile::tempdir().unwrap();
    write(
        root.path(),
        &[
            ("a.yml", YAML.as_bytes()),
            ("a.test.yml", b"tests: []"),
            ("b/c.toml", TOML.as_bytes()),
            ("b/events/e.json", b"{\"eventName\": \"X\"}"),
            ("b/other.json", b"{\"a\": 1}"),
            ("b/readme.md", b"# no"),
            ("b/f.tsf", b"eventName = \"X\""),
            ("bad.yaml", b"trailsmith: ["),
            ("latin.toml", b"a = '\xe9'"),
            ("trailsmith.toml", b""),
            (".hidden/x.yml", YAML.as_bytes()),
        ],
    );
    let loaded = load(&[root.path().to_path_buf()], &Options::default());
    let names: Vec<String> =
        loaded.rules.iter().map(|rule| rule.source.path().rsplit('/').next().unwrap().into()).collect();
    assert_eq!(names, ["a.yml", "c.toml", "f.tsf"]);
    assert_eq!(loaded.files, 6);
    assert_eq!(codes(&loaded), ["not-a-rule", "yaml-syntax", "not-utf8"]);
    assert_eq!(loaded.diagnostics[0].severity, Severity::Info);
    assert!(loaded.unreadable);
    // Named, each is read whatever its extension; and a file without a rule is an error then.
    let named = load(&[root.path().join("b/other.json"), root.path().join("gone")], &Options::default());
    assert_eq!(codes(&named), ["not-a-rule", "file-unreadable"]);
    assert!(named.unreadable);
}

#[test]
fn what_stands_among_rules_and_is_none_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    let list = br#"[{"name": "a", "filter": "eventName = \"X\""}, {"name": "b", "filter": 7}]"#;
    let documents =
        format!("{YAML}---\n{}---\n", YAML.replace("query:", "querry:").replace("trailsmith: 1\n", ""));
    write(root.path(), &[("a.json", list), ("b.yml", documents.as_bytes()), ("c.yml", b"# nothing\n")]);
    let loaded = load(&[root.path().to_path_buf()], &Options::default());
    let severities: Vec<_> = loaded.diagnostics.iter().map(|d| (d.code.name, d.severity)).collect();
    let (error, info) = (("not-a-rule", Severity::Error), ("not-a-rule", Severity::Info));
    assert_eq!((loaded.rules.len(), severities), (2, vec![error, error, info]));
    assert!(loaded.unreadable);
    // An empty file that was named is an error; an empty document at the end of a good file nothing.
    let named = load(&[root.path().join("c.yml")], &Options::default());
    assert_eq!((codes(&named), named.unreadable), (vec!["not-a-rule"], true));
    let good = load_text("d.yml", &format!("{YAML}---\n"));
    assert!(good.diagnostics.is_empty() && good.rules.len() == 1, "{:?}", good.diagnostics);
}

#[test]
fn ids_depend_on_the_place_below_the_configuration_alone() {
    let ids = |configured: bool, paths: &[&str]| {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), &[("rules/a.yml", YAML.as_bytes())]);
        if configured {
            write(root.path(), &[("trailsmith.toml", b"")]);
        }
        let paths: Vec<PathBuf> = paths.iter().map(|path| root.path().join(path)).collect();
        load(&paths, &Options::default()).rules.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>()
    };
    let by_file = ids(true, &["rules/a.yml"]);
    assert_eq!(by_file, ids(true, &["rules"]));
    assert_eq!(by_file, ids(true, &[""]));
    assert_eq!(by_file, ids(false, &[""]), "without a configuration, the root that was named counts");
    assert_eq!(ids(true, &["rules", "rules/a.yml"]).len(), 1, "a file is read once");
    assert_eq!(by_file[0].as_bytes()[14], b'5', "version 5");
}

#[test]
fn two_rules_with_one_id_are_a_finding() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &[("a.toml", TOML.as_bytes()), ("b.toml", TOML.as_bytes())]);
    let loaded = load(&[root.path().to_path_buf()], &Options::default());
    assert_eq!((loaded.rules.len(), codes(&loaded)), (2, vec!["duplicate-rule-id"]));
    let span = loaded.diagnostics[0].span().unwrap();
    assert_eq!(loaded.rules[1].source.slice(span), "r");
}

#[test]
fn formats_are_recognised_by_content() {
    let threat_stack = r#"{"name": "n", "filter": "a = \"b\"", "type": "CloudTrail", "severityOfAlerts": 3}"#;
    let kibana = r#"{"rule_id": "k", "name": "n", "description": "d", "type": "query", "query": "a: b", "severity": "low", "risk_score": 1}"#;
    for (text, format) in [
        (YAML, "trailsmith"),
        (TOML, "elastic-toml"),
        (threat_stack, "threat-stack"),
        (kibana, "kibana"),
        (&format!("{kibana}\n{{\"exported_count\": 1}}\n"), "kibana"),
        (&format!("[{kibana}]"), "kibana"),
        (&format!("{{\"page\": 1, \"data\": [{kibana}]}}"), "kibana"),
        ("eventName = \"X\"", "threat-stack-filter"),
        ("# a comment\ntrailsmith: 1\nname: n\nlanguage: kuery\nquery: a\n", "trailsmith"),
    ] {
        for name in ["rule", "rule.txt"] {
            let loaded = load_text(name, text);
            assert_eq!(loaded.rules.len(), 1, "{text} {:?}", loaded.diagnostics);
            assert_eq!(loaded.rules[0].format.as_str(), format, "{text}");
        }
    }
    let mixed = load_text("r.ndjson", &format!("{kibana}\n{{broken\n{}\n", kibana.replace("\"k\"", "\"l\"")));
    assert_eq!(
        (mixed.rules.len(), codes(&mixed).contains(&"json-syntax"), mixed.unreadable),
        (2, true, true)
    );
    assert_eq!(codes(&load_text("s.yml", "title: t\nlogsource: {}\ndetection: {}\n")), ["sigma-not-read"]);
}

#[test]
fn large_files_are_refused() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &[("a.json", &[b' '; 2000])]);
    let options = Options { max_bytes: 1000, ..Options::default() };
    assert_eq!(codes(&load(&[root.path().to_path_buf()], &options)), ["file-too-large"]);
}
