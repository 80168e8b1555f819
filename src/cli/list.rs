//! `list`: what there is: rules, targets, codes of findings, fields.

mod fields;
mod lints;

use clap::{Args, Subcommand};

use super::exit::{Outcome, Stop};
use super::session::Session;

/// List rules, targets, codes of findings, or fields
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Lints(lints::Lints),
    Fields(fields::Fields),
}

impl List {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        match self.what {
            What::Lints(what) => what.run(session),
            What::Fields(what) => what.run(session),
        }
    }
}
