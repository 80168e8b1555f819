//! Renderers of diagnostics, one a file, and the list of them.
//!
//! Every renderer is a function from a slice of diagnostics to text. Order is the caller's
//! ([`Diagnostic::sort_key`]); nothing here reads a clock or the environment, so the same findings
//! always give the same bytes.

mod concise;
mod excerpt;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;

use std::io::{self, Write};

use super::Diagnostic;

pub use concise::location;
pub use full::Style;
pub use junit::escape as xml_escape;

/// The version of the JSON forms; raised when a key changes its meaning or vanishes.
pub const SCHEMA_VERSION: u32 = 1;

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// With an excerpt of the file, carets, help, notes and the fix.
    Full,
    /// One line a finding.
    Concise,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// SARIF 2.1.0, for code-scanning services.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// GitLab's code-quality report.
    Gitlab,
    /// JUnit XML.
    Junit,
}

/// Writes `diagnostics` to `out` in `format`; `style` concerns [`Format::Full`] and
/// [`Format::Concise`] only.
///
/// # Errors
/// What `out` answers.
pub fn render(
    format: Format,
    diagnostics: &[Diagnostic],
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Full => diagnostics.iter().try_for_each(|d| writeln!(out, "{}\n", full::one(d, style))),
        Format::Concise => diagnostics.iter().try_for_each(|d| writeln!(out, "{}", concise::one(d, style))),
        Format::Json => json::document(diagnostics, out),
        Format::JsonLines => json::lines(diagnostics, out),
        Format::Sarif => sarif::document(diagnostics, out),
        Format::Github => diagnostics.iter().try_for_each(|d| writeln!(out, "{}", github::one(d))),
        Format::Gitlab => gitlab::document(diagnostics, out),
        Format::Junit => junit::document(diagnostics, out),
    }
}

/// One finding as the full format prints it, without a trailing newline.
pub fn full(diagnostic: &Diagnostic, style: Style) -> String {
    full::one(diagnostic, style)
}

#[cfg(test)]
mod tests;
