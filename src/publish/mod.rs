//! What a rule pack shows to people who do not read its files: which tactics and techniques of MITRE
//! ATT&CK it covers and how well it is tested, as a table, as JSON, as a layer of the ATT&CK
//! Navigator and as one HTML page; and a Markdown page for each rule.
//!
//! Everything here is text made from rules and from the report of [`testing`](crate::testing). The
//! same input gives the same bytes: no clock, no machine, no order of a hash. Reading rules, running
//! fixtures and writing files are left to others.

pub mod html;
mod links;
pub mod navigator;
pub mod pages;
mod survey;
pub mod table;

pub use links::{Links, relative};
pub use survey::{Entry, Survey, Totals, Unplaced};

use crate::ir::{Detection, Rule};

/// The kind of a detection, as listings name it.
pub fn kind(rule: &Rule) -> &'static str {
    match rule.detection {
        Detection::Event(_) => "event",
        Detection::Threshold(_) => "threshold",
        Detection::NewTerms(_) => "new-terms",
        Detection::Opaque(_) => "opaque",
    }
}
