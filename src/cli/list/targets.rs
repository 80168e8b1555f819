//! `list targets`: where rules can go, and what each target can say.

use std::io::Write;

use clap::Args;
use serde_json::{Value, json};

use crate::backend::capability::Feature;
use crate::backend::{self, Target};
use crate::cli::args::Format;
use crate::cli::exit::{Outcome, Stop};
use crate::cli::session::Session;

/// Where rules can go, and what each target can say
#[derive(Debug, Args)]
pub(in crate::cli) struct Targets {}

/// The native matcher is a target too: rules run there without being written anywhere.
const MATCHER: [&str; 6] =
    ["match", "yes", "yes", "yes", "no", "the native matcher: `match`, `test`, `explain`"];

impl Targets {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        match format {
            Format::Json => {
                let all: Vec<Value> = objects().collect();
                writeln!(session.out, "{:#}", Value::from(all))?;
            }
            Format::JsonLines => objects().try_for_each(|row| writeln!(session.out, "{row}"))?,
            _ => {
                let head = ["target", "event", "threshold", "new-terms", "opaque", ""];
                let mut cells = vec![head.map(str::to_owned), MATCHER.map(str::to_owned)];
                cells.extend(backend::ALL.iter().map(|target| {
                    let [event, threshold, new_terms, opaque] = kinds(*target);
                    [target.name(), event, threshold, new_terms, opaque, target.summary()].map(str::to_owned)
                }));
                super::table(&cells, &mut session.out)?;
            }
        }
        Ok(Outcome::default())
    }
}

/// How far a target takes single events, thresholds, new terms and queries that are not understood.
fn kinds(target: &dyn Target) -> [&'static str; 4] {
    let of = |feature| match target.capabilities().missing(feature) {
        Some(_) => "no",
        None if target.capabilities().limit(feature).is_some() => "limited",
        None => "yes",
    };
    let opaque = if target.carries_opaque() { "as written" } else { "no" };
    ["yes", of(Feature::Threshold), of(Feature::NewTerms), opaque]
}

fn objects() -> impl Iterator<Item = Value> {
    let [name, event, threshold, new_terms, opaque, what] = MATCHER;
    let matcher = json!({
        "target": name,
        "description": what,
        "detections": {"event": event, "threshold": threshold, "new-terms": new_terms, "opaque": opaque},
    });
    std::iter::once(matcher).chain(backend::ALL.iter().map(|target| {
        let capabilities = target.capabilities();
        let [event, threshold, new_terms, opaque] = kinds(*target);
        let feature = |feature: &Feature| {
            let value = match (capabilities.missing(*feature), capabilities.limit(*feature)) {
                (Some(reason), _) => json!({"support": "no", "why": reason}),
                (None, Some(limit)) => json!({"support": "limited", "limit": limit}),
                (None, None) => json!({"support": "yes"}),
            };
            (feature.as_str().to_owned(), value)
        };
        let features: serde_json::Map<String, Value> = Feature::ALL.iter().map(feature).collect();
        let keys = capabilities.holds.map(|keys| keys.iter().map(|key| key.as_str()).collect::<Vec<_>>());
        json!({
            "target": target.name(),
            "description": target.summary(),
            "detections": {"event": event, "threshold": threshold, "new-terms": new_terms, "opaque": opaque},
            "features": features,
            "metadata": keys,
        })
    }))
}
