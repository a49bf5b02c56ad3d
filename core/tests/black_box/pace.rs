//! The effect of each answer on the pace.

use proptest::prelude::*;
use redox_auth_core::{Instant, Now, Pace, Paced, Rate, Trouble, Turn, UnixTime};

const START_MS: u64 = 5_000_000;

/// 2027-01-15T08:00:00Z.
const UNIX: UnixTime = UnixTime::from_secs(1_800_000_000);

fn at(millis: u64) -> Now {
    Now {
        instant: Instant::from_millis(START_MS.saturating_add(millis)),
        unix: Some(UNIX),
    }
}

/// The milliseconds until the next request may begin.
fn wait(pace: &Pace, millis: u64) -> u64 {
    match pace.next(at(millis).instant) {
        Turn::Begin => 0,
        Turn::Wait { until } | Turn::Stop { until, .. } => until
            .as_millis()
            .checked_sub(at(millis).instant.as_millis())
            .unwrap(),
    }
}

/// One request that begins at `millis` and is answered 10 ms later.
fn exchange(pace: &mut Pace, millis: u64, answer: &Paced<'_>) -> Option<Trouble> {
    let started = pace.begin(at(millis).instant);
    pace.answered(started, at(millis.saturating_add(10)), answer)
}

#[test]
fn without_a_refusal_nothing_waits() {
    let mut pace = Pace::new(1);
    for millis in 0..1_000 {
        assert_eq!(wait(&pace, millis), 0);
        assert_eq!(exchange(&mut pace, millis, &Paced::status(200)), None);
    }
    assert_eq!(pace.rate(), None);
}

#[test]
fn each_answer_speaks_of_the_message_or_of_the_way() {
    let page = |status| Paced::status(status).with_page(true);
    for (answer, expected) in [
        (Paced::status(429), Some(Trouble::TooManyRequests)),
        (Paced::status(503), Some(Trouble::Unavailable)),
        (Paced::status(502), Some(Trouble::BadGateway)),
        (Paced::status(301), Some(Trouble::Redirect)),
        (Paced::status(302), Some(Trouble::Redirect)),
        (Paced::status(308), Some(Trouble::Redirect)),
        (Paced::status(399), Some(Trouble::Redirect)),
        (Paced::status(529), Some(Trouble::Unavailable)),
        (Paced::status(521), Some(Trouble::BadGateway)),
        (Paced::status(523), Some(Trouble::BadGateway)),
        (Paced::status(525), Some(Trouble::BadGateway)),
        (Paced::status(526), Some(Trouble::BadGateway)),
        (Paced::status(530), Some(Trouble::BadGateway)),
        // The refusal of one client's token does not affect others.
        (Paced::status(401), None),
        (Paced::status(407), Some(Trouble::ProxyAuthentication)),
        (page(403), Some(Trouble::WebPage)),
        (page(404), Some(Trouble::WebPage)),
        // The result may be a page, and a request that is too long is too long everywhere.
        (page(200), None),
        (page(413), None),
        (page(400), None),
        (Paced::status(511), Some(Trouble::WebPage)),
        // A server or a gateway may have processed a failed request in part.
        (page(500), None),
        (page(504), None),
        (page(429), Some(Trouble::TooManyRequests)),
        (Paced::status(200), None),
        (Paced::status(204), None),
        (Paced::status(299), None),
        (Paced::status(304), None),
        (Paced::status(400), None),
        (Paced::status(408), None),
        (Paced::status(421), None),
        (Paced::status(425), None),
        (Paced::status(403), None),
        (Paced::status(404), None),
        (Paced::status(413), None),
        (Paced::status(422), None),
        (Paced::status(500), None),
        (Paced::status(504), None),
    ] {
        let mut pace = Pace::new(1);
        assert_eq!(exchange(&mut pace, 0, &answer), expected, "{answer:?}");
        let waits = wait(&pace, 10) > 0;
        assert_eq!(waits, expected.is_some(), "{answer:?}");
        // Only 429 and 503 depend on the rate.
        let is_of_rate = matches!(answer.status, 429 | 503 | 529);
        assert_eq!(pace.rate().is_some(), is_of_rate, "{answer:?}");
    }
}

