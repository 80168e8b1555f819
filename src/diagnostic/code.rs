//! The stable name of a kind of finding, and its documentation page.

use super::Severity;

/// A kind of finding. Declared once, by the room that reports it, with [`codes!`](crate::codes);
/// never reused for another meaning.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Kebab-case, stable: `kql-keyword-in-text`.
    pub name: &'static str,
    /// The severity unless a diagnostic overrides it.
    pub severity: Severity,
    /// One line for listings.
    pub summary: &'static str,
    /// The page that `trailsmith explain CODE` prints, in Markdown: what it is, why it matters,
    /// what to write instead.
    pub page: &'static str,
}

/// A list of codes as one room declares them.
pub type Page = &'static [&'static Code];

/// Declares the codes of a room and `ALL`, the list of them.
///
/// ```
/// trailsmith::codes! {
///     /// What it is, why it matters and what to write instead: the page of the code.
///     pub EXAMPLE = warning "example-code": "one line for listings";
/// }
/// assert_eq!(EXAMPLE.name, "example-code");
/// assert_eq!(ALL.len(), 1);
/// ```
#[macro_export]
macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ pub $id:ident = $severity:ident $name:literal : $summary:literal; )+) => {
        $(
            $(#[doc = $doc])+
            pub static $id: $crate::diagnostic::Code = $crate::diagnostic::Code {
                name: $name,
                severity: $crate::codes!(@severity $severity),
                summary: $summary,
                page: concat!($($doc, "\n"),+),
            };
        )+
        /// Every code of this room, in the order of declaration.
        pub static ALL: $crate::diagnostic::Page = &[$(&$id),+];
    };
    (@severity error) => { $crate::diagnostic::Severity::Error };
    (@severity warning) => { $crate::diagnostic::Severity::Warning };
    (@severity info) => { $crate::diagnostic::Severity::Info };
}
