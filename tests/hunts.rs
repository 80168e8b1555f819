//! Hunts: rules whose hits alert nobody, from the file to every place where that shows.

use std::process::{Command, Output};

use trailsmith::backend::{self, Artefact, Options};
use trailsmith::frontend;
use trailsmith::ir::Purpose;

const RULE: &str = "trailsmith: 1\nid: hunt-users\nname: Users\npurpose: PURPOSE\nlanguage: kuery\n\
                    query: 'event.action: CreateUser'\nseverity: low\nrisk_score: 21\n\
                    description: Who made users?\n";
const RECORD: &str = r#"{"eventName":"CreateUser","eventSource":"iam.amazonaws.com","eventID":"e","eventTime":"2026-11-19T02:00:14Z"}"#;

fn written(name: &str, text: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hunts");
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a writable folder");
    path
}

fn rule(purpose: &str) -> std::path::PathBuf {
    written(&format!("{purpose}.yml"), &RULE.replace("PURPOSE", purpose))
}

fn run(arguments: &[&std::ffi::OsStr]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailsmith")).args(arguments).output().expect("the program runs")
}

#[test]
fn targets_that_alert_get_a_hunt_switched_off() {
    let loaded = frontend::load(&[rule("hunting")], &frontend::Options::default());
    assert_eq!(loaded.diagnostics.iter().map(|d| d.code.name).collect::<Vec<_>>(), Vec::<&str>::new());
    let rule = &loaded.rules[0];
    assert_eq!(rule.metadata.purpose, Purpose::Hunting);
    for (target, switch) in [("kibana", "enabled"), ("threat-stack", "enabled")] {
        let target = backend::find(target).expect("a target");
        let compiled = backend::compile(rule, target, &Options::default());
        let Some(Artefact::Json(object)) = &compiled.artefact else { panic!("{}: no object", target.name()) };
        assert_eq!(object[switch], false, "{}", target.name());
        let said = compiled.losses.iter().filter(|loss| loss.code.name == "loss-hunt").count();
        assert_eq!(said, 1, "{}", target.name());
    }
    let own = backend::compile(rule, backend::find("trailsmith").expect("a target"), &Options::default());
    let Some(Artefact::Text(own_text)) = &own.artefact else { panic!("no text") };
    assert!(own_text.contains("purpose: hunting") && !own_text.contains("enabled"), "{own_text}");
    assert_eq!(own.losses, Vec::new());
    let kql = backend::compile(rule, backend::find("kql").expect("a target"), &Options::default());
    assert_eq!(kql.losses, Vec::new(), "a query alerts nobody");
    assert_eq!(kql.artefact, Some(Artefact::Text("event.action: CreateUser".into())));
}

#[test]
fn a_rule_that_alerts_stays_as_it_is() {
    let loaded = frontend::load(&[rule("alerting")], &frontend::Options::default());
    let kibana = backend::find("kibana").expect("a target");
    let compiled = backend::compile(&loaded.rules[0], kibana, &Options::default());
    let Some(Artefact::Json(object)) = &compiled.artefact else { panic!("no object") };
    assert_eq!(object.get("enabled"), None);
    assert!(compiled.losses.iter().all(|loss| loss.code.name != "loss-hunt"));
}

#[test]
fn another_word_is_an_error() {
    let loaded = frontend::load(&[rule("fun")], &frontend::Options::default());
    assert_eq!(loaded.diagnostics.iter().map(|d| d.code.name).collect::<Vec<_>>(), ["unknown-word"]);
}

#[test]
fn hits_of_hunts_are_marked_and_fail_nothing() {
    let events = written("events.json", RECORD);
    for (purpose, mark, exit) in [("hunting", "[hunt, low] Users", 0), ("alerting", "[low] Users", 1)] {
        let rule = rule(purpose);
        let (rule, events) = (rule.as_os_str(), events.as_os_str());
        let line = run(&["match".as_ref(), "-r".as_ref(), rule, events, "--fail-on-match".as_ref()]);
        assert_eq!(line.status.code(), Some(exit), "{purpose}");
        let text = String::from_utf8_lossy(&line.stdout).into_owned();
        assert!(text.contains(mark), "{text}");
        let other = if purpose == "hunting" { "--purpose=alerting" } else { "--purpose=hunting" };
        let nothing = run(&["match".as_ref(), "-r".as_ref(), rule, events, other.as_ref()]);
        assert_eq!(String::from_utf8_lossy(&nothing.stdout), "", "{other}");
        let json =
            run(&["match".as_ref(), "-r".as_ref(), rule, events, "--format".as_ref(), "json-lines".as_ref()]);
        let object: serde_json::Value = serde_json::from_slice(&json.stdout).expect("one hit");
        assert_eq!(object.get("purpose").is_some(), purpose == "hunting", "{object}");
    }
}
