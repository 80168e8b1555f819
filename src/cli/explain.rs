//! `explain`: the page of a code, or why a rule did or did not match an event.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::exit::{Outcome, Stop};
use super::registry;
use super::session::Session;
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
        match (registry::find(&self.subject), self.event) {
            (Some(code), None) => {
                let summary = code.summary;
                writeln!(session.out, "{} ({}): {summary}\n", code.name, code.severity.as_str())?;
                // Doc comments keep the blank after `///`.
                for line in code.page.trim_end().lines() {
                    writeln!(session.out, "{}", line.strip_prefix(' ').unwrap_or(line))?;
                }
                Ok(Outcome::default())
            }
            (_, None) => {
                let names = registry::all();
                let near = nearest(&self.subject, names.iter().map(|(_, code)| code.name));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "`trailsmith list lints` prints every code; a rule needs --event FILE".to_owned(),
                };
                Err(Stop::usage(format!("there is no code `{}`\nhelp: {help}", self.subject)))
            }
            (_, Some(event)) => {
                super::verdict::explain(session, &self.subject, &event, self.select.as_deref())
            }
        }
    }
}
