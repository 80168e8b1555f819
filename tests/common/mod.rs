//! Where the shared corpora lie, for tests.
#![allow(dead_code)] // every test file uses its own part

pub mod logic;
pub mod sigma;

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

/// Records of the shared corpora, as text: Invictus and Stratus (whose records stand under `event`).
pub fn corpora() -> Option<[(&'static str, Vec<String>); 2]> {
    use std::io::Read;
    let mut text = String::new();
    let file =
        std::fs::File::open(shared("data/cloudtrail/cloudtrail_invictus.ndjson.gz")?).expect("a corpus");
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("gzip of UTF-8");
    let invictus: Vec<String> = text.lines().map(str::to_owned).collect();
    let stratus = rows("data/cloudtrail/cloudtrail_stratus.ndjson")?;
    let stratus: Vec<String> = stratus.iter().map(|row| row["event"].to_string()).collect();
    assert_eq!((invictus.len(), stratus.len()), (2900, 310));
    Some([("invictus", invictus), ("stratus", stratus)])
}

/// A rule that is no more than a query.
pub fn rule(
    id: &str,
    language: trailsmith::ir::Language,
    text: &str,
    types: Option<&trailsmith::schema::MapTypes>,
) -> Result<trailsmith::ir::Rule, Vec<trailsmith::diagnostic::Diagnostic>> {
    use trailsmith::diagnostic::{Source, Span, TextMap};
    use trailsmith::frontend::lower::{self, LowerInput};
    use trailsmith::ir::{
        Detection, Format, Input, Language, Metadata, QueryText, Rule, Schedule, Vocabulary,
    };
    let vocabulary =
        if language == Language::ThreatStack { Vocabulary::ThreatStack } else { Vocabulary::Ecs };
    let source = std::sync::Arc::new(Source::new(id, text));
    let query = QueryText { language, text: text.into(), map: TextMap::verbatim(0, text.len()) };
    let input = LowerInput { source: &source, rule_id: id, rule_name: id };
    let lowered = match types {
        Some(types) => lower::kql::lower(&input, &query, vocabulary, types),
        None => lower::query(&input, &query, vocabulary),
    };
    let Some(predicate) = lowered.predicate else { return Err(lowered.diagnostics) };
    Ok(Rule {
        id: id.into(),
        id_is_derived: false,
        input: Input::CloudTrail,
        vocabulary,
        format: Format::Trailsmith,
        source_type: None,
        metadata: Metadata { name: id.into(), ..Metadata::default() },
        query: Some(query),
        index: None,
        filters: None,
        detection: Detection::Event(predicate),
        exceptions: Vec::new(),
        exception_lists: None,
        suppression: None,
        schedule: Schedule::default(),
        origin: Span::new(0, text.len()),
        source,
    })
}
