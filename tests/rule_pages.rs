//! `docs/rules/` against the rules of the pack: the pages are what the program would write now.

use std::path::Path;
use std::process::{Command, Output};

const WRITE: &str = "cargo run -- docs rules rules -o docs/rules";

fn trailsmith(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailsmith"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command.output().expect("the program runs")
}

#[test]
fn the_pages_of_the_pack_are_fresh() {
    let output = trailsmith(&["docs", "rules", "rules", "-o", "docs/rules", "--check"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\nThe pages are written anew by: {WRITE}");
}

/// Links inside the pages and of the index lead to files that exist.
#[test]
fn links_of_the_pages_lead_somewhere() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let link = regex::Regex::new(r"\]\(([^)#]+)(#[^)]*)?\)").expect("a regex");
    let (mut pages, mut links) = (0, 0);
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("pages") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a page");
            pages += 1;
            for target in link.captures_iter(&text).map(|found| found[1].to_owned()) {
                if !target.contains("://") {
                    links += 1;
                    assert!(folder.join(&target).exists(), "{}: {target}", path.display());
                }
            }
        }
    }
    assert!(pages > 60 && links > 2 * pages, "{pages} pages, {links} links");
}

#[test]
fn stale_pages_and_pages_of_rules_that_are_gone_are_noticed_and_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let out = folder.path().to_str().expect("a path of text");
    let run = |more: &[&str]| {
        let output = trailsmith(&[&["docs", "rules", "tests/cli/rules/good", "-o", out], more].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(&["--check"]).0, Some(1));
    assert_eq!(run(&[]).0, Some(0));
    assert_eq!(run(&["--check"]), (Some(0), "3 pages · 0 differ · 0 of rules that are gone\n".into()));
    let page = std::fs::read_to_string(at("denied.md")).expect("a page");
    std::fs::write(at("denied.md"), page.replace("Many", "Few")).expect("a change");
    std::fs::write(at("gone.md"), &page).expect("a page of no rule");
    std::fs::write(at("own.md"), "# Somebody's own\n").expect("another page");
    let (code, said) = run(&["--check"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("denied.md: not what the rules say now"), "{said}");
    assert!(said.contains("gone.md: its rule is gone") && !said.contains("own.md"), "{said}");
    assert_eq!(run(&[]).0, Some(0));
    assert_eq!(std::fs::read_to_string(at("denied.md")).expect("a page"), page);
    assert!(!at("gone.md").exists() && at("own.md").exists());
}
