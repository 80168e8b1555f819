//! Searching strings many bytes at a time, and the words by which keys are compared.

use wide::u8x16;

/// The first byte at or after `at` that ends or interrupts a string: a quote, a backslash or a
/// control character. `bytes.len()` if there is none.
#[inline(always)]
pub(in crate::event) fn special(bytes: &[u8], at: usize) -> usize {
    // Most strings are shorter than one chunk, so that the loop nearly always ends in its first
    // round and the processor need not guess in which.
    let (chunks, tail) = bytes.get(at..).unwrap_or_default().as_chunks::<32>();
    let mut here = at;
    for chunk in chunks {
        let bits = special_bits(chunk);
        if bits != 0 {
            return here + bits.trailing_zeros() as usize;
        }
        here += 32;
    }
    let is_special = |byte: &u8| matches!(byte, 0..=0x1f | b'"' | b'\\');
    here + tail.iter().position(is_special).unwrap_or(tail.len())
}

/// A bit for each special byte.
#[inline(always)]
fn special_bits(chunk: &[u8; 32]) -> u32 {
    let (&[low, high], _) = chunk.as_chunks::<16>() else { return 0 };
    half(low) | half(high) << 16
}

#[inline(always)]
fn half(bytes: [u8; 16]) -> u32 {
    let bytes = u8x16::new(bytes);
    let control = bytes.min(u8x16::splat(0x1f)).simd_eq(bytes);
    let quote = bytes.simd_eq(u8x16::splat(b'"'));
    let backslash = bytes.simd_eq(u8x16::splat(b'\\'));
    (control | quote | backslash).to_bitmask()
}

/// What two keys of at most 16 bytes must share, beside their length, to be equal: the first eight
/// bytes and the last eight (the same again for keys of at most eight), zero-padded.
#[inline(always)]
pub(super) fn ends(bytes: &[u8], start: usize, end: usize) -> (u64, u64) {
    // No branch on the length, which no processor could predict: words that reach beyond a short
    // key are read all the same, and what is not the key's is masked or shifted out.
    let outside = 64 - 8 * (end - start).min(8) as u32;
    let first = bytes.get(start..).and_then(|rest| rest.first_chunk::<8>());
    let last = bytes.get(..end).and_then(|rest| rest.last_chunk::<8>());
    if let (Some(first), Some(last)) = (first, last) {
        let mask = u64::MAX.checked_shr(outside).unwrap_or(0);
        (u64::from_le_bytes(*first) & mask, u64::from_le_bytes(*last).checked_shr(outside).unwrap_or(0))
    } else {
        let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        let key = &bytes[start..end];
        (word(&key[..key.len().min(8)]), word(&key[key.len().saturating_sub(8)..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place() {
        for byte in 0..=255u8 {
            for place in 0..80 {
                let mut text = [0xe4u8; 80];
                text[place] = byte;
                let expected = if byte < 0x20 || byte == b'"' || byte == b'\\' { place } else { 80 };
                assert_eq!(special(&text, 0), expected, "{byte:#x} at {place}");
                assert_eq!(special(&text, place), expected, "{byte:#x} at {place}");
            }
        }
    }

    #[test]
    fn words_of_keys() {
        let text = b"abcdefghijk";
        for length in 0..=11 {
            let all = b"..abcdefghijk........";
            assert_eq!(ends(text, 0, length), ends(all, 2, 2 + length), "{length}");
            assert_eq!(ends(text, 0, length), ends(&text[..length], 0, length), "{length}");
        }
        assert_eq!(ends(text, 0, 8).0, ends(text, 0, 8).1);
        assert_ne!(ends(text, 0, 3), ends(text, 0, 4));
        assert_eq!(ends(b"eventName", 0, 9).0, u64::from_le_bytes(*b"eventNam"));
    }
}
