//! Finding a key among the keys that matter at one place of a record.
//!
//! One open-addressing table a trie node, all in one vector. A cell is decided by length, first and
//! last eight bytes; only keys longer than 16 bytes are compared in full. (Fewer bytes would not
//! do: `eventName` and `eventType` share length, first, middle and last byte.)

use super::words::ends;

/// Where one node's table lies, and how it hashes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    base: u32,
    mask: u32,
    multiplier: u64,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    first: u64,
    last: u64,
    length: u32,
    /// Offset of the key in the text of all keys.
    text: u32,
    /// Number of the entry, [`EMPTY`] in a free cell.
    entry: u32,
}

const EMPTY: u32 = u32::MAX;
const FREE: Cell = Cell { first: 0, last: 0, length: u32::MAX, text: 0, entry: EMPTY };

/// The tables of all nodes.
#[derive(Debug, Default)]
pub(super) struct Keys {
    cells: Vec<Cell>,
    text: Vec<u8>,
}

impl Table {
    #[inline(always)]
    fn hash(self, first: u64, last: u64, length: u32) -> u32 {
        let mixed = (first ^ last.rotate_left(23) ^ u64::from(length)).wrapping_mul(self.multiplier);
        (mixed >> 40) as u32
    }
}

impl Keys {
    /// Adds the table of one node. Each key comes with the number of its entry; no key twice.
    pub(super) fn add(&mut self, keys: &[(&str, u32)]) -> Table {
        let size = (keys.len() * 3 + 1).next_power_of_two();
        let base = self.cells.len() as u32;
        let cells: Vec<Cell> = keys
            .iter()
            .map(|&(key, entry)| {
                let (first, last) = ends(key.as_bytes(), 0, key.len());
                let text = self.text.len() as u32;
                self.text.extend_from_slice(key.as_bytes());
                Cell { first, last, length: key.len() as u32, text, entry }
            })
            .collect();
        // Any multiplier works, for a clash only costs a step; a few are tried to find a good one.
        let mut best = (usize::MAX, Vec::new(), 0);
        let mut multiplier = 0x9e37_79b9_7f4a_7c15u64;
        for _ in 0..if keys.len() > 1 { 32 } else { 1 } {
            let table = Table { base, mask: size as u32 - 1, multiplier };
            let (steps, placed) = place(&cells, table, size);
            if steps < best.0 {
                best = (steps, placed, multiplier);
            }
            multiplier = multiplier.wrapping_mul(0xd134_2543_de82_ef95) | 1;
        }
        self.cells.extend(best.1);
        Table { base, mask: size as u32 - 1, multiplier: best.2 }
    }

    /// The entry of the key that stands in `bytes[start..end]`.
    #[inline(always)]
    pub(super) fn find(&self, table: Table, bytes: &[u8], start: usize, end: usize) -> Option<u32> {
        let (first, last) = ends(bytes, start, end);
        let length = (end - start) as u32;
        let mut at = table.hash(first, last, length);
        loop {
            let cell = &self.cells[(table.base + (at & table.mask)) as usize];
            if cell.first == first && cell.last == last && cell.length == length {
                let whole = length <= 16 || {
                    let text = cell.text as usize;
                    self.text[text..text + length as usize] == bytes[start..end]
                };
                if whole {
                    return Some(cell.entry);
                }
            }
            // At most a third of the cells is taken, so that a free one ends every search.
            if cell.entry == EMPTY {
                return None;
            }
            at = at.wrapping_add(1);
        }
    }
}

/// Puts the cells into a fresh table: number of extra steps that finding them all takes.
fn place(cells: &[Cell], table: Table, size: usize) -> (usize, Vec<Cell>) {
    let mut placed = vec![FREE; size];
    let mut steps = 0;
    for cell in cells {
        let mut at = table.hash(cell.first, cell.last, cell.length) & table.mask;
        while placed[at as usize].entry != EMPTY {
            at = (at + 1) & table.mask;
            steps += 1;
        }
        placed[at as usize] = *cell;
    }
    (steps, placed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookalikes_are_told_apart() {
        let words =
            ["", "a", "eventName", "eventType", "eventTime", "additionalEventDataA", "additionalEventDbtaA"];
        let mut keys = Keys::default();
        keys.add(&[("other", 99)]);
        let numbered: Vec<(&str, u32)> = words.iter().zip(0..).map(|(&word, n)| (word, n)).collect();
        let table = keys.add(&numbered);
        let empty = keys.add(&[]);
        for (word, n) in numbered {
            assert_eq!(keys.find(table, word.as_bytes(), 0, word.len()), Some(n));
            assert_eq!(keys.find(empty, word.as_bytes(), 0, word.len()), None);
        }
        for word in ["other", "eventname", "event", "additionalEventDctaA"] {
            assert_eq!(keys.find(table, word.as_bytes(), 0, word.len()), None);
        }
    }
}
