use super::*;

fn read(text: &str) -> FaultOrder {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_fault_can_be_written_and_stands_in_the_grammar() {
    let ms = Duration::from_millis;
    let unavailable = |status: u16, retry_after| {
        Fault::Unavailable(StatusCode::from_u16(status).unwrap(), retry_after)
    };
    let redirect = |status: u16, to: &'static str| {
        let status = StatusCode::from_u16(status).unwrap();
        Fault::Redirect(status, Uri::from_static(to))
    };
    for (text, fault) in [
        ("429", Fault::TooManyRequests(RetryAfter::Absent)),
        (
            "429:retry-after=3",
            Fault::TooManyRequests(RetryAfter::Secs(3)),
        ),
        ("500", unavailable(500, RetryAfter::Absent)),
        (
            "503:retry-after=date+9",
            unavailable(503, RetryAfter::Date(9)),
        ),
        (
            "599:retry-after=garbled",
            unavailable(599, RetryAfter::Garbled),
        ),
        ("blank", Fault::BlankRefusal),
        ("unknown-key", Fault::UnknownKey),
        ("redirect=/endpoint", redirect(302, "/endpoint")),
        (
            "redirect=https://a.example:8443/b",
            redirect(302, "https://a.example:8443/b"),
        ),
        (
            "redirect=https://a.example:status=307",
            redirect(307, "https://a.example"),
        ),
        ("html", Fault::Junk(Junk::Html)),
        ("empty", Fault::Junk(Junk::Empty)),
        ("wrong-types", Fault::Junk(Junk::WrongTypes)),
        ("long-token=9", Fault::Junk(Junk::LongToken(9))),
        ("oversized=5000000000", Fault::Oversized(5_000_000_000)),
        ("endless", Fault::Endless),
        ("drop=unanswered", Fault::Disconnect(Disconnect::Unanswered)),
        ("drop=before", Fault::Disconnect(Disconnect::BeforeBody)),
        ("drop=within", Fault::Disconnect(Disconnect::WithinBody)),
        ("drop=after", Fault::Disconnect(Disconnect::AfterAnswer)),
        ("latency=500ms", Fault::Late(ms(500))),
        ("latency=2m", Fault::Late(ms(120_000))),
        (
            "slow=16/100ms",
            Fault::Slow {
                piece: 16,
                pause: ms(100),
            },
        ),
        ("truncated", Fault::Junk(Junk::Truncated)),
        ("revoked", Fault::Revoked),
        ("undated", Fault::Undated),
        ("date=1h", Fault::Misdated(SignedDuration::from_hours(1))),
        ("date=-1h", Fault::Misdated(SignedDuration::from_hours(-1))),
        ("garbled-date", Fault::GarbledDate),
        ("age=7", Fault::Aged(7)),
    ] {
        let name = text.split(['=', ':']).next().unwrap();
        let is_status = name.starts_with('5');
        let lines = || FaultOrder::GRAMMAR.lines().map(str::trim_start);
        let is_told = || lines().any(|line| line.split(['=', ' ', ',']).any(|it| it == name));
        assert!(is_status || is_told(), "{name}");
        let what = What::Fault(fault);
        let lasting = FaultOrder::new(Place::Token, what.clone(), Times::UntilCleared);
        assert_eq!(read(&format!("token:{text}")), lasting, "{text}");
        let twice = FaultOrder::new(Place::Api, what, Times::Next(2));
        assert_eq!(read(&format!("api:{text}:times=2")), twice, "{text}");
        for order in [lasting, twice] {
            assert_eq!(read(&order.to_string()), order, "{text}");
        }
    }
}

#[test]
fn several_faults_and_none_can_be_written() {
    for (text, what) in [
        ("none", What::Nothing),
        ("mix=7", What::Mix(Mix::new(7))),
        ("mix=7:spared=0", What::Mix(Mix::new(7).spared(0))),
    ] {
        let order = FaultOrder::new(Place::Api, what, Times::UntilCleared);
        assert_eq!(read(&format!("api:{text}")), order, "{text}");
        assert_eq!(read(&order.to_string()), order, "{text}");
    }
}

#[test]
fn every_place_can_be_written_and_stands_in_the_grammar() {
    for (text, place) in [
        ("token", Place::Token),
        ("legacy", Place::Legacy),
        ("api", Place::Api),
        ("upload", Place::Upload),
        ("platform", Place::Platform),
        ("jwks", Place::Jwks),
    ] {
        let order = FaultOrder::new(place, What::Nothing, Times::UntilCleared);
        assert_eq!(read(&format!("{text}:none")), order);
        assert_eq!(place.to_string(), text);
        assert!(FaultOrder::GRAMMAR.contains(&format!(" {text}")), "{text}");
    }
}

#[test]
fn an_error_names_what_was_found_and_what_was_expected() {
    for (text, expected) in [
        ("", "found '', expected PLACE:FAULT, like token:429"),
        ("429", "found '429', expected PLACE:FAULT, like token:429"),
        (
            "tokn:429",
            "found 'tokn', expected a place: token, legacy, api, upload, platform or jwks",
        ),
        (
            "token:404",
            "found '404', expected a fault, like 429, 503, html or latency=500ms",
        ),
        (
            "token:html=3",
            "found 'html=3', expected a fault, like 429, 503, html or latency=500ms",
        ),
        (
            "token:drop=soon",
            "found 'soon', expected unanswered, before, within or after",
        ),
        (
            "api:latency=-3s",
            "found '-3s', expected a time that is not negative, like 500ms, 3s or 2m",
        ),
        (
            "api:latency=500",
            "found '500', expected a time that is not negative, like 500ms, 3s or 2m",
        ),
        ("api:date=x", "found 'x', expected a time, like 1h or -1h"),
        (
            "api:slow=9",
            "found '9', expected BYTES/TIME, like 16/100ms",
        ),
        (
            "api:slow=x/1s",
            "found 'x', expected BYTES/TIME, like 16/100ms",
        ),
        ("api:age=-1", "found '-1', expected a number of seconds"),
        (
            "api:oversized=1MB",
            "found '1MB', expected a number of bytes",
        ),
        (
            "api:redirect=no URL",
            "found 'no URL', expected a URL or a path, like https://elsewhere.example/",
        ),
        (
            "api:redirect=/:status=200",
            "found '200', expected status=STATUS: 301, 302, 303, 307 or 308",
        ),
        (
            "token:429:retry-after=x",
            "found 'x', expected retry-after=SECONDS, date+SECONDS or garbled",
        ),
        (
            "token:429:tmes=2",
            "found 'tmes=2', expected an option: times, retry-after, status or spared",
        ),
        ("token:429:times=x", "found 'x', expected times=N, a number"),
        (
            "token:html:retry-after=3",
            "found 'retry-after', expected each option at most once, and only with a fault that has it",
        ),
        (
            "token:429:times=1:times=2",
            "found 'times', expected each option at most once, and only with a fault that has it",
        ),
        ("token:mix=x", "found 'x', expected mix=SEED, a number"),
        (
            "token:mix=1:spared=x",
            "found 'x', expected spared=N, a number",
        ),
    ] {
        let error = text.parse::<FaultOrder>().unwrap_err();
        assert_eq!(error.to_string(), expected, "{text}");
    }
}
