//! What every command shares while it runs: the options, the configuration, the output stream.

use std::io::{self, BufWriter, IsTerminal, Write};

use super::args::{Colour, Format, Global};
use super::config::Config;
use super::exit::{Outcome, Stop};
use super::registry;
use crate::diagnostic::render::{self, Style};
use crate::diagnostic::{Diagnostic, Severity};

/// Options, configuration and output of one run.
pub(super) struct Session {
    /// The options.
    pub global: Global,
    /// The configuration file's values.
    pub config: Config,
    /// Standard output, buffered.
    pub out: BufWriter<io::Stdout>,
    /// How text is coloured and how wide it may be.
    pub style: Style,
}

impl Session {
    /// Finds the configuration and looks at the terminal.
    pub fn new(global: Global) -> Result<Self, Stop> {
        let known = |code: &str| registry::find(code).map(|code| code.severity);
        let config = match &global.config {
            Some(path) => Config::open(path, &known),
            None => match std::env::current_dir() {
                Ok(directory) => Config::find(&directory, &known),
                Err(_) => Ok(Config::default()),
            },
        };
        let style = style(global.color, &io::stdout());
        Ok(Session {
            config: config.map_err(Stop::Config)?,
            style,
            out: BufWriter::new(io::stdout()),
            global,
        })
    }

    /// The format to print in: what was asked for, else by where the output goes. Formats outside
    /// `allowed` are a wrong argument.
    pub fn format(&self, allowed: &[Format]) -> Result<Format, Stop> {
        let default = if io::stdout().is_terminal() { Format::Full } else { Format::Concise };
        let format = self.global.format.unwrap_or(default);
        if allowed.contains(&format) {
            return Ok(format);
        }
        let names: Vec<&str> = allowed.iter().map(|format| format.name()).collect();
        let message = format!("this command has no format `{}`; it has: {}", format.name(), names.join(", "));
        Err(Stop::Usage(message))
    }

    /// Prints findings on standard output, those of ignored codes left out, in a stable order.
    pub fn findings(&mut self, mut diagnostics: Vec<Diagnostic>, format: Format) -> Result<Outcome, Stop> {
        self.prepare(&mut diagnostics);
        diagnostics.sort_by_key(Diagnostic::sort_key);
        render::render(format.renderer(), &diagnostics, self.style, &mut self.out)?;
        Ok(self.outcome(&diagnostics))
    }

    /// Prints findings on standard error: those of commands whose result is something else.
    pub fn notes(&mut self, mut diagnostics: Vec<Diagnostic>) -> Result<(), Stop> {
        diagnostics.sort_by_key(Diagnostic::sort_key);
        self.notes_in_order(diagnostics)
    }

    /// Prints findings on standard error as they come: those on events, in the order of the input.
    pub fn notes_in_order(&mut self, mut diagnostics: Vec<Diagnostic>) -> Result<(), Stop> {
        self.prepare(&mut diagnostics);
        let shown = |d: &Diagnostic| d.severity == Severity::Error || !self.global.quiet;
        let style = style(self.global.color, &io::stderr());
        let format = if io::stderr().is_terminal() { render::Format::Full } else { render::Format::Concise };
        diagnostics.retain(shown);
        self.out.flush()?;
        render::render(format, &diagnostics, style, &mut io::stderr().lock())?;
        Ok(())
    }

    /// An error on standard error, as one sentence.
    pub fn error(&mut self, sentence: &str) -> Result<(), Stop> {
        self.out.flush()?;
        writeln!(io::stderr(), "error: {sentence}")?;
        Ok(())
    }

    /// A line on standard error, unless `--quiet`.
    pub fn note(&mut self, line: &str) -> Result<(), Stop> {
        if !self.global.quiet {
            self.out.flush()?;
            writeln!(io::stderr(), "{line}")?;
        }
        Ok(())
    }

    /// Whether findings reach the severity that makes the exit code 1.
    pub fn outcome(&self, diagnostics: &[Diagnostic]) -> Outcome {
        let least = self.global.fail_on.map(Severity::from).or(self.config.fail_on);
        let least = least.unwrap_or(Severity::Warning);
        Outcome { findings: diagnostics.iter().any(|d| d.severity >= least), ..Outcome::default() }
    }

    /// Hands everything printed so far to the operating system.
    pub fn flush(&mut self) -> Result<(), Stop> {
        self.out.flush().map_err(Stop::from)
    }

    fn prepare(&self, diagnostics: &mut Vec<Diagnostic>) {
        // What became an error by its circumstances is never ignored.
        let ignored =
            |d: &Diagnostic| !is_error(d) && self.config.ignore.iter().any(|code| code == d.code.name);
        diagnostics.retain(|d| !ignored(d));
    }
}

/// `1 rule`, `2 rules`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Whether a finding is an error.
pub(super) fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Error
}

/// One finding for standard error.
pub(super) fn full_on_stderr(diagnostic: &Diagnostic) -> String {
    render::full(diagnostic, style(Colour::Auto, &io::stderr()))
}

fn style(colour: Colour, stream: &impl anstream::stream::RawStream) -> Style {
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
    };
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    Style { colour, width: columns.unwrap_or(Style::PLAIN.width).clamp(60, 400) }
}