/// A message that a gateway cannot process does not stop the others.
#[test]
fn trouble_that_others_do_not_have_is_about_the_message() {
    for answer in [
        Paced::status(502),
        Paced::status(307),
        Paced::status(407),
        Paced::status(511),
        Paced::status(403).with_page(true),
    ] {
        let mut pace = Pace::new(1);
        let first = pace.begin(at(0).instant);
        let second = pace.begin(at(1).instant);
        assert_eq!(pace.answered(second, at(5), &Paced::status(200)), None);
        assert_eq!(pace.answered(first, at(6), &answer), None, "{answer:?}");
        assert_eq!(wait(&pace, 6), 0, "{answer:?}");
        // The outcome of the last request is unknown, except for a page.
        let found = exchange(&mut pace, 10, &answer);
        let is_page = answer.is_page;
        assert_eq!(found.is_none(), is_page, "{answer:?}");
        // The rate applies to all requests.
        let older = pace.begin(at(100_000).instant);
        let newer = pace.begin(at(100_001).instant);
        let _ = pace.answered(newer, at(100_002), &Paced::status(200));
        let found = pace.answered(older, at(100_003), &Paced::status(429));
        assert_eq!(found, Some(Trouble::TooManyRequests));
    }
}

/// A request for another connection does not tell whether the server is available.
#[test]
fn an_answer_about_the_connection_ends_no_row_of_pauses() {
    for status in [408, 421, 425] {
        let mut pace = Pace::new(1);
        let mut now = 0;
        for _ in 0..5 {
            exchange(&mut pace, now, &Paced::status(502));
            now += wait(&pace, now);
            assert_eq!(exchange(&mut pace, now, &Paced::status(status)), None);
        }
        exchange(&mut pace, now, &Paced::status(502));
        let next = pace.next(at(now + 10).instant);
        assert!(matches!(next, Turn::Stop { .. }), "{status}: {next:?}");
    }
}

#[test]
fn a_request_for_a_token_goes_ahead_by_one_interval_and_keeps_pauses() {
    let mut pace = Pace::new(1).at_most(Rate::per_sec(1));
    let _ = pace.begin(at(100_000).instant);
    // The schedule compensates for late requests.
    while wait(&pace, 100_000) == 0 {
        let _ = pace.begin(at(100_000).instant);
    }
    let now = at(100_000).instant;
    let Turn::Wait { until } = pace.next(now) else {
        panic!("{pace:?}");
    };
    assert_eq!(pace.next_ahead(now), Turn::Begin);
    let token = pace.begin(now);
    let later = until.saturating_add_secs(1);
    assert_eq!(pace.next(now), Turn::Wait { until: later });
    assert_eq!(pace.next_ahead(now), Turn::Wait { until });
    let busy = Paced::status(429).with_retry_after(Some(b"30"));
    let _ = pace.answered(token, at(100_100), &busy);
    let end = at(130_100).instant;
    assert_eq!(pace.paused_until(), end);
    assert!(matches!(
        pace.next_ahead(at(100_200).instant),
        Turn::Wait { .. }
    ));
}

#[test]
fn a_pause_is_as_long_as_the_server_says_and_an_hour_at_most() {
    for (status, retry_after, date, least_ms, most_ms) in [
        (429, "30", None, 30_000, 30_000),
        (503, "2", None, 2_000, 2_000),
        (502, "5", None, 5_000, 5_000),
        (429, "31536000", None, 3_600_000, 3_600_000),
        (429, "99999999999999999999", None, 3_600_000, 3_600_000),
        (429, "Fri, 15 Jan 2027 08:00:40 GMT", None, 40_000, 40_000),
        (
            429,
            "Sat, 15 Jan 2028 08:00:40 GMT",
            None,
            3_600_000,
            3_600_000,
        ),
        // On the server's clock, which is half a minute ahead.
        (
            429,
            "Fri, 15 Jan 2027 08:00:40 GMT",
            Some("Fri, 15 Jan 2027 08:00:30 GMT"),
            10_000,
            10_000,
        ),
        // A malformed value counts as none: a second, less up to a quarter.
        (429, "0", None, 750, 1_000),
        (429, "-30", None, 750, 1_000),
        (429, "soon", None, 750, 1_000),
        (429, "", None, 750, 1_000),
        (429, "Sun, 06 Nov 1994 08:49:37 GMT", None, 750, 1_000),
    ] {
        let answer = Paced::status(status)
            .with_retry_after(Some(retry_after.as_bytes()))
            .with_date(date.map(str::as_bytes));
        let mut pace = Pace::new(1);
        assert!(exchange(&mut pace, 0, &answer).is_some());
        let found = wait(&pace, 10);
        assert!(
            (least_ms..=most_ms).contains(&found),
            "{status} {retry_after}: {found}"
        );
    }
}

