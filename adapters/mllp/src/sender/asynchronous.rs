use embedded_io::Error;
use embedded_io_async::{Read, Write};

use super::Sender;
use crate::exchange::Step;
use crate::outcome::Outcome;

impl<T: Read + Write, N: FnMut() -> u64> Sender<'_, T, N> {
    /// The same as [`send`](Self::send), awaited. A read may wait for ever: put the call into the executor's time-out, and call
    /// [`give_up`](Self::give_up) after the time-out has dropped it.
    pub async fn send_async(&mut self, mut message: impl Read) -> Outcome<'_> {
        self.exchange.begin((self.now)());
        loop {
            match self.exchange.step() {
                Step::Fill(room) => match message.read(room).await {
                    Ok(len) => self.exchange.filled(len, (self.now)()),
                    Err(error) => self.exchange.source_failed(error.kind()),
                },
                Step::Write(bytes) => match self.io.write(bytes).await {
                    Ok(len) => self.exchange.written(len, (self.now)()),
                    Err(error) => self.failed(error.kind()),
                },
                Step::Flush => match self.io.flush().await {
                    Ok(()) => self.exchange.flushed((self.now)()),
                    Err(error) => self.failed(error.kind()),
                },
                Step::Read(room) => match self.io.read(room).await {
                    Ok(len) => self.exchange.received(len, (self.now)()),
                    Err(error) => self.failed(error.kind()),
                },
                Step::Done => break,
            }
        }
        self.outcome()
    }
}
