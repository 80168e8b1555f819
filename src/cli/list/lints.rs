//! `list lints`: every code a finding can have.

use std::io::Write;

use clap::Args;
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::exit::{Outcome, Stop};
use crate::cli::registry;
use crate::cli::session::Session;

/// Every code that a finding can have; `trailsmith explain CODE` prints its page
#[derive(Debug, Args)]
pub(in crate::cli) struct Lints {}

impl Lints {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        let codes = registry::all();
        let object = |(group, code): &(&str, &crate::diagnostic::Code)| {
            json!({
                "code": code.name,
                "severity": code.severity,
                "group": group,
                "summary": code.summary,
            })
        };
        let width = codes.iter().map(|(_, code)| code.name.len()).max().unwrap_or(0);
        match format {
            Format::Json => {
                let all: Vec<_> = codes.iter().map(object).collect();
                writeln!(session.out, "{:#}", serde_json::Value::from(all))?;
            }
            Format::JsonLines => {
                for code in &codes {
                    writeln!(session.out, "{}", object(code))?;
                }
            }
            _ => {
                for (_, code) in &codes {
                    let severity = code.severity.as_str();
                    writeln!(session.out, "{:width$}  {severity:7}  {}", code.name, code.summary)?;
                }
            }
        }
        Ok(Outcome::default())
    }
}
