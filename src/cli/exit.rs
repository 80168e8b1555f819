//! Exit codes: the one place that decides between them.
//!
//! 0 clean; 1 findings, failed tests, hits under `--fail-on-match`; 2 usage or configuration; 3 a
//! rule or an event file could not be read or compiled, or a loss was refused; 4 the cluster or the
//! network. When several hold: 2, then 4, then 3, then 1.

use std::io;

use crate::diagnostic::Diagnostic;

/// What happened while a command ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Findings at or above `--fail-on`, failed tests, hits that were to fail.
    pub findings: bool,
    /// A rule or an event file could not be read or compiled.
    pub unreadable: bool,
    /// A cluster refused or was not reached.
    pub cluster: bool,
    /// A wrong argument that was found after the command had begun.
    pub usage: bool,
}

impl Outcome {
    /// The exit code; `exit_zero` covers findings only.
    pub fn code(self, exit_zero: bool) -> u8 {
        match self {
            Outcome { usage: true, .. } => 2,
            Outcome { cluster: true, .. } => 4,
            Outcome { unreadable: true, .. } => 3,
            Outcome { findings: true, .. } if !exit_zero => 1,
            _ => 0,
        }
    }
}

/// Why a command ended before its end.
#[derive(Debug)]
pub enum Stop {
    /// A wrong argument, as a sentence.
    Usage(String),
    /// A wrong configuration file.
    Config(Box<Diagnostic>),
    /// Standard output or standard error cannot be written.
    Output(io::Error),
}

impl Stop {
    /// A wrong argument.
    pub fn usage(message: impl Into<String>) -> Self {
        Stop::Usage(message.into())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence() {
        let mut outcome = Outcome::default();
        assert_eq!(outcome.code(false), 0);
        outcome.findings = true;
        assert_eq!((outcome.code(false), outcome.code(true)), (1, 0));
        outcome.unreadable = true;
        assert_eq!((outcome.code(false), outcome.code(true)), (3, 3));
        outcome.cluster = true;
        assert_eq!(outcome.code(true), 4);
        outcome.usage = true;
        assert_eq!(outcome.code(true), 2);
    }
}
