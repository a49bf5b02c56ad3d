//! A server with a limit, its clients, and the time between them, simulated.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use std::collections::BTreeMap;

use redox_auth_core::{Instant, Now, Pace, Paced, Started, Trouble, Turn};

use super::random::Random;

/// A limit like nginx's (`limit_req … burst=… nodelay`): requests fill a bucket that leaks at the rate. A request that
/// does not fit is refused.
pub(crate) struct Limit {
    per_sec: u64,
    burst: u64,
    /// The `Retry-After` of a refusal, in seconds.
    pub(crate) retry_after: Option<&'static str>,
    /// In thousandths of a request.
    excess: u64,
    at_ms: u64,
}

impl Limit {
    pub(crate) fn new(per_sec: u64, burst: u64) -> Self {
        Self {
            per_sec,
            burst,
            retry_after: None,
            excess: 0,
            at_ms: 0,
        }
    }

    fn lets_through(&mut self, now_ms: u64) -> bool {
        let leaked = (now_ms - self.at_ms) * self.per_sec;
        self.excess = self.excess.saturating_sub(leaked);
        self.at_ms = now_ms;
        let excess = self.excess + 1_000;
        if excess > (self.burst + 1) * 1_000 {
            return false;
        }
        self.excess = excess;
        true
    }
}

/// A program with a queue of messages and several jobs that send them.
pub(crate) struct Program {
    pub(crate) pace: Pace,
    jobs: usize,
    /// The number of messages in the queue.
    queue: usize,
    under_way: usize,
    wakes_at: u64,
    pub(crate) sent: u64,
    pub(crate) refused: u64,
    pub(crate) stopped: Option<Trouble>,
}

impl Program {
    pub(crate) fn new(pace: Pace, jobs: usize, messages: usize) -> Self {
        Self {
            pace,
            jobs,
            queue: messages,
            under_way: 0,
            wakes_at: 0,
            sent: 0,
            refused: 0,
            stopped: None,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.queue == 0 && self.under_way == 0
    }
}

/// The simulation: one server, several programs.
pub(crate) struct Limited {
    pub(crate) limit: Limit,
    pub(crate) programs: Vec<Program>,
    /// The longest transit time in both directions together, in milliseconds.
    pub(crate) way_ms: u64,
    /// From this moment on the limit has this rate.
    pub(crate) change: Option<(u64, u64)>,
    events: BTreeMap<(u64, u64), Event>,
    scheduled: u64,
    random: Random,
    /// The time of the first refusal.
    refused_ms: Option<u64>,
    /// The number of requests let through since then.
    through: u64,
    /// The number of requests that the limit has allowed since then, in thousandths.
    allowed: u64,
    counted_to_ms: u64,
    pub(crate) now_ms: u64,
}

enum Event {
    Wake(usize),
    Arrive(usize, Started, u64),
    Answer(usize, Started, bool),
}

impl Limited {
    pub(crate) fn new(limit: Limit, programs: Vec<Program>, seed: u64) -> Self {
        Self {
            limit,
            programs,
            way_ms: 20,
            change: None,
            events: BTreeMap::new(),
            scheduled: 0,
            random: Random::from_seed(seed),
            refused_ms: None,
            through: 0,
            allowed: 0,
            counted_to_ms: 0,
            now_ms: 0,
        }
    }

    /// Runs until every message is sent, or for at most this long.
    pub(crate) fn run(&mut self, most_ms: u64) {
        for program in 0..self.programs.len() {
            let at = self.chance(50);
            self.schedule(at, Event::Wake(program));
        }
        while let Some(((at, _), event)) = self.events.pop_first() {
            if at > most_ms || self.programs.iter().all(Program::is_done) {
                break;
            }
            self.pass(at);
            match event {
                Event::Wake(program) => self.work(program),
                Event::Arrive(program, started, way_ms) => {
                    let is_through = self.limit.lets_through(at);
                    match self.refused_ms {
                        Some(_) => self.through += u64::from(is_through),
                        None if !is_through => self.refused_ms = Some(at),
                        None => (),
                    }
                    self.schedule(at + way_ms, Event::Answer(program, started, is_through));
                }
                Event::Answer(program, started, is_through) => {
                    self.answer(program, started, is_through);
                    self.work(program);
                }
            }
        }
    }

    fn pass(&mut self, to_ms: u64) {
        self.now_ms = to_ms;
        if let Some((at_ms, per_sec)) = self.change
            && to_ms >= at_ms
        {
            self.limit.per_sec = per_sec;
            self.change = None;
        }
        if self.refused_ms.is_some() {
            self.allowed += (to_ms - self.counted_to_ms) * self.limit.per_sec;
        }
        self.counted_to_ms = to_ms;
    }

    /// Begins the requests that may begin.
    fn work(&mut self, index: usize) {
        let now = Instant::from_millis(self.now_ms);
        loop {
            let program = &mut self.programs[index];
            if program.queue == 0 || program.under_way == program.jobs {
                return;
            }
            match program.pace.next(now) {
                Turn::Begin => {
                    let started = program.pace.begin(now);
                    program.queue -= 1;
                    program.under_way += 1;
                    let there_ms = self.chance(self.way_ms / 2);
                    let back_ms = self.chance(self.way_ms / 2);
                    let at = self.now_ms + there_ms;
                    self.schedule(at, Event::Arrive(index, started, back_ms));
                }
                Turn::Wait { until } => {
                    let program = &mut self.programs[index];
                    if program.wakes_at <= self.now_ms || program.wakes_at > until.as_millis() {
                        // Timers fire late.
                        let at = until.as_millis() + self.chance(3);
                        self.programs[index].wakes_at = at;
                        self.schedule(at, Event::Wake(index));
                    }
                    return;
                }
                Turn::Stop { trouble, .. } => {
                    program.stopped = Some(trouble);
                    return;
                }
            }
        }
    }

    fn answer(&mut self, index: usize, started: Started, is_through: bool) {
        let program = &mut self.programs[index];
        let now = Now {
            instant: Instant::from_millis(self.now_ms),
            unix: None,
        };
        let answer = Paced::status(if is_through { 200 } else { 429 })
            .with_retry_after(self.limit.retry_after.map(str::as_bytes));
        program.under_way -= 1;
        match program.pace.answered(started, now, &answer) {
            None => program.sent += 1,
            Some(_) => {
                program.queue += 1;
                program.refused += 1;
            }
        }
    }

    fn schedule(&mut self, at_ms: u64, event: Event) {
        self.scheduled += 1;
        self.events.insert((at_ms, self.scheduled), event);
    }

    /// A number from 0 to `max`.
    fn chance(&mut self, max: u64) -> u64 {
        self.random.below(max + 1)
    }

    /// The used part of the limit since the burst, in thousandths.
    pub(crate) fn used(&self) -> u64 {
        self.through * 1_000_000 / self.allowed.max(1)
    }

    /// The number of refusals in a thousand requests.
    pub(crate) fn refused(&self) -> u64 {
        let refused: u64 = self.programs.iter().map(|it| it.refused).sum();
        let sent: u64 = self.programs.iter().map(|it| it.sent).sum();
        (refused * 1_000).div_ceil(refused + sent)
    }
}
