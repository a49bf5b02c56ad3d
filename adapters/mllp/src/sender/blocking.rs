use embedded_io::{Error, Read, Write};

use super::Sender;
use crate::exchange::Step;
use crate::outcome::Outcome;

impl<T: Read + Write, N: FnMut() -> u64> Sender<'_, T, N> {
    /// Sends a message, and waits for its acknowledgment. `message` is a slice of its bytes, or a reader of them.
    pub fn send(&mut self, mut message: impl Read) -> Outcome<'_> {
        self.exchange.begin((self.now)());
        loop {
            match self.exchange.step() {
                Step::Fill(room) => match message.read(room) {
                    Ok(len) => self.exchange.filled(len, (self.now)()),
                    Err(error) => self.exchange.source_failed(error.kind()),
                },
                Step::Write(bytes) => match self.io.write(bytes) {
                    Ok(len) => self.exchange.written(len, (self.now)()),
                    Err(error) => self.failed(error.kind()),
                },
                Step::Flush => match self.io.flush() {
                    Ok(()) => self.exchange.flushed((self.now)()),
                    Err(error) => self.failed(error.kind()),
                },
                Step::Read(room) => match self.io.read(room) {
                    Ok(len) => self.exchange.received(len, (self.now)()),
                    Err(error) => self.failed(error.kind()),
                },
                Step::Done => break,
            }
        }
        self.outcome()
    }
}
