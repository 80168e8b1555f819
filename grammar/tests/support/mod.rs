//! Finds the shared test material and turns trees into the forms it is written in.
#![allow(dead_code)] // each test binary uses its own part

pub mod kibana;

use std::path::PathBuf;

use serde_json::Value;

/// A file of the shared data, or `None` (with a note) when it is not on this machine.
/// In CI its absence is a failure.
pub fn shared(path: &str) -> Option<String> {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let candidates = [
        std::env::var_os("TRAILSMITH_SHARED").map(PathBuf::from),
        Some(manifest.join("../shared")),
        Some(manifest.join("../../shared")),
    ];
    for root in candidates.into_iter().flatten() {
        let file = root.join("data").join(path);
        if file.exists() {
            return Some(std::fs::read_to_string(&file).expect("shared data is readable"));
        }
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "shared data is missing: {path}");
    eprintln!("skipped: shared data is not here: {path}");
    None
}

/// The rows of a shared JSON lines file.
pub fn rows(path: &str) -> Option<Vec<Value>> {
    let text = shared(path)?;
    let parse = |line: &str| serde_json::from_str(line).expect("shared data is JSON lines");
    Some(text.lines().filter(|l| !l.trim().is_empty()).map(parse).collect())
}
