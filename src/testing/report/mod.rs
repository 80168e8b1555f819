//! How the result of a run of fixtures is printed, one form a file. Passed cases are counted, not
//! listed, in the forms for people.

mod json;
mod junit;
mod text;

use std::io::{self, Write};

use super::outcome::Report;

/// The forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// With verdict trees and diffs.
    Full,
    /// One line a failure.
    Concise,
    /// One JSON document.
    Json,
    /// One JSON object a case.
    JsonLines,
    /// JUnit XML.
    Junit,
}

/// Writes the cases and the coverage of a report; its diagnostics are the caller's to print.
///
/// # Errors
/// What `out` answers.
pub fn write(report: &Report, form: Form, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Full => text::full(report, colour, out),
        Form::Concise => text::concise(report, out),
        Form::Json => json::document(report, out),
        Form::JsonLines => json::lines(report, out),
        Form::Junit => junit::document(report, out),
    }
}
