//! What a name means at a place in the pipeline: a field of the record, or what a command before
//! made of it.

use std::collections::{HashMap, HashSet};

use super::value::{Alternative, Leaf, always};
use super::{Problem, Result, codes, field};
use crate::ir::FieldType;

/// The names at one place of the pipeline.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    bindings: HashMap<String, Result<Vec<Alternative>>>,
    /// Commands that may have made any name but those of the record.
    makers: Option<Problem>,
    /// A command that may have changed every name.
    changed: Option<Problem>,
    /// Names whose missing values got a value, with what they were before.
    filled: HashMap<String, Vec<Alternative>>,
    /// The only names that are left.
    kept: Option<HashSet<String>>,
}

impl Scope {
    /// What a name means.
    pub(super) fn value(&self, name: &str, span: trailsmith_grammar::Span) -> Result<Vec<Alternative>> {
        if let Some(binding) = self.bindings.get(name) {
            return binding.clone().map_err(|problem| Problem { span, ..problem });
        }
        if let Some(problem) = &self.changed {
            return Err(Problem { span, ..problem.clone() });
        }
        if self.kept.as_ref().is_some_and(|kept| !kept.contains(name)) {
            return Ok(always(Leaf::Null));
        }
        if matches!(name, "_raw" | "_time" | "_indextime" | "_cd" | "_bkt") {
            let title = format!("`{name}` is not a field of the record");
            return Err(Problem::new(&codes::SPL_NOT_IN_RECORD, title, span));
        }
        let leaf = field::leaf(name);
        match (&leaf, &self.makers) {
            (Leaf::Field(field, _), Some(problem)) if field.ty == FieldType::Unknown => {
                Err(Problem { span, ..problem.clone() })
            }
            _ => Ok(always(leaf)),
        }
    }

    /// Gives a name a meaning.
    pub(super) fn bind(&mut self, name: &str, value: Result<Vec<Alternative>>) {
        if let Some(kept) = &mut self.kept {
            kept.insert(name.to_owned());
        }
        self.filled.remove(name);
        self.bindings.insert(name.to_owned(), value);
    }

    /// Moves a name.
    pub(super) fn rename(&mut self, from: &str, to: &str, span: trailsmith_grammar::Span) {
        if from.contains('*') || to.contains('*') {
            let title = "the field was renamed by a pattern, so its name here is not known";
            self.change_all(Problem::new(&codes::SPL_COMPUTED_FIELD, title, span));
            return;
        }
        let value = self.value(from, span);
        self.bind(from, Ok(always(Leaf::Null)));
        self.bind(to, value);
    }

    /// A command that makes names which are not known, and changes those that its text holds.
    pub(super) fn make(&mut self, command: &str, text: &str, span: trailsmith_grammar::Span) {
        let problem = computed(command, span);
        let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '{' | '}')));
        for word in words.filter(|word| !word.is_empty()) {
            self.filled.remove(word);
            self.bindings.insert(word.to_owned(), Err(problem.clone()));
        }
        self.makers = Some(problem);
    }

    /// `fillnull` on these names: as keys of groups they are what they were, and never missing.
    pub(super) fn fill(&mut self, names: &[&str], span: trailsmith_grammar::Span) {
        for name in names {
            if let Ok(value) = self.value(name, span) {
                self.filled.insert((*name).to_owned(), value);
            }
            self.bindings.insert((*name).to_owned(), Err(computed("fillnull", span)));
        }
    }

    /// What a name that was filled stood for before.
    pub(super) fn filled(&self, name: &str) -> Option<&[Alternative]> {
        self.filled.get(name).map(Vec::as_slice)
    }

    /// A command that may have changed anything.
    pub(super) fn change_all(&mut self, problem: Problem) {
        self.bindings.clear();
        self.filled.clear();
        self.changed = Some(problem);
    }

    /// Keeps these names only.
    pub(super) fn keep(&mut self, names: HashSet<String>) {
        self.bindings.retain(|name, _| names.contains(name));
        self.filled.retain(|name, _| names.contains(name));
        self.kept = Some(names);
    }
}

/// The problem of a field that a command computes.
pub(super) fn computed(command: &str, span: trailsmith_grammar::Span) -> Problem {
    let title = format!("the filter needs what `{command}` computes, which is not followed");
    Problem::new(&codes::SPL_COMPUTED_FIELD, title, span)
}
