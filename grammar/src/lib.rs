//! Lexers, grammars, syntax trees and printers of the query languages that trailsmith reads.
//!
//! One folder is one language. Each offers `parse`, a syntax tree in which every node knows its
//! [`Span`], an error type with one variant for each mistake worth a diagnostic of its own, a
//! printer whose output reads back as the same tree, and a list of traps: text that is valid but
//! probably does not say what its author meant.
//!
//! There is no meaning here: no fields, no events, no evaluation. Front ends lower these trees,
//! back ends build and print them.

mod error;
pub mod kql;
mod span;
pub mod spl;
pub mod threatstack;
mod trap;

pub use error::{ErrorKind, SyntaxError};
pub use span::Span;
pub use trap::{Trap, TrapKind};

/// How many brackets may be open at once, in every language.
///
/// Parsing is iterative, but whatever walks a tree later (printing, lowering, dropping) recurses.
/// The limit is enforced before a tree exists and lies below the smallest depth at which a debug
/// build with a 2 MiB stack was seen to overflow.
pub const MAX_DEPTH: usize = 200;
