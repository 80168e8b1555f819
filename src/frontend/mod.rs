//! From the text of a rule file to [`Rule`](crate::ir::Rule)s, with an origin for every clause.
//!
//! One folder a rule format; [`lower`] turns query texts into predicates. Uses the grammar crate;
//! knows no back ends.

pub mod codes;
pub mod elastic;
pub mod elastic_toml;
pub mod kibana;
pub mod lower;
pub mod reader;
pub mod tree;

/// `1 action is`, `2 actions are`.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
