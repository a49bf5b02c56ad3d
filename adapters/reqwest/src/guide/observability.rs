//! Read logs and metrics.
//!
//! Spans and events use `tracing` under the target `redox_auth_reqwest`. The span `redox_auth.token` covers everything that
//! obtains one token, and the span `redox_auth.request` covers each attempt of a request to the API. Metrics use `metrics`:
//!
//! | name | kind | labels | meaning |
//! |---|---|---|---|
//! | `redox_auth_tokens_total` | counter | `from`: `oauth`, `legacy`, `fleet` | tokens obtained |
//! | `redox_auth_renewals_total` | counter | | renewals begun while another token was valid |
//! | `redox_auth_refusals_total` | counter | `reason` | refusals by the token endpoint |
//! | `redox_auth_failures_total` | counter | `kind`: `connect`, `timeout`, `transport`, `signing`, `turn`, `answer` | token requests without a usable answer, or not sent (`signing`, `turn`) |
//! | `redox_auth_file_changes_total` | counter | `outcome`: `taken`, `unusable`, `unread` (in time) | changes of key and secret files |
//! | `redox_auth_token_request_seconds` | histogram | | time to obtain a token |
//! | `redox_auth_token_wait_seconds` | histogram | | time a caller waited for a token |
//! | `redox_auth_token_age_seconds` | histogram | | age of a token when the next one replaced it |
//! | `redox_auth_token_lives_for_seconds` | gauge | | lifetime of the last token when it arrived |
//! | `redox_auth_clock_skew_seconds` | gauge | | how far this machine's clock was behind the server's, when found wrong |
//! | `redox_auth_rejections_total` | counter | `token`: `dropped`, `replaced`, `kept` | 401s of the API |
//! | `redox_auth_retries_total` | counter | `why`: a status, `connect`, `no_answer` | requests to the API sent again |
//! | `redox_auth_ambiguous_total` | counter | | requests without an answer that may have been done |
//! | `redox_auth_tenants` | gauge | | tenants that have a client |
//! | `redox_auth_tenants_made_total` | counter | `outcome`: `made`, `failed`, `panicked`, `timed_out`, `full`, `same_client` | attempts to create a tenant's client |
//! | `redox_auth_store_failures_total` | counter | | failures of a fleet's store |
//!
//! No label holds a secret or the path of a request.
//!
//! # What is never logged
//! No log line of this crate, at any level, holds a token, an assertion, a secret, a key or the path of a request. Neither
//! does any `Debug` output or error. The same is true for the log lines of reqwest, hyper, h2 and rustls at `TRACE`, with one
//! exception: a client with [`connection_verbose`](reqwest::ClientBuilder::connection_verbose) shows every byte under the
//! target `reqwest::connect::verbose`.
//!
//! # The exchange itself
//! [`Builder::watched`](crate::Builder::watched) shows each request and each answer to an [`Observer`](crate::Observer), for a
//! person at a terminal. The observer gets heads, and bodies if it wants them, with `[redacted]` in place of assertions, tokens,
//! secrets, cookies and proofs. Unlike the log it gets the paths of requests and the content of messages.
