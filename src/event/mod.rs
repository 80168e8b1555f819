//! Events: reading CloudTrail in every container it is delivered in, picking out the values that
//! rules read, and turning raw records into the ECS documents that Elastic's AWS integration indexes.
//!
//! Knows no rules: it is told which paths to extract.

mod layout;
mod leaf;
pub mod normalize;
mod projection;
mod read;

pub use layout::Layout;
pub use leaf::Leaf;
pub use projection::{JsonError, Projection, Slots, Values};
pub use read::{
    Block, Input, Inputs, Problem, ProblemKind, Progress, ReadOptions, Record, Report, Seen, SelectError,
    Skipped, Summary, codes, read_blocks, select, unwrap_all,
};
