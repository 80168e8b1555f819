//! Where the shared corpora lie, for tests.
#![allow(dead_code)] // every test file uses its own part

use std::path::{Path, PathBuf};

/// The path of a shared file or folder. Without it the test that asks is skipped, with a word; in
/// CI (`CI=true`) a missing corpus is a failure.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("TRAILSMITH_SHARED") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", found.display());
    eprintln!("skipped: no {}", found.display());
    None
}

/// The rows of a shared JSON-lines file.
pub fn rows(path: &str) -> Option<Vec<serde_json::Value>> {
    let text = std::fs::read_to_string(shared(path)?).expect("a readable corpus");
    let row = |line: &str| serde_json::from_str(line).expect("JSON lines");
    Some(text.lines().filter(|line| !line.trim().is_empty()).map(row).collect())
}
