//! `explain`: the page of a code, or why a rule did or did not match an event.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::args::Format;
use super::exit::{Outcome, Stop};
use super::registry;
use super::session::Session;
use crate::diagnostic::Code;
use crate::frontend::tree::near::nearest;

/// Show why a rule did or did not match an event, or the page of a code
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A rule file (FILE or FILE#RULE_ID), or the code of a finding
    #[arg(value_name = "RULE|CODE")]
    subject: String,
    /// The event: any CloudTrail container, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    event: Option<PathBuf>,
    /// Pick one record of the event file: `$.Records[2]`
    #[arg(long, value_name = "PATH", requires = "event")]
    select: Option<String>,
}

impl Explain {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        let format = session.format(&[Format::Full, Format::Concise, Format::Json, Format::JsonLines])?;
        match (registry::find(&self.subject), self.event) {
            (Some(code), None) => {
                page(session, code, format)?;
                Ok(Outcome::default())
            }
            (Some(code), Some(_)) => Err(Stop::usage(format!(
                "`{}` is the code of a finding; --event goes with a rule",
                code.name
            ))),
            (None, None) if super::rules::file_of(&self.subject).is_some() => {
                let subject = &self.subject;
                let message = format!("`{subject}` is a rule file; add --event FILE to see its verdict");
                Err(Stop::usage(format!(
                    "{message}\nhelp: `trailsmith check {subject}` lists what is wrong with it"
                )))
            }
            (None, None) => {
                let names = registry::all();
                let near = nearest(&self.subject, names.iter().map(|(_, code)| code.name));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`trailsmith list lints` prints every code; a rule needs --event FILE".to_owned(),
                };
                Err(Stop::usage(format!("there is no code `{}`\nhelp: {help}", self.subject)))
            }
            (None, Some(event)) => {
                super::verdict::explain(session, &self.subject, &event, self.select.as_deref(), format)
            }
        }
    }
}

/// Prints the page of a code.
fn page(session: &mut Session, code: &Code, format: Format) -> Result<(), Stop> {
    // Doc comments keep the blank after `///`.
    let lines = code.page.trim_end().lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    let text = lines.collect::<Vec<_>>().join("\n");
    let (name, summary) = (code.name, code.summary);
    match format {
        Format::Json | Format::JsonLines => {
            let object = json!({"code": name, "severity": code.severity, "summary": summary, "page": text});
            match format {
                Format::Json => writeln!(session.out, "{object:#}")?,
                _ => writeln!(session.out, "{object}")?,
            }
        }
        _ => writeln!(session.out, "{name} ({}): {summary}\n\n{text}", code.severity.as_str())?,
    }
    Ok(())
}
