//! Options that every command takes.

use clap::{Args, ValueEnum};

use crate::backend::spl::Base;
use crate::diagnostic::{Severity, render};

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// How results are printed [default: full on a terminal, concise when piped]
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub color: Colour,
    /// No summary, no progress, no notes on standard error
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Exit with 0 in spite of findings, failed tests or hits
    #[arg(long, global = true)]
    pub exit_zero: bool,
    /// The least severity that makes the exit code 1 [default: warning]
    #[arg(long, global = true, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// The configuration file [default: the nearest trailsmith.toml up the tree]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<std::path::PathBuf>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Excerpts with carets, help and fixes
    Full,
    /// One line a result
    Concise,
    /// One JSON document
    Json,
    /// One JSON object a line
    JsonLines,
    /// SARIF 2.1.0
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
    /// GitLab's code-quality report
    Gitlab,
    /// JUnit XML
    Junit,
}

impl Format {
    /// The renderer of diagnostics.
    pub fn renderer(self) -> render::Format {
        match self {
            Format::Full => render::Format::Full,
            Format::Concise => render::Format::Concise,
            Format::Json => render::Format::Json,
            Format::JsonLines => render::Format::JsonLines,
            Format::Sarif => render::Format::Sarif,
            Format::Github => render::Format::Github,
            Format::Gitlab => render::Format::Gitlab,
            Format::Junit => render::Format::Junit,
        }
    }

    /// The name as it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Full => "full",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::JsonLines => "json-lines",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
        }
    }
}

/// When colours are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A severity as an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Errors only
    Error,
    /// Errors and warnings
    Warning,
    /// Every finding
    Info,
}

impl From<FailOn> for Severity {
    fn from(value: FailOn) -> Self {
        match value {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
        }
    }
}

/// Reads a generation of ECS documents.
pub(super) fn version(text: &str) -> Result<crate::schema::Version, String> {
    let known = crate::schema::Version::ALL.map(crate::schema::Version::as_str).join(", ");
    crate::schema::Version::parse(text).ok_or_else(|| format!("one of: {known}"))
}

/// Reads a purpose of rules.
pub(super) fn purpose(text: &str) -> Result<crate::ir::Purpose, String> {
    crate::ir::Purpose::parse(text).ok_or_else(|| "one of: alerting, hunting".to_owned())
}

/// Reads the name of an index of Splunk.
pub(super) fn splunk_index(name: &str) -> Result<Base, String> {
    Base::index(name).ok_or_else(|| "letters, digits, `_`, `-` and `*` only".to_owned())
}

/// Reads a macro of Splunk, with or without its backquotes.
pub(super) fn splunk_macro(text: &str) -> Result<Base, String> {
    Base::from_macro(text).ok_or_else(|| "the name of a macro, with its arguments if it takes any".to_owned())
}

/// Reads the engine that queries run on.
pub(super) fn stack(text: &str) -> Result<crate::backend::Stack, String> {
    crate::backend::Stack::parse(text)
        .ok_or_else(|| "a version of Elasticsearch from 8.19 on (9.2, 9.x), or opensearch".to_owned())
}
