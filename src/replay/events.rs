//! A few events at hand: the records of one file, each with its name, for fixtures and explanations.

use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::diagnostic::printable;
use crate::event::{Layout, select, unwrap_all};
use crate::ir::Service;
use crate::matcher::date;

/// Most bytes of an unpacked event file.
const MOST_BYTES: u64 = 64 << 20;

/// An event.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What people call it: `record 7a3e…`, `event 2`.
    pub name: String,
    /// Its JSON text.
    pub json: String,
    /// Whose keys it has.
    pub layout: Layout,
    /// `event.dataset` of a document.
    pub dataset: Option<String>,
    /// Its time in milliseconds since 1970.
    pub time: Option<i64>,
    /// Whether a raw record has any key by which CloudTrail's records are known.
    pub is_cloudtrail: bool,
}

impl Prepared {
    /// The `number`-th event, from 1; events without an id are named by it.
    pub fn new(layout: Layout, record: &Value, number: usize) -> Self {
        let at = |path: &str| text_at(record, path);
        let (id, time, dataset) = match layout {
            Layout::CloudTrail => (at("eventID"), at("eventTime"), None),
            Layout::Finding(Service::SecurityHub) => (at("Id"), at("UpdatedAt"), None),
            Layout::Finding(Service::Inspector) => (at("findingArn"), at("updatedAt"), None),
            Layout::Finding(_) => (at("id"), at("updatedAt"), None),
            Layout::Ecs => {
                (at("event.id"), at("@timestamp"), at("event.dataset").or_else(|| at("data_stream.dataset")))
            }
        };
        let known = ["eventName", "eventSource", "eventVersion", "userIdentity", "eventID"];
        Prepared {
            name: id.map_or_else(
                || format!("event {number}"),
                |id| match layout {
                    Layout::Finding(_) => format!("finding {}", printable(&id)),
                    _ => format!("record {}", printable(&id)),
                },
            ),
            json: record.to_string(),
            layout,
            dataset,
            time: time.and_then(|text| date::parse(&text)),
            is_cloudtrail: known.iter().any(|key| record.get(key).is_some()),
        }
    }
}

/// The records of a file, or of standard input for `-`; `path` picks from it (`$.Records[2]`).
///
/// # Errors
/// A sentence on what cannot be read or picked.
pub fn read(file: &Path, path: Option<&str>) -> Result<Vec<Prepared>, String> {
    let cannot = |reason| format!("cannot read `{}`: {reason}", file.display());
    let values = load(file).map_err(cannot)?;
    let picked = pick(&values, path)?;
    let records = picked.iter().flat_map(unwrap_all);
    let records: Vec<Prepared> =
        records.enumerate().map(|(at, (layout, record))| Prepared::new(layout, &record, at + 1)).collect();
    match records.is_empty() {
        true => Err(format!("`{}` holds no event", file.display())),
        false => Ok(records),
    }
}

/// Date math is relative to the newest event.
pub fn newest(events: &[Prepared]) -> Option<i64> {
    events.iter().filter_map(|event| event.time).max()
}

/// The JSON values of a file, containers not yet opened: read whole, unpacked if it is gzip, and
/// parsed value by value.
///
/// # Errors
/// Why it cannot be read, as a phrase.
pub fn load(path: &Path) -> Result<Vec<Value>, String> {
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes),
        false => std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes)),
    };
    read.map_err(|error| error.to_string())?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        let mut decoder = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(MOST_BYTES + 1);
        decoder.read_to_end(&mut unpacked).map_err(|error| format!("damaged gzip: {error}"))?;
        bytes = unpacked;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("larger than {} MB", MOST_BYTES >> 20));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    let values = values.collect::<Result<Vec<Value>, _>>().map_err(|error| format!("not JSON: {error}"))?;
    if values.is_empty() { Err("the file is empty".into()) } else { Ok(values) }
}

/// What a path picks: from the one value of a file, or from the list of its lines.
///
/// # Errors
/// Where the path leads nowhere.
pub fn pick(values: &[Value], path: Option<&str>) -> Result<Vec<Value>, String> {
    let Some(path) = path else { return Ok(values.to_vec()) };
    let found = match values {
        [value] => select(value, path).cloned(),
        lines => select(&Value::Array(lines.to_vec()), path).cloned(),
    };
    found.map(|value| vec![value]).map_err(|error| error.to_string())
}

/// A text at a dotted path, nested or as one key with dots.
fn text_at(value: &Value, path: &str) -> Option<String> {
    if let Some(text) = value.get(path).and_then(Value::as_str) {
        return Some(text.to_owned());
    }
    let (head, tail) = path.split_once('.')?;
    text_at(value.get(head)?, tail)
}
