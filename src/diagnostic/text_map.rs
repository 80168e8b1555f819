//! From an offset inside an embedded text to the offset in the file that holds it.
//!
//! A query stands inside a TOML string, a YAML block scalar or a JSON string; escapes, indentation
//! and trimmed line ends make the two texts differ. The front end that decodes the outer string
//! records the runs of bytes that are the same in both.

use super::Span;

/// A piecewise-linear map from inner to outer byte offsets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextMap {
    /// `(inner start, outer start, outer length)`, ascending in the first; a run reaches to the
    /// next one's start. Where inner and outer length differ (an escape), the run is indivisible.
    runs: Vec<(usize, usize, usize)>,
    inner_len: usize,
    outer_end: usize,
}

impl TextMap {
    /// A text that stands verbatim at `outer_start`.
    pub fn verbatim(outer_start: usize, len: usize) -> Self {
        let mut map = TextMap::default();
        map.push(len, outer_start, len);
        map
    }

    /// Appends `inner_len` bytes of inner text that stem from `outer_len` bytes at `outer_start`.
    pub fn push(&mut self, inner_len: usize, outer_start: usize, outer_len: usize) {
        let continues = self.runs.last().is_some_and(|&(inner, outer, len)| {
            let so_far = self.inner_len - inner;
            so_far == len && inner_len == outer_len && outer + len == outer_start
        });
        match self.runs.last_mut() {
            Some(last) if continues => last.2 += outer_len,
            _ => self.runs.push((self.inner_len, outer_start, outer_len)),
        }
        self.inner_len += inner_len;
        self.outer_end = outer_start + outer_len;
    }

    /// Length of the inner text in bytes.
    pub fn inner_len(&self) -> usize {
        self.inner_len
    }

    /// The outer offset of an inner one.
    pub fn offset(&self, inner: usize) -> usize {
        let Some(index) = self.runs.partition_point(|run| run.0 <= inner).checked_sub(1) else {
            return self.outer_end;
        };
        if inner >= self.inner_len {
            return self.outer_end;
        }
        let (start, outer, outer_len) = self.runs[index];
        let run_end = self.runs.get(index + 1).map_or(self.inner_len, |next| next.0);
        if run_end - start == outer_len { outer + (inner - start) } else { outer }
    }

    /// The outer span of an inner one; an empty inner span stays empty.
    pub fn span(&self, inner: Span) -> Span {
        let start = self.offset(inner.start);
        if inner.is_empty() {
            return Span::new(start, start);
        }
        // The end is taken from the last byte inside, so that a span never swallows what stands
        // between two runs (indentation, a closing quote).
        let last = inner.end - 1;
        let index = self.runs.partition_point(|run| run.0 <= last).saturating_sub(1);
        let Some(&(run_start, outer, outer_len)) = self.runs.get(index) else {
            return Span::new(start, start);
        };
        let run_end = self.runs.get(index + 1).map_or(self.inner_len, |next| next.0);
        let end = if run_end - run_start == outer_len {
            outer + (last - run_start).min(outer_len) + 1
        } else {
            outer + outer_len
        };
        Span::new(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_gaps_are_followed() {
        // outer: `"ab\ncd"` from offset 10; inner: "ab", newline, "cd".
        let mut map = TextMap::default();
        map.push(2, 11, 2);
        map.push(1, 13, 2);
        map.push(2, 15, 2);
        assert_eq!(map.span(Span::new(0, 2)), Span::new(11, 13));
        assert_eq!(map.span(Span::new(2, 3)), Span::new(13, 15));
        assert_eq!(map.span(Span::new(3, 5)), Span::new(15, 17));
        assert_eq!(map.span(Span::new(5, 5)), Span::new(17, 17));
        assert_eq!(map.offset(99), 17);
        assert_eq!(TextMap::default().span(Span::new(0, 0)), Span::new(0, 0));
    }
}
