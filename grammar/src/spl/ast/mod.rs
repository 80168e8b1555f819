//! The SPL syntax tree: a pipeline of commands, in which `search`, `where` and the few commands
//! that decide what a search means are read, and every other command is kept as its name and text.
//!
//! Trees are compared without spans, without parentheses that do not change the structure and
//! without quotation marks that change nothing, so that a printed and re-read tree equals the
//! original. Back ends build trees with the constructors; such nodes carry empty spans.

mod command;
mod eval;
mod search;

pub use command::{
    Aggregation, Arg, Assignment, Command, CommandKind, Macro, Name, Pipeline, Renaming, Stats,
};
pub use eval::{ArithmeticOp, CompareOp, Eval, EvalKind, Number};
pub use search::{Literal, Search, SearchKind, SearchOp, TermKind};
