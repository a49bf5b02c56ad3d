/// Counts of all events so far. Each value is a copy: the difference of two shows the events between them.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counters {
    /// Requests of any kind.
    pub requests: u64,
    /// POSTs to `/v2/auth/token`.
    pub token_requests: u64,
    /// OAuth access tokens issued.
    pub tokens_minted: u64,
    /// OAuth token requests refused; the sum of the seven kinds below.
    pub token_refusals: u64,
    /// … because the form or the assertion is malformed.
    pub malformed_token_requests: u64,
    /// … because the client ID or the `kid` is not registered, or its JWK Set is not available.
    pub keys_not_found: u64,
    /// … because a claim or header is missing, or is not the one allowed value.
    pub unexpected_claims: u64,
    /// … because `alg` is refused or does not fit the key.
    pub wrong_algorithms: u64,
    /// … because the signature does not verify.
    pub bad_signatures: u64,
    /// … because of `iat`, `exp` or `nbf`.
    pub outside_time_window: u64,
    /// … because the `jti` was used before.
    pub jti_replays: u64,
    /// JWK Sets fetched from their URL.
    pub jwks_fetches: u64,
    /// JWK Sets that could not be fetched or read.
    pub jwks_fetch_failures: u64,
    /// Legacy access tokens issued for a secret.
    pub legacy_authenticates: u64,
    /// Legacy access tokens issued for a refresh token.
    pub legacy_refreshes: u64,
    /// Legacy requests refused, of either kind.
    pub legacy_refusals: u64,
    /// Data Model messages accepted.
    pub messages_accepted: u64,
    /// Data Model messages refused for their content, from an authorized caller.
    pub messages_refused: u64,
    /// FHIR searches answered.
    pub fhir_requests: u64,
    /// FHIR requests refused for their content, from a caller with a live token.
    pub fhir_refusals: u64,
    /// Files accepted.
    pub uploads: u64,
    /// Files refused for their format or size, from a caller with a live token.
    pub uploads_refused: u64,
    /// Platform API requests answered.
    pub platform_requests: u64,
    /// Platform API requests refused for their content, from a caller with a live token.
    pub platform_refusals: u64,
    /// Challenges sent to customers.
    pub challenges: u64,
    /// Messages sent to customers.
    pub deliveries: u64,
    /// API requests answered 401: no token, an unknown one, or an expired one.
    pub unauthorized: u64,
    /// Requests with a body beyond [`crate::BODY_LIMIT`].
    pub too_large: u64,
    /// Requests for an unknown path, or with the wrong verb.
    pub not_found: u64,
    /// Answers that a [`crate::Fault`] replaced or changed. Changed answers also count above, replaced ones do not.
    pub faults: u64,
}

/// Counts one more.
pub(crate) const fn count(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}