#[test]
fn answers_to_requests_that_began_before_lengthen_a_pause_and_count_once() {
    let mut pace = Pace::new(1);
    let started: Vec<_> = (0..32).map(|_| pace.begin(at(0).instant)).collect();
    for (index, started) in started.into_iter().enumerate() {
        let millis = 10 + 100 * u64::try_from(index).unwrap();
        let answer = match index {
            // A 200 that was under way does not tell anything about the time after the pause.
            31 => Paced::status(200),
            20 => Paced::status(429).with_retry_after(Some(b"60")),
            _ => Paced::status(429),
        };
        let _ = pace.answered(started, at(millis), &answer);
        if index == 0 {
            assert_eq!(pace.rate(), Some(Rate::per_sec(32)));
        }
    }
    assert_eq!(pace.rate(), Some(Rate::per_sec(32)), "one refusal");
    assert_eq!(wait(&pace, 3_110), 60_000 + 2_010 - 3_110);
}

#[test]
fn pauses_double_up_to_a_minute_and_then_it_stops() {
    for (status, trouble, most) in [
        (429, Trouble::TooManyRequests, 12),
        (503, Trouble::Unavailable, 12),
        (502, Trouble::BadGateway, 5),
        (302, Trouble::Redirect, 5),
        (407, Trouble::ProxyAuthentication, 5),
    ] {
        let mut pace = Pace::new(1);
        let mut millis = 0;
        let mut waited_ms = 0;
        let mut pauses = 0;
        loop {
            let found = exchange(&mut pace, millis, &Paced::status(status));
            assert_eq!(found, Some(trouble));
            millis += 10;
            let wait_ms = wait(&pace, millis);
            match pace.next(at(millis).instant) {
                Turn::Begin => continue,
                Turn::Wait { .. } if wait_ms < 750 => (),
                Turn::Wait { .. } => {
                    pauses += 1;
                    waited_ms += wait_ms;
                    assert!(wait_ms <= 60_000, "{status}: {wait_ms}");
                }
                Turn::Stop { trouble: found, .. } => {
                    assert_eq!((found, pauses), (trouble, most), "{status}");
                    break;
                }
            }
            millis += wait_ms;
        }
        if most == 12 {
            assert!(waited_ms >= 300_000, "{status}: {waited_ms} ms");
            assert!(pace.rate() >= Some(Rate::per_sec(8)), "{:?}", pace.rate());
        }
        // After one more pause one request is allowed, and its success ends the stop.
        millis += wait(&pace, millis);
        millis += wait(&pace, millis);
        assert_eq!(pace.next(at(millis).instant), Turn::Begin, "{status}");
        assert_eq!(exchange(&mut pace, millis, &Paced::status(200)), None);
        assert!(
            !matches!(pace.next(at(millis + 10).instant), Turn::Stop { .. }),
            "{status}"
        );
    }
}

#[test]
fn after_a_pause_requests_begin_one_by_one_until_one_is_let_through() {
    let mut pace = Pace::new(1);
    assert!(exchange(&mut pace, 0, &Paced::status(502)).is_some());
    let resumed = 10 + wait(&pace, 10);
    let first = pace.begin(at(resumed).instant);
    assert_eq!(wait(&pace, resumed), 100);
    let _second = pace.begin(at(resumed + 100).instant);
    assert_eq!(wait(&pace, resumed + 100), 100);
    assert_eq!(
        pace.answered(first, at(resumed + 150), &Paced::status(200)),
        None
    );
    let _third = pace.begin(at(resumed + 200).instant);
    assert_eq!(wait(&pace, resumed + 200), 0);
}

