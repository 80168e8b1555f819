//! Opening an input: plain or gzip by its first bytes, with a count of what was taken from disk.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::input::{Input, Medium};

/// An input as a stream of unpacked bytes.
pub(super) struct Stream {
    reader: Box<dyn Read + Send>,
    packed: Packed,
}

/// Bytes taken from disk.
enum Packed {
    /// As many as were handed on.
    Plain(u64),
    /// Counted below the decompressor.
    Gzip(Arc<AtomicU64>),
}

impl Stream {
    pub(super) fn open(input: &Input) -> io::Result<Stream> {
        let mut raw: Box<dyn Read + Send> = match &input.from {
            Medium::File(path) => Box::new(File::open(path)?),
            Medium::Stdin => Box::new(io::stdin()),
            Medium::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        };
        let mut magic = Vec::with_capacity(2);
        (&mut raw).take(2).read_to_end(&mut magic)?;
        let gzip = magic == [0x1f, 0x8b];
        let whole = Cursor::new(magic).chain(raw);
        if !gzip {
            // Nothing stands between the file and the buffer, so it is filled without being cleared.
            return Ok(Stream { reader: Box::new(whole), packed: Packed::Plain(0) });
        }
        let count = Arc::new(AtomicU64::new(0));
        let counted = Counted { inner: whole, count: Arc::clone(&count) };
        // A member may follow a member; deliveries are often joined with `cat`.
        let reader = Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 17, counted)));
        Ok(Stream { reader, packed: Packed::Gzip(count) })
    }

    /// Appends up to `count` bytes; what was read before an error is appended all the same.
    /// Returns whether there may be more.
    pub(super) fn fill(&mut self, buffer: &mut Vec<u8>, count: usize) -> io::Result<bool> {
        let before = buffer.len();
        let read = (&mut self.reader).take(count as u64).read_to_end(buffer);
        if let Packed::Plain(packed) = &mut self.packed {
            *packed += (buffer.len() - before) as u64;
        }
        Ok(read? == count)
    }

    /// Bytes taken from the input so far, as they lie on disk.
    pub(super) fn packed(&self) -> u64 {
        match &self.packed {
            Packed::Plain(bytes) => *bytes,
            Packed::Gzip(bytes) => bytes.load(Ordering::Relaxed),
        }
    }
}

struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
