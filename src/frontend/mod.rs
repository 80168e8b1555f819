//! Rule files → [`Rule`](crate::ir::Rule)s, one folder a format.

pub mod codes;
pub mod lower;
pub mod tree;
