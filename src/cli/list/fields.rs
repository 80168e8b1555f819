//! `list fields`: one concept a line, with its name in every vocabulary.

use std::io::Write;

use clap::Args;
use serde_json::json;

use crate::cli::args::Format;
use crate::cli::exit::{Outcome, Stop};
use crate::cli::session::Session;
use crate::schema::{Row, concepts, lookup};

/// A field's name in every vocabulary; every field without a name
#[derive(Debug, Args)]
pub(in crate::cli) struct Fields {
    /// A field of any vocabulary: eventSource, event.action, errorCode
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

const HEAD: [&str; 7] =
    ["ECS", "type", "CloudTrail", "Threat Stack", "Splunk", "findings", "how it is reached"];

impl Fields {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        let mut rows: Vec<Row> = Vec::new();
        if self.names.is_empty() {
            rows = concepts();
        }
        let mut outcome = Outcome::default();
        for name in &self.names {
            let found = lookup(name);
            if found.is_empty() {
                session.error(&format!("no vocabulary has a field `{name}`"))?;
                outcome.findings = true;
            }
            rows.extend(found);
        }
        let object = |row: &Row| {
            let [ecs, ty, cloudtrail, threat_stack, splunk, findings, how] = row.cells();
            json!({
                "ecs": ecs, "type": ty, "cloudtrail": cloudtrail,
                "threat_stack": threat_stack, "splunk": splunk, "findings": findings, "how": how,
            })
        };
        match format {
            Format::Json => {
                let all: Vec<_> = rows.iter().map(object).collect();
                writeln!(session.out, "{:#}", serde_json::Value::from(all))?;
            }
            Format::JsonLines => rows.iter().try_for_each(|row| writeln!(session.out, "{}", object(row)))?,
            _ if rows.is_empty() => {}
            _ => {
                let mut cells: Vec<[String; 7]> = vec![HEAD.map(str::to_owned)];
                cells.extend(rows.iter().map(Row::cells));
                super::table(&cells, &mut session.out)?;
            }
        }
        Ok(outcome)
    }
}
