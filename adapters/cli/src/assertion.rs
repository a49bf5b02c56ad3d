use jiff::Timestamp;
use redox_auth_core::UnixTime;

use crate::args::{AssertionArgs, Verbosity};
use crate::connect;
use crate::failure::Failure;
use crate::inspect::Jwt;
use crate::terminal::say_as_it_is;
use crate::verbose::explanation;

/// Signs an assertion and returns it.
pub(crate) fn run(args: &AssertionArgs) -> Result<String, Failure> {
    let at = match &args.at {
        Some(text) => time(text)?,
        None => UnixTime::from_secs(seconds(Timestamp::now())?),
    };
    let redox = connect::oauth_builder(&args.server, &args.key)?.build()?;
    let assertion = redox.assertion(at)?.to_string();
    if args.verbose.verbosity() != Verbosity::Quiet {
        let [header, claims] = Jwt::parse(&assertion)?.in_json();
        say_as_it_is(&explanation(&header, &claims));
    }
    Ok(assertion)
}

fn time(text: &str) -> Result<UnixTime, Failure> {
    let wrong = |_| {
        Failure::usage(format!(
            "--at: expected seconds since 1970 or a time such as 2026-11-21T20:00:00Z, found {text:?}"
        ))
    };
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(UnixTime::from_secs).map_err(|_| wrong(()));
    }
    let at: Timestamp = text.parse().map_err(|_| wrong(()))?;
    seconds(at).map(UnixTime::from_secs)
}

fn seconds(at: Timestamp) -> Result<u64, Failure> {
    u64::try_from(at.as_second())
        .map_err(|_| Failure::usage(format!("expected a time after 1970, found {at}")))
}
