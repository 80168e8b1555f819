//! Positions in YAML: character counts to byte offsets, and tabs in indentation.

use std::sync::Arc;

use super::Tree;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::frontend::codes;

/// From the parser's character counts to byte offsets of the file.
pub(super) struct Offsets {
    /// Where the parsed text begins in the file.
    base: usize,
    /// Byte offset of every character; empty when all are one byte long.
    bytes: Vec<usize>,
    len: usize,
}

impl Offsets {
    pub(super) fn new(text: &str, base: usize) -> Self {
        let bytes =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Offsets { base, bytes, len: text.len() }
    }

    pub(super) fn byte(&self, character: usize) -> usize {
        let inner = if self.bytes.is_empty() {
            character.min(self.len)
        } else {
            self.bytes.get(character).copied().unwrap_or(self.len)
        };
        self.base + inner
    }
}

/// Tabs in the indentation of block lines: the parser lets them pass, other tools refuse the file
/// or see another structure (YAML 1.2.2 §6.1).
pub(super) fn tab_findings(source: &Arc<Source>, documents: &[Tree]) -> Vec<Diagnostic> {
    if !source.text().contains('\t') {
        return Vec::new();
    }
    let mut inside: Vec<Span> = Vec::new();
    for document in documents {
        document.for_each_text(&mut |span| inside.push(span));
        flow_spans(source, document, &mut inside);
    }
    inside.sort_unstable();
    let mut findings = Vec::new();
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let content = line[indent..].trim_end();
        let tab = line[..indent].find('\t').map(|at| start + at);
        start += line.len();
        let Some(at) = tab.filter(|_| !content.is_empty() && !content.starts_with('#')) else { continue };
        let before = inside.partition_point(|span| span.start <= at);
        // Spans of texts do not overlap; flow collections do, so look back over a few.
        if !inside[..before].iter().rev().take(64).any(|span| span.end > at) && findings.len() < 20 {
            let finding = Diagnostic::new(&codes::YAML_TAB, "a tab indents this line");
            findings.push(finding.at(source, Span::new(at, at + 1), "indent with spaces"));
        }
    }
    findings
}

fn flow_spans(source: &Source, tree: &Tree, spans: &mut Vec<Span>) {
    if tree.items().is_none() && tree.entries().is_none() {
        return;
    }
    if matches!(source.text().as_bytes().get(tree.span.start), Some(b'[' | b'{')) {
        spans.push(tree.span);
        return;
    }
    tree.items().unwrap_or_default().iter().for_each(|item| flow_spans(source, item, spans));
    tree.entries().unwrap_or_default().iter().for_each(|entry| flow_spans(source, &entry.value, spans));
}
