//! The EQL engine of PyPI's `eql`: an independent reading of EQL with limits of its own (eql.md §9).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};
use trailsmith::ir::FieldType;
use trailsmith::schema;

use crate::node;

/// The positions of the documents that each query finds, or why the engine takes none of it.
///
/// # Errors
/// The engine cannot be installed.
pub fn run(
    documents: &[&str],
    queries: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Result<Vec<usize>, String>>, String> {
    let folder = node::install("eql")?;
    // Two runs may be under way at a time.
    let name = format!("eql-{}-{}.ndjson", std::process::id(), documents.len());
    let place = node::home().join(name);
    let mut lines = String::new();
    for text in documents {
        let mut document = serde_json::from_str(text).expect("a document");
        as_indexed("", &mut document);
        lines.push_str(&format!("{document}\n"));
    }
    std::fs::write(&place, lines).map_err(|error| error.to_string())?;
    let mut process = Command::new(folder.join("bin/python"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engines/run_eql.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let asked = json!({ "queries": queries, "documents": place });
    let mut input = process.stdin.take().expect("piped");
    input.write_all(asked.to_string().as_bytes()).map_err(|error| error.to_string())?;
    drop(input);
    let output = process.wait_with_output().map_err(|error| error.to_string())?;
    let _ = std::fs::remove_file(&place);
    if !output.status.success() {
        return Err(format!("the EQL engine failed with {}", output.status));
    }
    let answers: BTreeMap<String, Json> =
        serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let answer = |answer: Json| match answer["found"].as_array() {
        Some(found) => Ok(found.iter().filter_map(Json::as_u64).map(|at| at as usize).collect()),
        None => Err(answer["error"].as_str().unwrap_or_default().to_owned()),
    };
    Ok(answers.into_iter().map(|(name, found)| (name, answer(found))).collect())
}

/// Gives the leaves of a document the type under which an index holds them: keywords and keys of
/// flattened fields are texts whatever they are in JSON.
fn as_indexed(path: &str, value: &mut Json) {
    match value {
        Json::Object(map) => {
            for (key, inner) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                as_indexed(&path, inner);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| as_indexed(path, item)),
        Json::Bool(_) | Json::Number(_) => {
            let ty = schema::ecs().field_type(path);
            if matches!(ty, FieldType::Keyword { .. } | FieldType::FlattenedLeaf) {
                *value = Json::String(value.to_string());
            }
        }
        Json::Null | Json::String(_) => {}
    }
}
