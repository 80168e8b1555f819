//! The command line: one file a subcommand, each no more than arguments, a call into the rooms
//! below, and an exit code.
//!
//! Results go to standard output, progress and notes to standard error. The formats, the meaning of
//! the exit codes and the configuration file are the same for every command.

mod args;
mod check;
pub mod codes;
mod collisions;
mod compile;
mod completions;
pub mod config;
mod coverage;
mod docs;
mod exit;
mod explain;
mod init;
mod list;
mod new;
mod normalize;
mod playbook;
mod registry;
mod replay;
mod rules;
mod scaffold;
mod session;
mod test;
mod verdict;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Parser, Subcommand};

use args::Global;
use exit::{Outcome, Stop};
use session::Session;

/// Detection rules as code for AWS CloudTrail: compile, check, test and replay.
#[derive(Debug, Parser)]
#[command(name = "trailsmith", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Test(test::Test),
    Coverage(coverage::Coverage),
    Docs(docs::Docs),
    Compile(compile::Compile),
    Match(replay::Match),
    Explain(explain::Explain),
    Normalize(normalize::Normalize),
    Playbook(playbook::PlaybookOf),
    List(list::List),
    New(new::New),
    Init(init::Init),
    Completions(completions::Completions),
}

impl Command {
    fn run(self, session: &mut Session) -> Result<Outcome, Stop> {
        match self {
            Command::Check(command) => command.run(session),
            Command::Test(command) => command.run(session),
            Command::Coverage(command) => command.run(session),
            Command::Docs(command) => command.run(session),
            Command::Compile(command) => command.run(session),
            Command::Match(command) => command.run(session),
            Command::Explain(command) => command.run(session),
            Command::Normalize(command) => command.run(session),
            Command::Playbook(command) => command.run(session),
            Command::List(command) => command.run(session),
            Command::New(command) => command.run(session),
            Command::Init(command) => command.run(session),
            Command::Completions(command) => command.run(session),
        }
    }
}

/// Runs the program with its arguments, the program's own name first; returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no error; a closed pipe is none either.
            let _ = error.print();
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    let exit_zero = cli.global.exit_zero;
    let mut session = match Session::new(cli.global) {
        Ok(session) => session,
        Err(stop) => return report(stop, None),
    };
    let result = cli.command.run(&mut session).and_then(|outcome| {
        session.flush()?;
        Ok(outcome)
    });
    match result {
        Ok(outcome) => outcome.code(exit_zero),
        Err(stop) => report(stop, Some(&mut session)),
    }
}

/// Says why a command stopped and gives the exit code.
fn report(stop: Stop, session: Option<&mut Session>) -> u8 {
    // What was printed before stays in order with the message.
    if let Some(session) = session {
        let _ = session.flush();
    }
    let (message, code) = match stop {
        // The reader of a pipe has seen enough.
        Stop::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return 0,
        Stop::Output(error) => (format!("error: cannot write: {error}"), 3),
        Stop::Usage(message) => (format!("error: {message}"), 2),
        Stop::Config(diagnostic) => (session::full_on_stderr(&diagnostic), 2),
    };
    // Where standard error cannot be written either, the exit code has to say it alone.
    let _ = writeln!(anstream::stderr(), "{message}");
    code
}
