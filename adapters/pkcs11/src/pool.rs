use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use tokio::sync::oneshot;

/// Resources for a limited number of simultaneous callers. Others wait in order.
pub(crate) struct Pool<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    /// Existing idle resources.
    idle: Vec<T>,
    /// The number of further callers.
    free: usize,
    waiting: VecDeque<(u64, Waiter<T>)>,
    next_number: u64,
}

/// One place in the pool, until it is dropped.
pub(crate) struct Lease<T> {
    pool: Arc<Pool<T>>,
    /// `None` if the resource must be created, or was discarded.
    pub(crate) item: Option<T>,
    is_over: bool,
}

/// No place became free in time.
#[derive(Debug)]
pub(crate) struct Busy;

impl<T> Pool<T> {
    pub(crate) fn new(size: usize) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                idle: Vec::new(),
                free: size,
                waiting: VecDeque::new(),
                next_number: 0,
            }),
        })
    }

    /// A place. This thread waits at most that long.
    pub(crate) fn take(self: &Arc<Self>, limit: Duration) -> Result<Lease<T>, Busy> {
        // Room for one place, so that the sender never waits.
        let (sender, receiver) = mpsc::sync_channel(1);
        match self.ask(Waiter::Thread(sender)) {
            Ok(lease) => Ok(lease),
            Err(_place) => receiver.recv_timeout(limit).map_err(|_| Busy),
        }
    }

    /// A place. This task waits at most that long.
    pub(crate) async fn take_async(self: &Arc<Self>, limit: Duration) -> Result<Lease<T>, Busy> {
        let (sender, receiver) = oneshot::channel();
        match self.ask(Waiter::Task(sender)) {
            Ok(lease) => Ok(lease),
            Err(_place) => match tokio::time::timeout(limit, receiver).await {
                Ok(Ok(lease)) => Ok(lease),
                _ => Err(Busy),
            },
        }
    }

    /// Removes the idle resources. The next callers create new ones.
    pub(crate) fn take_idle(&self) -> Vec<T> {
        core::mem::take(&mut self.lock().idle)
    }

    /// A place at once, or one in the queue.
    fn ask(self: &Arc<Self>, waiter: Waiter<T>) -> Result<Lease<T>, Queued<'_, T>> {
        let mut state = self.lock();
        if let Some(free) = state.free.checked_sub(1) {
            state.free = free;
            let item = state.idle.pop();
            return Ok(Lease::new(self, item));
        }
        let number = state.next_number;
        state.next_number = number.wrapping_add(1);
        state.waiting.push_back((number, waiter));
        Err(Queued { pool: self, number })
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Lease<T> {
    fn new(pool: &Arc<Pool<T>>, item: Option<T>) -> Self {
        Self {
            pool: Arc::clone(pool),
            item,
            is_over: false,
        }
    }
}

impl<T> Drop for Lease<T> {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        let mut item = self.item.take();
        loop {
            let mut state = self.pool.lock();
            let Some((_, waiter)) = state.waiting.pop_front() else {
                state.idle.extend(item);
                state.free = state.free.saturating_add(1);
                return;
            };
            drop(state);
            match waiter.give(Self::new(&self.pool, item)) {
                Ok(()) => return,
                // The waiting caller has just left.
                Err(mut lease) => {
                    lease.is_over = true;
                    item = lease.item.take();
                }
            }
        }
    }
}

/// The waiting callers.
enum Waiter<T> {
    Thread(mpsc::SyncSender<Lease<T>>),
    Task(oneshot::Sender<Lease<T>>),
}

impl<T> Waiter<T> {
    fn give(self, lease: Lease<T>) -> Result<(), Lease<T>> {
        match self {
            Self::Thread(sender) => sender.send(lease).map_err(|error| error.0),
            Self::Task(sender) => sender.send(lease),
        }
    }
}

/// A place in the queue, which dropping leaves.
struct Queued<'p, T> {
    pool: &'p Pool<T>,
    number: u64,
}

impl<T> Drop for Queued<'_, T> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        state.waiting.retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;
    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn as_many_as_fit_get_a_place_and_the_next_is_told_so() {
        let pool = Pool::new(2);
        let mut first = pool.take(AT_ONCE).unwrap();
        let second = pool.take(AT_ONCE).unwrap();
        assert!(first.item.is_none() && second.item.is_none());
        assert!(pool.take(AT_ONCE).is_err());
        first.item = Some(7);
        drop(first);
        assert_eq!(pool.take(AT_ONCE).unwrap().item, Some(7));
        assert_eq!(pool.take_idle(), [7]);
        assert_eq!(pool.take(AT_ONCE).unwrap().item, None);
        assert!(pool.lock().waiting.is_empty());
    }

    #[tokio::test]
    async fn who_came_first_is_served_first_and_who_left_is_passed_over() {
        let pool = Pool::<Vec<usize>>::new(1);
        let lease = pool.take(AT_ONCE).unwrap();
        let mut waiting = Vec::new();
        for number in 0..4 {
            let task_pool = Arc::clone(&pool);
            let (done, is_done) = mpsc::channel();
            let wait = move || {
                let mut lease = task_pool.take(LONG).unwrap();
                let order = lease.item.get_or_insert_default();
                order.push(number);
                done.send(()).unwrap();
            };
            if number == 1 {
                // A task that gives up.
                let mut taking = Box::pin(pool.take_async(LONG));
                let first = core::future::poll_fn(|context| {
                    core::task::Poll::Ready(taking.as_mut().poll(context))
                });
                assert!(first.await.is_pending());
                assert_eq!(pool.lock().waiting.len(), 2);
                drop(taking);
                assert_eq!(pool.lock().waiting.len(), 1);
            }
            std::thread::spawn(wait);
            while pool.lock().waiting.len() <= number {
                std::thread::yield_now();
            }
            waiting.push(is_done);
        }
        drop(lease);
        for is_done in waiting {
            is_done.recv().unwrap();
        }
        let lease = pool.take_async(LONG).await.unwrap();
        assert_eq!(lease.item, Some(vec![0, 1, 2, 3]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_waits_for_as_long_as_it_was_told() {
        let pool = Pool::<()>::new(1);
        let lease = pool.take(AT_ONCE).unwrap();
        assert!(pool.take_async(LONG).await.is_err());
        drop(lease);
        assert!(pool.take_async(LONG).await.is_ok());
    }
}