#[test]
fn a_set_rate_is_kept_from_the_first_request_on_and_never_exceeded() {
    let ceiling = Rate::per_sec(25);
    let mut pace = Pace::new(1).at_most(ceiling);
    let mut begun = 0;
    for millis in 0..20_000 {
        while pace.next(at(millis).instant) == Turn::Begin {
            begun += 1;
            let answer = Paced::status(if begun == 300 { 429 } else { 200 });
            let _ = exchange(&mut pace, millis, &answer);
            assert!(pace.rate() <= Some(ceiling));
        }
    }
    // Four that may catch up at the start, less the pause's share.
    assert!((450..=505).contains(&begun), "{begun}");
    assert!(pace.rate() > Some(Rate::per_sec(20)), "{:?}", pace.rate());
}

#[test]
fn what_a_program_does_not_use_is_no_reason_to_go_faster() {
    let mut pace = Pace::new(1);
    let mut millis = 0;
    for _ in 0..100 {
        let _ = exchange(&mut pace, millis, &Paced::status(200));
        millis += 1;
    }
    let _ = exchange(&mut pace, millis, &Paced::status(429));
    for _ in 0..1_000 {
        // One request a second, of 32.
        millis += 1_100;
        assert_eq!(wait(&pace, millis), 0);
        let _ = exchange(&mut pace, millis, &Paced::status(200));
    }
    let rate = pace.rate().unwrap();
    assert!(rate < Rate::per_sec(100), "{rate}");
}

#[test]
fn rates_are_bounded_and_printed() {
    for (rate, millionths, text) in [
        (Rate::per_sec(25), 25_000_000, "25"),
        (Rate::per_min(5), 83_333, "0.083"),
        (Rate::per_min(90), 1_500_000, "1.500"),
        (Rate::per_sec(0), 16_666, "0.016"),
        (Rate::per_min(0), 16_666, "0.016"),
        (Rate::per_sec(u32::MAX), 1_000_000_000_000, "1000000"),
        (
            Rate::from_millionths(u64::MAX),
            1_000_000_000_000,
            "1000000",
        ),
    ] {
        assert_eq!(rate.as_millionths(), millionths, "{text}");
        assert_eq!(rate.to_string(), text);
    }
}

#[test]
fn each_trouble_says_what_to_do() {
    for (trouble, word) in [
        (Trouble::TooManyRequests, "lower rate"),
        (Trouble::Unavailable, "later"),
        (Trouble::BadGateway, "status page"),
        (Trouble::Redirect, "base URL"),
        (Trouble::ProxyAuthentication, "password"),
        (Trouble::WebPage, "proxy"),
    ] {
        assert!(trouble.to_string().contains(word), "{trouble}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// With any answers, a pause ends within an hour and the rate stays within its bounds.
    #[test]
    fn no_answers_stop_it_for_longer_than_an_hour(
        seed in any::<u32>(),
        ceiling in prop::option::of(any::<u32>()),
        start_ms in prop::sample::select(&[0, 1, START_MS, u64::MAX - 5_000_000][..]),
        answers in prop::collection::vec(
            (0_u16..1_000, "[0-9]{0,21}|-?[a-z0-9 ]{0,9}", any::<bool>(), 0_u64..3_000),
            1..200,
        ),
    ) {
        let mut pace = Pace::new(seed);
        if let Some(ceiling) = ceiling {
            pace = pace.at_most(Rate::per_sec(ceiling));
        }
        let mut now = Instant::from_millis(start_ms);
        for (status, retry_after, is_page, way_ms) in answers {
            let started = pace.begin(now);
            now = now.saturating_add_millis(way_ms);
            let answer = Paced::status(status).with_retry_after(Some(retry_after.as_bytes())).with_page(is_page);
            let both = Now { instant: now, unix: Some(UNIX) };
            let found = pace.answered(started, both, &answer);
            let expected = answer.trouble();
            let may_be_of_message = is_page && expected == Some(Trouble::WebPage);
            prop_assert!(found == expected || found.is_none() && may_be_of_message);
            if let Turn::Wait { until } | Turn::Stop { until, .. } = pace.next(now) {
                // An hour, or the interval of the lowest rate for each request that has begun.
                let longest = now.saturating_add_secs(3_600 + 60 * 200);
                prop_assert!(until > now && until <= longest, "{:?}", until);
            }
        }
    }
}
