//! Rule files → [`Rule`](crate::ir::Rule)s, one folder a format.
//!
//! [`load()`] finds files, recognises their format by content and reads what they hold; a good rule
//! beside a bad one is still read. Texts become [`tree::Tree`]s with spans, the format's folder
//! reads keys from them, [`lower`] gives queries their meaning. Knows no back end.

pub mod codes;
pub mod elastic;
pub mod elastic_toml;
pub mod kibana;
mod load;
pub mod lower;
pub mod reader;
pub mod splunk;
mod threat;
pub mod threat_stack;
pub mod trailsmith;
pub mod tree;

pub use load::{Loaded, Options, load, load_text};

pub use crate::ir::UNREADABLE;

/// `1 action is`, `2 actions are`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
