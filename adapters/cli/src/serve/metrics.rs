use core::convert::Infallible;
use core::time::Duration;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::failure::Failure;

/// Starts to count the client's actions, for `GET /metrics`.
pub(super) fn record() -> Result<PrometheusHandle, Failure> {
    let failed = |error: BuildError| Failure::usage(format!("cannot count: {error}"));
    let age = Matcher::Full(TOKEN_AGE.to_owned());
    let builder = PrometheusBuilder::new().set_buckets(&SECONDS);
    let builder = builder.and_then(|builder| builder.set_buckets_for_metric(age, &AGES));
    let handle = builder.and_then(PrometheusBuilder::install_recorder);
    let handle = handle.map_err(failed)?;
    describe();
    Ok(handle)
}

/// Aggregates measurements from time to time; until then the recorder keeps each one.
pub(super) async fn sum_up(handle: &PrometheusHandle) -> Infallible {
    let mut turns = tokio::time::interval(BETWEEN_SUMS);
    loop {
        turns.tick().await;
        handle.run_upkeep();
    }
}

/// Everything that redox-auth-reqwest counts.
fn describe() {
    for (name, what) in COUNTERS {
        describe_counter!(name, what);
    }
    for (name, unit, what) in GAUGES {
        describe_gauge!(name, unit, what);
    }
    for (name, what) in HISTOGRAMS {
        describe_histogram!(name, Unit::Seconds, what);
    }
}

const COUNTERS: [(&str, &str); 10] = [
    ("redox_auth_tokens_total", "Tokens obtained, by credential"),
    (
        "redox_auth_renewals_total",
        "Renewals started while the previous token was still valid",
    ),
    (
        "redox_auth_refusals_total",
        "Token requests that the server refused, by reason",
    ),
    (
        "redox_auth_failures_total",
        "Token requests without a usable answer, by kind",
    ),
    (
        "redox_auth_file_changes_total",
        "Changed files of keys and secrets, by result of reading",
    ),
    (
        "redox_auth_rejections_total",
        "Answers 401 of the API, by what the client did with the token",
    ),
    (
        "redox_auth_retries_total",
        "Retries of requests to the API, by reason",
    ),
    (
        "redox_auth_ambiguous_total",
        "Requests to the API without an answer, which it may have processed",
    ),
    (
        "redox_auth_tenants_made_total",
        "Attempts to create a client for a profile, by outcome",
    ),
    (
        "redox_auth_store_failures_total",
        "Failed operations of the store of shared tokens",
    ),
];

const GAUGES: [(&str, Unit, &str); 3] = [
    (
        "redox_auth_token_lives_for_seconds",
        Unit::Seconds,
        "Lifetime of the latest token when it was obtained",
    ),
    (
        "redox_auth_clock_skew_seconds",
        Unit::Seconds,
        "Time by which this machine's clock is behind the server's",
    ),
    ("redox_auth_tenants", Unit::Count, "Profiles with a client"),
];

const HISTOGRAMS: [(&str, &str); 3] = [
    ("redox_auth_token_request_seconds", "Time to obtain a token"),
    (TOKEN_AGE, "Time that a token was in use"),
    (
        "redox_auth_token_wait_seconds",
        "Time that callers waited for a token",
    ),
];

const TOKEN_AGE: &str = "redox_auth_token_age_seconds";

/// All measurements come with a token, and tokens are minutes apart.
const BETWEEN_SUMS: Duration = Duration::from_secs(60);

/// From a nearby server to the longest wait.
const SECONDS: [f64; 7] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Tokens live for 5 minutes or for a day.
const AGES: [f64; 6] = [60.0, 180.0, 300.0, 3_600.0, 43_200.0, 86_400.0];

#[cfg(test)]
mod tests {
    use super::{COUNTERS, GAUGES, HISTOGRAMS};

    #[test]
    fn every_metric_of_the_client_is_described_as_what_it_is() {
        let telemetry = include_str!("../../../reqwest/src/telemetry.rs");
        for (kind, mut described) in [
            ("counter", COUNTERS.map(|(name, _)| name).to_vec()),
            ("gauge", GAUGES.map(|(name, ..)| name).to_vec()),
            ("histogram", HISTOGRAMS.map(|(name, _)| name).to_vec()),
        ] {
            let call = format!("{kind}!(\"");
            let recorded = telemetry.split(&call).skip(1);
            let recorded = recorded.filter_map(|rest| rest.split('"').next());
            let mut recorded: Vec<_> = recorded.collect();
            recorded.sort_unstable();
            recorded.dedup();
            described.sort_unstable();
            assert_eq!(described, recorded, "{kind}");
        }
    }
}
