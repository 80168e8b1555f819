//! The Kibana Query Language, read exactly as Kibana reads it (not as Elasticsearch's own `kql`
//! query does, which differs in precedence, whitespace and value lists).
//!
//! [`parse`] gives a [`Query`], [`print()`] text that reads back as the same tree, [`lints`] the
//! places where KQL does something else than the author probably meant.

mod ast;
mod context;
mod diagnose;
mod error;
mod escape;
mod lexer;
mod literal;
mod print;
mod raw;
mod token;
mod trap;

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, missing_docs, unused_lifetimes)] // generated code
    grammar,
    "/kql/grammar.rs"
);

pub use ast::{Expr, ExprKind, Literal, LiteralKind, Query, RangeOp, Segment, ValueExpr, ValueKind};
pub use error::{ErrorKind, Keyword, SyntaxError};
pub use escape::{escape_quoted, escape_unquoted};
pub use print::{print, print_literal};
pub use trap::{Trap, TrapKind, lints};

/// Reads a query. A blank one is a [`Query`] without an expression.
///
/// # Errors
///
/// The first mistake, with its position. At most [`crate::MAX_DEPTH`] brackets may be open at
/// once.
pub fn parse(source: &str) -> Result<Query, SyntaxError> {
    let mut tokens = context::Tokens::new(source);
    match grammar::QueryParser::new().parse(&mut tokens) {
        Ok(expr) => Ok(Query { expr }),
        Err(error) => Err(diagnose::diagnose(error, &tokens)),
    }
}
