//! Which events were counted already.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// A set of event ids, for counting an event once that is delivered several times.
///
/// Ask it where results are consumed, in the order of the input: then it is always the first
/// delivery that counts, whatever the number of threads. Keeps 16 bytes an event; two different ids
/// clash with a probability of 2^-128 a pair.
#[derive(Debug, Default)]
pub struct Seen {
    ids: HashSet<(u64, u64)>,
    hashers: (RandomState, RandomState),
}

impl Seen {
    /// Whether `event_id` comes for the first time. Events without an id are always new.
    pub fn is_new(&mut self, event_id: Option<&str>) -> bool {
        event_id.is_none_or(|id| self.ids.insert((self.hashers.0.hash_one(id), self.hashers.1.hash_one(id))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_each() {
        let mut seen = Seen::default();
        assert!(seen.is_new(Some("a")) && seen.is_new(Some("b")) && !seen.is_new(Some("a")));
        assert!(seen.is_new(None) && seen.is_new(None));
    }
}
