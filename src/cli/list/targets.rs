//! `list targets`: where rules can go, and which kinds of detection each takes.

use std::io::Write;

use clap::Args;
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::exit::{Outcome, Stop};
use crate::cli::session::Session;

/// Where rules can go, and what each target can say
#[derive(Debug, Args)]
pub(in crate::cli) struct Targets {}

/// Name, what it is, and for each of [`KINDS`] how far it goes.
type Row = (&'static str, &'static str, [&'static str; 4]);

const KINDS: [&str; 4] = ["event", "threshold", "new-terms", "opaque"];

const TARGETS: [Row; 3] = [
    ("match", "the native matcher: `match`, `test`, `explain`", ["yes", "yes", "yes", "no"]),
    ("elastic-toml", "a TOML file as in elastic/detection-rules", ["yes", "yes", "yes", "as written"]),
    ("kibana", "a line of NDJSON that Kibana imports", ["yes", "yes", "yes", "as written"]),
];

impl Targets {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        let object = |(name, what, kinds): &Row| {
            let kinds: serde_json::Map<String, serde_json::Value> =
                KINDS.iter().zip(kinds).map(|(kind, far)| ((*kind).to_owned(), (*far).into())).collect();
            json!({"target": name, "description": what, "detections": kinds})
        };
        match format {
            Format::Json => {
                let all: Vec<_> = TARGETS.iter().map(object).collect();
                writeln!(session.out, "{:#}", serde_json::Value::from(all))?;
            }
            Format::JsonLines => {
                TARGETS.iter().try_for_each(|row| writeln!(session.out, "{}", object(row)))?
            }
            _ => {
                let head = ["target", KINDS[0], KINDS[1], KINDS[2], KINDS[3], ""].map(str::to_owned);
                let mut cells = vec![head];
                cells.extend(TARGETS.iter().map(|(name, what, kinds)| {
                    [name, kinds[0], kinds[1], kinds[2], kinds[3], what].map(|cell| (*cell).to_owned())
                }));
                super::table(&cells, &mut session.out)?;
            }
        }
        Ok(Outcome::default())
    }
}
