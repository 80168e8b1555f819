//! `completions`: completion scripts for shells.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::exit::{Outcome, Stop};
use super::session::Session;

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        // Written into memory first: the generator does not report a closed pipe.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "trailsmith", &mut script);
        std::io::Write::write_all(&mut session.out, &script)?;
        Ok(Outcome::default())
    }
}
