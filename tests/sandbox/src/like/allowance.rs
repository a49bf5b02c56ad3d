use jiff::Timestamp;

use crate::rules::{Limit, Objection, ObjectionKind};

/// The number of requests in the present span of time. Spans follow one another from 1970 on.
#[derive(Default)]
pub(crate) struct Allowance {
    span: i64,
    used: u32,
}

impl Allowance {
    /// Counts a request, or refuses it until the end of the span.
    pub(super) fn take(&mut self, limit: Limit, now: Timestamp) -> Result<(), Objection> {
        let span = now.as_second().div_euclid(i64::from(limit.secs.max(1)));
        if span != self.span {
            *self = Self { span, used: 0 };
        }
        if self.used >= limit.requests {
            let Limit { requests, secs } = limit;
            let text = format!("the server accepts {requests} token requests in {secs} s");
            return Err(Objection::new(ObjectionKind::TooMany, "", text));
        }
        self.used = self.used.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_its_requests_and_the_next_one_has_them_again() {
        let limit = Limit {
            requests: 2,
            secs: 60,
        };
        let mut allowance = Allowance::default();
        let mut taken = |second| {
            let now = Timestamp::from_second(second).unwrap();
            allowance.take(limit, now).is_ok()
        };
        for (second, is_taken) in [(60, true), (61, true), (119, false), (120, true)] {
            assert_eq!(taken(second), is_taken, "at {second} s");
        }
    }
}
