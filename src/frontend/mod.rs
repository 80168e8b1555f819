//! From the text of a rule file to [`Rule`](crate::ir::Rule)s, with an origin for every clause.
//!
//! One folder a rule format; [`lower`] turns query texts into predicates. Uses the grammar crate;
//! knows no back ends.

pub mod codes;
pub mod lower;
pub mod tree;
