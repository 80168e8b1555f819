//! Every fixture of the shipped rules as a test of its own, by rule file and case name:
//! `cargo test --test pack -- ecr` runs those of the registry.

use std::path::PathBuf;

use libtest_mimic::{Arguments, Failed, Trial};
use trailsmith::frontend;
use trailsmith::testing::{self, Fixtures, Outcome, Settings};

fn main() {
    let arguments = Arguments::from_args();
    // Relative, as a user gives it: names of tests hold no path of a machine.
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).expect("the package's folder");
    let rules = frontend::load(&[PathBuf::from("rules")], &frontend::Options::default());
    let readable = match rules.diagnostics.as_slice() {
        [] => Ok(()),
        [first, ..] => Err(Failed::from(format!("{}: {}", first.code.name, first.title))),
    };
    let fixtures = Fixtures::read(&testing::fixtures(&[PathBuf::from("rules")], &[]));
    let faults = fixtures.diagnostics.iter().map(|finding| finding.title.clone()).collect::<Vec<_>>();
    let sound = if faults.is_empty() { Ok(()) } else { Err(Failed::from(faults.join("\n"))) };
    let report = testing::run(fixtures, &rules.rules, &Settings::default());
    let mut trials = vec![
        Trial::test("rules are read without a finding", move || readable),
        Trial::test("fixtures are read without a finding", move || sound),
    ];
    trials.extend(report.cases.into_iter().map(|case| {
        let name = format!("{} › {}", case.rule_path, case.name);
        Trial::test(name, move || match case.outcome {
            Outcome::Passed | Outcome::Todo(_) => Ok(()),
            Outcome::Failed(failures) => {
                let texts: Vec<_> = failures.iter().map(|f| format!("{}\n{}", f.message, f.detail)).collect();
                Err(Failed::from(texts.join("\n")))
            }
        })
    }));
    libtest_mimic::run(&arguments, trials).exit();
}
