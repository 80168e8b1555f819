//! Many inputs, several threads, results in the order of the input.
//!
//! There is no reader thread and no queue of blocks. Every thread takes the earliest input that no
//! one is reading, cuts the next block from it, puts it back and works on that block. So reading
//! one block overlaps with working on another, files are unpacked in parallel, and there are never
//! more blocks than threads. The caller's thread takes the results and puts them in order; a thread
//! that is too far ahead of the earliest input waits.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};

use super::block::Block;
use super::input::Inputs;
use super::report::{Report, Summary};
use super::split::Splitter;

/// How to read.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Bytes of one record, or line, at most; larger ones are skipped without keeping them.
    pub max_record: usize,
    /// Unpacked bytes read at a time.
    pub block: usize,
    /// Threads that read and work; with 1 everything happens on the caller's thread.
    pub threads: usize,
}

impl Default for ReadOptions {
    /// 64 MB a record, one thread, and blocks of 256 KB: all passes over one find it in the cache.
    fn default() -> Self {
        ReadOptions { max_record: 64 << 20, block: 1 << 18, threads: 1 }
    }
}

/// How far reading has come, in bytes as they lie on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes whose results have been consumed.
    pub done: u64,
    /// Bytes of all inputs; `None` with standard input.
    pub total: Option<u64>,
}

/// Reads all inputs: `start` makes a worker for each thread, a worker turns a block into a result,
/// and `consume` takes the results on the caller's thread, in the order of the input whatever the
/// number of threads. Returns the counts and problems of the whole run.
///
/// # Panics
/// If a worker panics.
pub fn read_blocks<T, W>(
    inputs: &Inputs,
    options: &ReadOptions,
    start: impl Fn() -> W + Sync,
    mut consume: impl FnMut(T, Progress),
) -> Summary
where
    T: Send,
    W: FnMut(&mut Block) -> T,
{
    let mut summary = Summary::default();
    inputs.problems.iter().for_each(|problem| summary.add(problem.clone()));
    let mut progress = Progress { done: 0, total: inputs.total };
    let mut take = |done: Done<T>| {
        summary.append(done.report);
        progress.done += done.packed;
        consume(done.result, progress);
    };
    if options.threads <= 1 {
        let mut work = start();
        let mut spare = Vec::new();
        for input in &inputs.list {
            let mut splitter = Splitter::new(input);
            while let Some(mut block) = splitter.next(input, options, std::mem::take(&mut spare)) {
                let result = work(&mut block);
                spare = std::mem::take(&mut block.data);
                take(Done { result, report: block.report, packed: block.packed });
            }
        }
        return summary;
    }
    let shared = Shared::new(inputs, options);
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..options.threads {
            let (sender, shared, start) = (sender.clone(), &shared, &start);
            scope.spawn(move || shared.work(start(), &sender));
        }
        drop(sender);
        shared.in_order(&receiver, &mut take);
    });
    summary
}

/// What becomes of a block.
struct Done<T> {
    result: T,
    report: Report,
    packed: u64,
}

/// A block's result, or the end of an input after that many blocks.
enum Message<T> {
    Block(usize, u64, Done<T>),
    End(usize, u64),
}

struct Shared<'i> {
    inputs: &'i Inputs,
    options: &'i ReadOptions,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// Inputs that no thread is reading right now, with the number of their next block.
    idle: BTreeMap<usize, (Splitter, u64)>,
    /// The next input to be opened.
    next: usize,
    /// The earliest input that is not consumed to its end.
    head: usize,
    /// Blocks taken of later inputs, and not consumed yet.
    ahead: usize,
    spare: Vec<Vec<u8>>,
    /// The consumer has gone (it panicked): nothing more needs doing.
    stopped: bool,
}

impl<'i> Shared<'i> {
    fn new(inputs: &'i Inputs, options: &'i ReadOptions) -> Self {
        let state =
            State { idle: BTreeMap::new(), next: 0, head: 0, ahead: 0, spare: Vec::new(), stopped: false };
        Shared { inputs, options, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// A panic elsewhere ends the run through the scope; the state itself stays sound.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The loop of one thread.
    fn work<T>(&self, mut work: impl FnMut(&mut Block) -> T, sender: &mpsc::Sender<Message<T>>) {
        let guard = StopOnPanic(self);
        while let Some((input, mut splitter, number, spare)) = self.claim() {
            let Some(mut block) = splitter.next(&self.inputs.list[input], self.options, spare) else {
                // Nobody receives only when the caller has panicked.
                let _ = sender.send(Message::End(input, number));
                self.changed.notify_all();
                continue;
            };
            self.lock().idle.insert(input, (splitter, number + 1));
            self.changed.notify_all();
            let result = work(&mut block);
            let data = std::mem::take(&mut block.data);
            // A buffer that had to grow for one huge record is not kept.
            if data.capacity() <= 4 * self.options.block {
                self.lock().spare.push(data);
            }
            let done = Done { result, report: block.report, packed: block.packed };
            if sender.send(Message::Block(input, number, done)).is_err() {
                break;
            }
        }
        std::mem::forget(guard);
    }

    /// Waits for an input to read from; `None` when all are read.
    fn claim(&self) -> Option<(usize, Splitter, u64, Vec<u8>)> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            let early = state.idle.keys().next().copied();
            let input = early.unwrap_or(state.next);
            let allowed = input == state.head || state.ahead < 4 * self.options.threads;
            if input < self.inputs.list.len() && allowed {
                let (splitter, number) = match state.idle.remove(&input) {
                    Some(claimed) => claimed,
                    None => {
                        state.next += 1;
                        (Splitter::new(&self.inputs.list[input]), 0)
                    }
                };
                state.ahead += usize::from(input != state.head);
                let spare = state.spare.pop().unwrap_or_default();
                return Some((input, splitter, number, spare));
            }
            if state.head >= self.inputs.list.len() {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes the results, and passes them on in order.
    fn in_order<T>(&self, receiver: &mpsc::Receiver<Message<T>>, take: &mut impl FnMut(Done<T>)) {
        let guard = StopOnPanic(self);
        let mut waiting: BTreeMap<(usize, u64), Done<T>> = BTreeMap::new();
        let mut ends: BTreeMap<usize, u64> = BTreeMap::new();
        let mut next = (0, 0);
        for message in receiver {
            match message {
                Message::Block(input, number, done) => drop(waiting.insert((input, number), done)),
                Message::End(input, blocks) => drop(ends.insert(input, blocks)),
            }
            loop {
                if let Some(done) = waiting.remove(&next) {
                    take(done);
                    next.1 += 1;
                } else if ends.get(&next.0) == Some(&next.1) {
                    next = (next.0 + 1, 0);
                } else {
                    break;
                }
            }
            let mut state = self.lock();
            state.head = next.0;
            state.ahead = waiting.keys().filter(|key| key.0 != next.0).count();
            drop(state);
            self.changed.notify_all();
        }
        std::mem::forget(guard);
    }
}

/// Wakes the other threads up when one unwinds, so that none waits for it for ever.
struct StopOnPanic<'s, 'i>(&'s Shared<'i>);

impl Drop for StopOnPanic<'_, '_> {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.changed.notify_all();
    }
}
