use redox_auth_core::{RetryAfter, UnixTime};

/// The value of a `Retry-After` header.
///
/// # Panics
/// When a number is not the one that Rust reads, a date not the one in a `Date` header, or a wait not the time in between.
pub fn retry_after(input: &[u8]) {
    let date = UnixTime::parse_http_date(input);
    let got = RetryAfter::parse(input);
    match got {
        Some(RetryAfter::Secs(secs)) => {
            let text = str::from_utf8(input).expect("digits").trim_ascii();
            assert!(text.bytes().all(|byte| byte.is_ascii_digit()));
            let theirs = text.parse::<u32>().unwrap_or(u32::MAX);
            assert_eq!((secs, date), (theirs, None));
            assert_eq!(RetryAfter::Secs(secs).secs_from(None), Some(secs));
        }
        Some(RetryAfter::At(time)) => {
            assert_eq!(date, Some(time));
            for earlier in [0, 1, 3_600] {
                let now = time.saturating_sub(u64::from(earlier));
                let secs = RetryAfter::At(time).secs_from(Some(now));
                assert!(secs.is_some_and(|secs| secs <= earlier));
                assert_eq!(RetryAfter::At(now).secs_from(Some(time)), Some(0));
            }
        }
        None => assert_eq!(date, None),
    }
}
