use core::hint::black_box;

use board::show;
use redox_auth_core::{Instant, Now, Pace, Paced, Rate, Turn, UnixTime};

/// Bursts, refusals of both kinds, pauses, and a stop.
pub(crate) fn all() -> Option<()> {
    let mut pace = Pace::new(black_box(7));
    let mut limited = Pace::new(black_box(8)).at_most(Rate::per_min(black_box(300)));
    let mut millis = black_box(1_000_u64);
    for number in 0..black_box(200_u64) {
        for pace in [&mut pace, &mut limited] {
            let now = Now {
                instant: Instant::from_millis(millis),
                unix: black_box(Some(UnixTime::from_secs(1_800_000_000))),
            };
            let started = pace.begin(now.instant);
            let status = match number {
                40 | 80 | 81 => 429,
                120..=150 => 502,
                _ => 200,
            };
            let answer = Paced::status(black_box(status))
                .with_retry_after(black_box(
                    (number == 80).then_some(&b"Fri, 15 Jan 2027 08:00:03 GMT"[..]),
                ))
                .with_date(black_box(Some(&b"Fri, 15 Jan 2027 08:00:00 GMT"[..])))
                .with_page(black_box(false));
            if let Some(trouble) = pace.answered(started, now, &answer) {
                show(&trouble)?;
            }
            if let Turn::Wait { until } | Turn::Stop { until, .. } = pace.next(now.instant) {
                millis = millis.max(until.as_millis());
            }
            show(&pace.rate().unwrap_or(Rate::per_sec(1)))?;
        }
        millis = millis.saturating_add(black_box(25));
    }
    (limited.rate() <= Some(Rate::per_min(300))).then_some(())
}
