//! `list`: what there is: rules, targets, codes of findings, fields.

mod fields;
mod lints;
mod rules;
mod targets;

use std::io::{self, Write};

use clap::{Args, Subcommand};

use super::exit::{Outcome, Stop};
use super::session::Session;
use crate::diagnostic::printable;

/// List rules, targets, codes of findings, or fields
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Rules(rules::Rules),
    Targets(targets::Targets),
    Lints(lints::Lints),
    Fields(fields::Fields),
}

impl List {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        match self.what {
            What::Rules(what) => what.run(session),
            What::Targets(what) => what.run(session),
            What::Lints(what) => what.run(session),
            What::Fields(what) => what.run(session),
        }
    }
}

/// Prints rows with aligned columns, the last one ragged.
fn table<const N: usize>(rows: &[[String; N]], out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; N]> =
        rows.iter().map(|row| row.clone().map(|cell| printable(&cell).into_owned())).collect();
    let mut widths = [0; N];
    for row in &rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
    }
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
