//! `list fields NAME`: a field in every vocabulary.

use std::io::Write;

use clap::Args;

use crate::cli::exit::{Outcome, Stop};
use crate::cli::session::Session;
use crate::ir::{FieldType, Vocabulary};
use crate::schema;

/// A field's name in every vocabulary, or every field
#[derive(Debug, Args)]
pub(in crate::cli) struct Fields {
    /// A field of any vocabulary: eventSource, event.action
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

impl Fields {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        for vocabulary in
            [Vocabulary::Ecs, Vocabulary::CloudTrail, Vocabulary::ThreatStack, Vocabulary::Splunk]
        {
            for name in schema::names(vocabulary) {
                let ty = schema::types(vocabulary).field_type(name);
                if ty != FieldType::Unknown {
                    writeln!(session.out, "{}\t{name}\t{}", vocabulary.as_str(), ty.as_str())?;
                }
            }
        }
        Ok(Outcome::default())
    }
}
