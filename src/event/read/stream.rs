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
    packed: Arc<AtomicU64>,
}

impl Stream {
    pub(super) fn open(input: &Input) -> io::Result<Stream> {
        let packed = Arc::new(AtomicU64::new(0));
        let raw: Box<dyn Read + Send> = match &input.from {
            Medium::File(path) => Box::new(File::open(path)?),
            Medium::Stdin => Box::new(io::stdin()),
            Medium::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        };
        let mut raw = Counted { inner: raw, count: Arc::clone(&packed) };
        let mut magic = Vec::with_capacity(2);
        (&mut raw).take(2).read_to_end(&mut magic)?;
        let gzip = magic == [0x1f, 0x8b];
        let whole = Cursor::new(magic).chain(raw);
        let reader: Box<dyn Read + Send> = if gzip {
            // A member may follow a member; deliveries are often joined with `cat`.
            Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 17, whole)))
        } else {
            Box::new(whole)
        };
        Ok(Stream { reader, packed })
    }

    /// Appends up to `count` bytes; what was read before an error is appended all the same.
    /// Returns whether there may be more.
    pub(super) fn fill(&mut self, buffer: &mut Vec<u8>, count: usize) -> io::Result<bool> {
        let read = (&mut self.reader).take(count as u64).read_to_end(buffer)?;
        Ok(read == count)
    }

    /// Bytes taken from the input so far, as they lie on disk.
    pub(super) fn packed(&self) -> u64 {
        self.packed.load(Ordering::Relaxed)
    }
}

struct Counted {
    inner: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
