//! One line a finding: `path:line:column: severity[code] title`.

use anstyle::{AnsiColor, Effects, Style as Ansi};

use super::Style;
use crate::diagnostic::{Diagnostic, Severity, printable};

/// `path:line:column`, as far as it is known.
pub fn location(diagnostic: &Diagnostic) -> Option<String> {
    let source = diagnostic.source.as_ref()?;
    Some(match diagnostic.span() {
        Some(span) => {
            let at = source.position(span.start);
            format!("{}:{}:{}", source.path(), at.line, at.column)
        }
        None => source.path().to_owned(),
    })
}

pub(super) fn one(diagnostic: &Diagnostic, style: Style) -> String {
    let place = location(diagnostic).map(|place| format!("{place}: ")).unwrap_or_default();
    let place = printable(&place);
    let title = diagnostic.title.replace(['\n', '\r'], " ");
    let title = printable(&title);
    let head = format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code.name);
    if !style.colour {
        return format!("{place}{head} {title}");
    }
    let colour = match diagnostic.severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::BrightBlue,
    };
    let ansi = Ansi::new().fg_color(Some(colour.into())).effects(Effects::BOLD);
    format!("{place}{ansi}{head}{ansi:#} {title}")
}
