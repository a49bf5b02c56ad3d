use core::future::poll_fn;
use core::task::Poll;
use core::time::Duration;
use std::io::{self, ErrorKind, Read as _};
use std::thread;
use std::time::Instant;

use socket2::SockRef;
use tokio::net::TcpStream;

/// Looks for an answer for a moment before the program sleeps until the answer comes. Where a receiver on the same machine or in
/// the same network answers within that moment, waking up would take longer than the answer.
///
/// A moment without an answer costs time. After each of them it looks less often.
#[derive(Default)]
pub(super) struct Early {
    /// The answers for which it does not look.
    skipped: u32,
    /// The same after the next moment without an answer.
    next: u32,
}

impl Early {
    /// The result of a read, if there is one within the moment. The caller's other work comes first.
    pub(super) async fn read(
        &mut self,
        stream: &TcpStream,
        room: &mut [u8],
    ) -> Option<io::Result<usize>> {
        if let Some(fewer) = self.skipped.checked_sub(1) {
            self.skipped = fewer;
            return None;
        }
        other_work().await;
        let socket = SockRef::from(stream);
        let start = Instant::now();
        loop {
            match (&*socket).read(room) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => {
                    self.next = 0;
                    return Some(result);
                }
            }
            if start.elapsed() >= MOMENT {
                break;
            }
            // The receiver may need this processor.
            thread::yield_now();
        }
        self.next = self.next.saturating_mul(2).clamp(1, MOST_SKIPPED);
        self.skipped = self.next;
        None
    }
}

/// Lets the caller do other work once.
async fn other_work() {
    let mut is_done = false;
    poll_fn(|context| {
        if is_done {
            return Poll::Ready(());
        }
        is_done = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A process of a virtual machine wakes up in about this time.
const MOMENT: Duration = Duration::from_micros(50);

const MOST_SKIPPED: u32 = 1024;

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap());
        let (ours, theirs) = tokio::join!(ours, listener.accept());
        (ours.unwrap(), theirs.unwrap().0)
    }

    #[tokio::test]
    async fn without_an_answer_it_looks_less_often_and_after_one_each_time() {
        let (ours, mut theirs) = pair().await;
        let mut early = Early::default();
        let mut room = [0; 8];
        for (looks, skipped) in [1, 2, 4].into_iter().enumerate() {
            assert!(early.read(&ours, &mut room).await.is_none());
            assert_eq!(early.skipped, skipped, "after {looks} moments");
            for _ in 0..skipped {
                assert!(early.read(&ours, &mut room).await.is_none());
            }
            assert_eq!(early.skipped, 0);
        }
        early.next = MOST_SKIPPED;
        assert!(early.read(&ours, &mut room).await.is_none());
        assert_eq!(early.skipped, MOST_SKIPPED);

        early.skipped = 0;
        theirs.write_all(b"answer").await.unwrap();
        ours.readable().await.unwrap();
        let len = early.read(&ours, &mut room).await.unwrap().unwrap();
        assert_eq!(room.get(..len), Some(&b"answer"[..]));
        assert_eq!((early.skipped, early.next), (0, 0));
        drop(theirs);
        ours.readable().await.unwrap();
        assert_eq!(early.read(&ours, &mut room).await.unwrap().unwrap(), 0);
    }
}
