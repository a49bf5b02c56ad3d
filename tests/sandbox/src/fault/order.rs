use std::collections::VecDeque;

use jiff::Timestamp;

use super::{Fault, Mix, Place, answer};
use crate::counters::count;
use crate::exchange::{Request, Response};
use crate::{Sandbox, grant};

/// A fault to cause, its place and its number of answers, parsed from text.
///
/// [`GRAMMAR`](Self::GRAMMAR) describes the text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FaultOrder {
    pub(super) place: Place,
    pub(super) what: What,
    pub(super) times: Times,
}

/// How many answers a fault changes.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Times {
    /// This many answers, and then no more.
    Next(u32),
    /// Every answer, until cleared.
    UntilCleared,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum What {
    Nothing,
    Fault(Fault),
    Mix(Mix),
}

impl FaultOrder {
    pub(super) const fn new(place: Place, what: What, times: Times) -> Self {
        Self { place, what, times }
    }
}

impl Sandbox {
    /// Orders `fault` for `place`, after all earlier orders for this place.
    ///
    /// Later orders wait for a fault that lasts until cleared.
    ///
    /// ```
    /// use redox_auth_sandbox::jiff::Timestamp;
    /// use redox_auth_sandbox::{Fault, Place, Request, RetryAfter, Sandbox, Times};
    ///
    /// let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
    /// sandbox.inject(Place::Token, Fault::TooManyRequests(RetryAfter::Secs(3)), Times::Next(1));
    /// let request = Request::form("/v2/auth/token", &[]);
    /// let statuses = [0, 1].map(|second| {
    ///     let now = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    ///     sandbox.handle(now, &request).status.as_u16()
    /// });
    /// assert_eq!(statuses, [429, 400]);
    /// ```
    pub fn inject(&mut self, place: Place, fault: Fault, times: Times) {
        self.order(FaultOrder::new(place, What::Fault(fault), times));
    }

    /// Leaves this many answers at `place` unchanged, between the earlier and the later orders.
    ///
    /// A test can therefore order a whole sequence of events before it begins.
    pub fn spare(&mut self, place: Place, answers: u32) {
        self.order(FaultOrder::new(place, What::Nothing, Times::Next(answers)));
    }

    /// Orders random faults for `place`, after all earlier orders for this place.
    ///
    /// `times` also counts unchanged answers. Mixes with the same seed choose the same faults.
    ///
    /// ```
    /// use redox_auth_sandbox::jiff::Timestamp;
    /// use redox_auth_sandbox::{Mix, Place, Request, Sandbox, Times};
    ///
    /// let run = |seed| {
    ///     let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
    ///     sandbox.inject_mix(Place::Token, Mix::new(seed), Times::UntilCleared);
    ///     let request = Request::form("/v2/auth/token", &[]);
    ///     [(); 20].map(|()| sandbox.handle(Timestamp::UNIX_EPOCH, &request))
    /// };
    /// assert_eq!(run(1), run(1));
    /// assert_ne!(run(1), run(2));
    /// ```
    pub fn inject_mix(&mut self, place: Place, mix: Mix, times: Times) {
        self.order(FaultOrder::new(place, What::Mix(mix), times));
    }

    /// Orders the fault of a text, after all earlier orders for its place.
    ///
    /// ```
    /// # let mut sandbox = redox_auth_sandbox::Sandbox::new("http://sandbox.example", [7; 32]);
    /// sandbox.order("token:429:retry-after=3:times=2".parse()?);
    /// sandbox.order("api:latency=500ms".parse()?);
    /// # Ok::<(), redox_auth_sandbox::ParseFaultError>(())
    /// ```
    pub fn order(&mut self, order: FaultOrder) {
        self.faults.push(order);
    }

    /// The waiting and unfinished faults in the order of their calls, each with a number to clear it.
    pub fn faults(&self) -> impl Iterator<Item = (u64, &FaultOrder)> {
        let waiting = self.faults.queue.iter();
        let waiting = waiting.filter(|(_, order)| order.times != Times::Next(0));
        waiting.map(|(number, order)| (*number, order))
    }

    /// Clears the fault with this number; `false` if it has finished already, or was cleared.
    pub fn clear_fault(&mut self, number: u64) -> bool {
        let queue = &mut self.faults.queue;
        let at = queue.iter().position(|(own, order)| {
            let is_due = order.times != Times::Next(0);
            *own == number && is_due
        });
        at.and_then(|at| queue.remove(at)).is_some()
    }

    /// Clears every waiting and unfinished fault.
    pub fn clear_faults(&mut self) {
        self.faults.queue.clear();
    }

    /// Answers a request from the rules, from a fault in their place, or from both.
    pub(crate) fn answer(&mut self, now: Timestamp, request: &Request) -> Response {
        let place = Place::of(&request.path, self.token_path());
        self.faults.struck = None;
        let Some(fault) = place.and_then(|place| self.faults.next(place)) else {
            return self.truth(now, request);
        };
        count(&mut self.counters.faults);
        if let (Fault::Revoked, Some((_, token))) = (&fault, grant::token(request)) {
            self.revoke_token(token);
        }
        let response = match answer::in_place(&fault, now, place) {
            Some(response) => response.dated(now).reason(IN_PLACE),
            None => answer::damaged(&fault, now, &request.method, self.truth(now, request)),
        };
        self.faults.struck = Some(fault);
        response
    }

    fn truth(&mut self, now: Timestamp, request: &Request) -> Response {
        self.route(now, request).dated(now)
    }
}

/// The reason in a fault's answer in place of the rules.
pub(crate) const IN_PLACE: &str = "a fault that was ordered";

/// The waiting faults in the order of their calls, each with its number.
#[derive(Default)]
pub(crate) struct Faults {
    queue: VecDeque<(u64, FaultOrder)>,
    ordered: u64,
    /// The fault of the latest answer.
    pub(crate) struck: Option<Fault>,
}

impl Faults {
    fn push(&mut self, order: FaultOrder) {
        self.ordered = self.ordered.wrapping_add(1);
        self.queue.push_back((self.ordered, order));
    }

    fn next(&mut self, place: Place) -> Option<Fault> {
        self.queue
            .retain(|(_, ordered)| ordered.times != Times::Next(0));
        let mut waiting = self.queue.iter_mut().map(|(_, ordered)| ordered);
        let ordered = waiting.find(|ordered| ordered.place == place)?;
        if let Times::Next(left) = &mut ordered.times {
            *left = left.saturating_sub(1);
        }
        match &mut ordered.what {
            What::Nothing => None,
            What::Fault(fault) => Some(fault.clone()),
            What::Mix(mix) => mix.draw(),
        }
    }
}
