//! `new`, `init` and `completions`: what they write passes `check` and `test`, and nothing that is there
//! is overwritten.

use std::path::Path;
use std::process::{Command, Output};

fn trailsmith(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_trailsmith");
    Command::new(program).args(arguments).current_dir(folder).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn a_new_repository_is_clean_and_its_tests_pass() {
    let folder = tempfile::tempdir().unwrap();
    let written = trailsmith(folder.path(), &["init"]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    assert_eq!(text(&written.stdout).lines().count(), 4);
    let check = trailsmith(folder.path(), &["check", "--fail-on", "info"]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check.stdout));
    let tested = trailsmith(folder.path(), &["test", "--fail-on-missing", "--coverage-threshold", "100"]);
    assert_eq!(tested.status.code(), Some(0), "{}{}", text(&tested.stdout), text(&tested.stderr));
    let again = trailsmith(folder.path(), &["init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("exists; nothing was written"));
}

#[test]
fn new_rules_in_both_languages_are_clean_with_their_fixtures() {
    let folder = tempfile::tempdir().unwrap();
    for (language, file) in [("kuery", "rules/key-used.yml"), ("threat-stack", "rules/other.yml")] {
        let written = trailsmith(folder.path(), &["new", file, "--language", language]);
        assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
        let printed = trailsmith(folder.path(), &["new", "--fixtures", file]);
        assert_eq!(printed.status.code(), Some(0), "{}", text(&printed.stderr));
        let fixture = file.replace(".yml", ".test.yml");
        std::fs::write(folder.path().join(fixture), &printed.stdout).unwrap();
    }
    let rule = std::fs::read_to_string(folder.path().join("rules/key-used.yml")).unwrap();
    assert!(rule.contains("name: \"Key used\"\n"), "{rule}");
    for command in [&["check", "rules", "--fail-on", "info"][..], &["test", "rules", "--fail-on-missing"]] {
        let output = trailsmith(folder.path(), command);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    }
    let again = trailsmith(folder.path(), &["new", "rules/other.yml"]);
    assert_eq!(again.status.code(), Some(2));
    let after = std::fs::read_to_string(folder.path().join("rules/key-used.yml")).unwrap();
    assert_eq!(after, rule);
}

#[test]
fn a_rule_among_several_is_named_by_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let rule = |id: &str, action: &str| {
        format!(
            "trailsmith: 1\nid: {id}\nname: {action}\nlanguage: kuery\nquery: 'event.action: {action}'\n\
             severity: low\nrisk_score: 21\n"
        )
    };
    let (a, b) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222");
    let both = format!("{}---\n{}", rule(a, "CreateUser"), rule(b, "DeleteUser"));
    std::fs::write(folder.path().join("both.yml"), both).unwrap();
    let subject = format!("both.yml#{b}");
    let printed = trailsmith(folder.path(), &["new", "--fixtures", &subject]);
    assert_eq!(printed.status.code(), Some(0), "{}", text(&printed.stderr));
    assert!(text(&printed.stdout).contains("eventName: DeleteUser"));
    std::fs::write(folder.path().join("both.test.yml"), &printed.stdout).unwrap();
    let tested = trailsmith(folder.path(), &["test", "."]);
    assert_eq!(tested.status.code(), Some(0), "{}{}", text(&tested.stdout), text(&tested.stderr));
}

#[test]
fn completions_of_every_shell_name_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let printed = trailsmith(folder.path(), &["completions", shell]);
        assert_eq!(printed.status.code(), Some(0));
        assert!(text(&printed.stdout).contains("completions"), "{shell}");
    }
}
