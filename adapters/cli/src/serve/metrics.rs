use core::convert::Infallible;
use core::time::Duration;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::failure::Failure;

/// Counts from now on what the client does, for `GET /metrics`.
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

/// Sums up from time to time what was measured, each piece of which is kept until then.
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
    (
        "redox_auth_tokens_total",
        "Tokens that came, by what they came from",
    ),
    (
        "redox_auth_renewals_total",
        "Renewals that were begun while a token was good",
    ),
    (
        "redox_auth_refusals_total",
        "Tokens that the server refused, by its reason",
    ),
    (
        "redox_auth_failures_total",
        "Attempts to get a token without a usable answer, by kind",
    ),
    (
        "redox_auth_file_changes_total",
        "Files of keys and secrets that changed, by what became of the content",
    ),
    (
        "redox_auth_rejections_total",
        "Answers 401 of the API, by what became of the token",
    ),
    (
        "redox_auth_retries_total",
        "Requests to the API that were sent again, by why",
    ),
    (
        "redox_auth_ambiguous_total",
        "Requests to the API without an answer that may have been done",
    ),
    (
        "redox_auth_tenants_made_total",
        "Clients that were made for a profile, or were not, by outcome",
    ),
    (
        "redox_auth_store_failures_total",
        "What the store of shared tokens did not do",
    ),
];

const GAUGES: [(&str, Unit, &str); 3] = [
    (
        "redox_auth_token_lives_for_seconds",
        Unit::Seconds,
        "How long the latest token was good for when it came",
    ),
    (
        "redox_auth_clock_skew_seconds",
        Unit::Seconds,
        "How far this machine's clock was behind the server's",
    ),
    (
        "redox_auth_tenants",
        Unit::Count,
        "Profiles that have a client",
    ),
];

const HISTOGRAMS: [(&str, &str); 3] = [
    (
        "redox_auth_token_request_seconds",
        "How long a token took to come",
    ),
    (TOKEN_AGE, "How long a token was in use"),
    (
        "redox_auth_token_wait_seconds",
        "How long somebody waited for a token",
    ),
];

const TOKEN_AGE: &str = "redox_auth_token_age_seconds";

/// Everything that is measured comes with a token, and those are minutes apart.
const BETWEEN_SUMS: Duration = Duration::from_secs(60);

/// From a server next door to the longest wait.
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
