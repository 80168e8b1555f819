//! placeholder
use super::ast::Query;
use crate::Span;
/// x
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// x
    pub kind: TrapKind,
    /// x
    pub span: Span,
}
/// x
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrapKind {}
/// x
pub fn lints(_source: &str, _query: &Query) -> Vec<Trap> {
    Vec::new()
}
