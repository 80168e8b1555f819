//! Searching strings many bytes at a time, and the words by which keys are compared.

/// The first byte at or after `at` that ends or interrupts a string: a quote, a backslash or a
/// control character. `bytes.len()` if there is none.
#[inline(always)]
pub(in crate::event) fn special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let bits = special_bits(u64::from_le_bytes(*chunk));
        if bits != 0 {
            return at + (bits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while at < bytes.len() && !matches!(bytes[at], 0..=0x1f | b'"' | b'\\') {
        at += 1;
    }
    at
}

/// The top bit of the first special byte of a word, possibly with more bits above it: subtracting
/// borrows only upwards, so that nothing below the first special byte is ever set.
#[inline(always)]
fn special_bits(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Flipping bit 1 swaps the quote (0x22) and the space (0x20): the quote joins the control
    // characters below 0x21, and one comparison finds them all.
    let below = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    (below | backslash) & !word & (ONES * 0x80)
}

/// What two keys of at most 16 bytes must share, beside their length, to be equal: the first eight
/// bytes and the last eight (the same again for keys of at most eight), zero-padded.
#[inline(always)]
pub(super) fn ends(bytes: &[u8], start: usize, end: usize) -> (u64, u64) {
    let length = end - start;
    if length >= 8 {
        (word(bytes, start), word(bytes, end - 8))
    } else if let Some(chunk) = bytes.get(start..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk) & ((1 << (8 * length)) - 1);
        (word, word)
    } else {
        let word = bytes[start..end].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        (word, word)
    }
}

#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255u8 {
            for place in 0..40 {
                let mut text = [0xe4u8; 40];
                text[place] = byte;
                let expected = if byte < 0x20 || byte == b'"' || byte == b'\\' { place } else { 40 };
                assert_eq!(special(&text, 0), expected, "{byte:#x} at {place}");
                let word = u64::from_le_bytes(text[place / 8 * 8..][..8].try_into().unwrap());
                let bits = special_bits(word);
                assert_eq!(bits != 0, expected < 40, "{byte:#x} at {place}");
                if bits != 0 {
                    assert_eq!(bits.trailing_zeros() as usize / 8, place % 8);
                }
            }
        }
    }

    #[test]
    fn words_of_keys() {
        let text = b"abcdefghijk";
        assert_eq!(ends(text, 0, 3), ends(b"abc", 0, 3));
        assert_eq!(ends(text, 0, 8).0, ends(text, 0, 8).1);
        assert_ne!(ends(text, 0, 3), ends(text, 0, 4));
        assert_eq!(ends(b"eventName", 0, 9).0, u64::from_le_bytes(*b"eventNam"));
    }
}
