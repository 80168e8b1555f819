//! Reading the records of many inputs: files, folders and standard input, plain or gzip, in every
//! container that CloudTrail is delivered in, in constant memory and in parallel.
//!
//! [`Inputs::find`] lists what is to be read; [`read_blocks`] cuts every stream into [`Block`]s of
//! about a megabyte that hold whole records, hands them to workers and passes the results on in the
//! order of the input. What cannot be read is a [`Problem`] with file, offset and line, and the rest
//! is read all the same. What a record means is left to others: a worker sees its text and its
//! [`Layout`](super::Layout).

mod block;
pub mod codes;
mod container;
mod finding;
mod input;
mod kind;
mod pick;
mod pipeline;
mod report;
mod seen;
mod split;
mod stream;
mod structure;
#[cfg(test)]
mod tests;

pub use block::{Block, Record};
pub use input::{Input, Inputs};
pub use pick::{SelectError, select, unwrap_all};
pub use pipeline::{Progress, ReadOptions, read_blocks};
pub use report::{Problem, ProblemKind, Report, Skipped, Summary};
pub use seen::Seen;
