//! The shape of a trap, shared by all languages: text that is valid but probably does not say what
//! its author meant.

use crate::Span;

/// A suspicious place; `K` lists the traps of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap<K> {
    /// Which trap it is.
    pub kind: K,
    /// The suspicious text.
    pub span: Span,
    /// What to write in place of that text, if a mechanical rewrite exists.
    pub replacement: Option<String>,
}

/// What every language's trap enumeration can say about itself.
pub trait TrapKind {
    /// What the language does with the text, and what was probably meant.
    fn explain(&self) -> &'static str;

    /// A short stable name in kebab case, to build lint codes from.
    fn name(&self) -> &'static str;
}

impl<K: TrapKind> Trap<K> {
    pub(crate) fn new(kind: K, span: Span) -> Self {
        Self { kind, span, replacement: None }
    }

    pub(crate) fn with(kind: K, span: Span, replacement: impl Into<String>) -> Self {
        Self { kind, span, replacement: Some(replacement.into()) }
    }

    /// What the language does with the text, and what was probably meant.
    pub fn explain(&self) -> &'static str {
        self.kind.explain()
    }

    /// The text that says what was probably meant, to stand in place of [`Trap::span`].
    pub fn suggestion(&self) -> Option<String> {
        self.replacement.clone()
    }
}
