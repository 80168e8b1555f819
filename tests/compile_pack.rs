//! Every shipped rule in every target, as snapshots: what comes out, and what is lost.

use std::path::{Path, PathBuf};

use trailsmith::backend::{self, Artefact, Options};

#[test]
fn shipped_rules_in_every_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = root.join("rules");
    let loaded =
        trailsmith::frontend::load(std::slice::from_ref(&rules), &trailsmith::frontend::Options::default());
    assert!(!loaded.unreadable, "{:?}", loaded.diagnostics);
    assert!(loaded.rules.len() >= 29, "{}", loaded.rules.len());
    let mut settings = insta::Settings::new();
    settings.set_snapshot_path(root.join("snapshots/compile"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for target in backend::ALL {
        let mut text = String::new();
        for rule in &loaded.rules {
            let compiled = backend::compile(rule, *target, &Options::default());
            let path = PathBuf::from(rule.source.path());
            let name = path.strip_prefix(&rules).unwrap_or(&path).display().to_string();
            text.push_str(&format!("== {name} ({})\n", compiled.fidelity().as_str()));
            for loss in compiled.losses.iter().chain(&compiled.error) {
                let severity = loss.severity.as_str();
                text.push_str(&format!(
                    "-- {severity}[{}] {}: {}\n",
                    loss.code.name, loss.path, loss.message
                ));
            }
            match &compiled.artefact {
                Some(Artefact::Json(value)) => text.push_str(&format!("{value:#}\n")),
                Some(Artefact::Text(artefact)) => text.push_str(&format!("{}\n", artefact.trim_end())),
                None => text.push_str("nothing\n"),
            }
            text.push('\n');
        }
        settings.bind(|| insta::assert_snapshot!(target.name(), text));
    }
}
