//! Splunk's Search Processing Language, as far as detections on events need it.
//!
//! A search is a [`Pipeline`] of commands. What filters is read: `search` (whose `OR` binds
//! tighter than `AND`) and `where` (the reverse), with `eval`, `stats`, `rename`, `bin` and
//! `spath`; every other command is kept as name and text. [`parse()`] gives a [`Pipeline`], which prints itself
//! ([`std::fmt::Display`]) as text that reads back as the same tree.

mod ast;
mod context;
mod diagnose;
mod error;
mod lexer;
mod parse;
mod pieces;
mod print;
mod token;
mod trap;

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, missing_docs, unused_lifetimes)] // generated code
    grammar,
    "/spl/grammar.rs"
);

pub use ast::{
    Aggregation, Arg, ArithmeticOp, Assignment, Command, CommandKind, CompareOp, Eval, EvalKind, Literal,
    Macro, Name, Number, Pipeline, Renaming, Search, SearchKind, SearchOp, Stats, TermKind,
};
pub use error::{ErrorKind, SyntaxError};
pub use parse::parse;
pub use trap::{Trap, TrapKind, lints};
