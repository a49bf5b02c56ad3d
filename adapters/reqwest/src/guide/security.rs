//! Know what an attacker can and cannot do.
//!
//! Each line names the test that shows it. A line without a test states a limit.
//!
//! # On the network
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | present a certificate of their own | the connection fails before a request is sent | `adapters/reqwest/tests/tls/refused.rs::one_that_is_signed_by_itself` |
//! | use a certificate for another name | the same | `adapters/reqwest/tests/tls/refused.rs::another_name` |
//! | intercept with an authority that the host does not trust | the same; the error names the product | `adapters/reqwest/tests/tls/refused.rs::an_interceptor` |
//! | redirect a token request | the client does not follow it | `adapters/reqwest/tests/loopback/own_host.rs::a_redirect_of_the_token_endpoint_is_not_followed` |
//! | redirect a request to the API | the token stays on the host of the API | `adapters/reqwest/tests/loopback/own_host.rs::a_redirect_of_the_api_takes_no_token_elsewhere` |
//! | cut an answer off | the part is no token, even where it looks whole | `adapters/reqwest/tests/loopback/bad_answers.rs::an_answer_that_breaks_off_is_no_token_even_when_it_looks_whole` |
//! | delay or drop requests | possible; the request ends with an error after the timeout | `adapters/reqwest/tests/loopback/bad_answers.rs::a_server_that_stays_silent_is_given_up_when_the_time_is_over` |
//! | answer with a false `Date` as a cache | the session bounds the time, and corrects it after a refusal | `core/tests/black_box/session_cache.rs` |
//!
//! # At the token endpoint
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | obtain the private key | impossible: the client sends a signature only | `adapters/reqwest/tests/loopback/memory.rs::nothing_of_a_private_key_stays` |
//! | use an assertion at another server, or twice | `aud` names one server, `jti` is new in every attempt, `exp` is at most 5 minutes away | `core/tests/black_box/session.rs::random_bytes_that_repeat_themselves_are_noticed` |
//! | send a huge answer | the client stops reading at its limit | `adapters/reqwest/tests/loopback/bad_answers.rs::an_answer_that_is_too_long_is_not_read_to_its_end` |
//! | crash the client | core parses without a panic and is fuzzed | `core/tests/black_box/hostile_answer.rs` |
//! | send a token with an error status | the client rejects it | `adapters/reqwest/tests/loopback/bad_answers.rs::a_status_that_is_no_success_never_yields_a_token` |
//! | write control characters into an error | the error shows them as text | `adapters/reqwest/tests/loopback/bad_answers.rs::a_servers_words_cannot_move_the_cursor_or_fill_the_screen` |
//! | repeat a secret in its answer | the error and the observer show `[redacted]` | `adapters/reqwest/tests/loopback/watched.rs::no_kind_of_secret_is_seen_even_where_the_server_repeats_it` |
//! | set the clock of the session with `Date` | possible within bounds: the session believes a `Date` only where a refusal or the pause supports it | `core/tests/black_box/session_clock.rs::a_date_that_contradicts_the_one_before_is_believed_after_the_pause` |
//! | refuse, or send a token that the API refuses | possible; the client waits before it tries again | `adapters/reqwest/tests/loopback/back_off.rs` |
//!
//! # At the metadata of a server
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | name a token endpoint on another host | an error, until the user confirms the host | `adapters/reqwest/tests/loopback/discovery.rs::another_host_is_used_once_it_is_confirmed` |
//! | name another issuer, or send a long document | an error that names the difference, or the limit | `adapters/reqwest/tests/loopback/discovery/bad_documents.rs::the_error_about_a_forbidden_document_names_its_fault` |
//! | redirect the request for metadata | the client does not follow it | `adapters/reqwest/tests/loopback/discovery/bad_documents.rs::no_redirect_is_followed` |
//!
//! # At the API
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | receive a token of another host | a path cannot lead a token to another host | `adapters/reqwest/tests/loopback/own_host.rs::a_path_never_takes_the_token_to_another_host` |
//! | use a stolen token | possible until it expires, unless the token is bound to a key (DPoP) | `adapters/reqwest/tests/loopback/dpop.rs::the_sandbox_takes_a_bound_token_with_its_proof_and_in_no_other_way` |
//!
//! # In Redis
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | read a token | the store encrypts it with AES-256-GCM | `adapters/redis/tests/real_redis/sealed.rs::redis_holds_no_part_of_the_record` |
//! | put a token of their own into the store | a record that does not open is not used | `adapters/redis/tests/real_redis/damaged.rs::no_other_value_than_the_one_that_was_stored_is_loaded` |
//! | move a record to another name or tenant | the record does not open there | `adapters/redis/tests/real_redis/tenants.rs::a_record_does_not_open_under_another_tenants_name` |
//! | send a hostile answer of another kind | an error without a byte of the answer | `adapters/redis/tests/real_redis/damaged.rs::an_answer_of_another_kind_is_an_error_that_holds_nothing_of_it` |
//! | see when tokens are renewed, or delay renewals | possible; while Redis hangs, each process obtains its own token | `adapters/redis/tests/real_redis/failures.rs::a_redis_that_hangs_is_an_error_in_time` |
//! | replay an older record | possible until that token expires; the API then refuses it and the client renews it |  |
//!
//! # On the host
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | read a key file as another user | the file mode prevents it; the command warns of a wrong mode | `adapters/cli/tests/command/permissions.rs` |
//! | read logs and metrics | they hold statuses, hosts and times, and no secret at any level | `adapters/reqwest/tests/loopback/logs.rs::no_line_shows_a_secret` |
//! | read `Debug` output and errors | they show `[redacted]` | `adapters/reqwest/tests/loopback/secrets.rs::no_type_shows_its_secrets` |
//! | search the memory of the process later | no private key and no secret; tokens may remain in freed buffers of the HTTP library, see below | `adapters/reqwest/tests/loopback/memory.rs::no_private_key_stays` |
//! | take tokens from `redox-auth serve` | the mode of the socket, or a secret, prevents it | `adapters/cli/tests/command/serve.rs` |
//! | act as the same user, or as root | possible: such a user reads the key |  |
//!
//! # One tenant of the service
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | obtain a token of another tenant | impossible | `adapters/reqwest/tests/loopback/tenants/apart.rs::no_call_of_one_tenant_gives_the_token_of_another` |
//! | delay other tenants | only tenants of the same host wait for its pauses | `adapters/reqwest/tests/loopback/tenants/apart.rs::a_dead_host_keeps_no_tenant_of_another_waiting` |
//! | crash the process by a wrong credential | an error of that tenant alone | `adapters/reqwest/tests/loopback/tenants/making.rs::a_function_that_panics_is_an_error_of_that_tenant_alone` |
//!
//! # A sender of forged messages
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | send a message to your service without the verification token | `redox-auth-tower` refuses it before the service | `adapters/tower/tests/incoming/messages.rs::a_request_without_the_right_token_never_reaches_the_service` |
//! | send a body without end | the layer stops at its limit | `adapters/tower/tests/incoming/limits.rs::the_service_sees_no_more_than_the_limit_of_a_body_without_a_length` |
//!
//! # In a dependency
//! | An attacker tries to | What happens | Shown by |
//! |---|---|---|
//! | act with the rights of the process | possible: no library can prevent it. `Cargo.lock` pins every dependency with its hash; build with `--locked` |  |
//! | log a secret | the types of this crate redact under `Debug`; tests record the lines of reqwest, hyper, h2 and rustls at `TRACE` | `adapters/reqwest/tests/loopback/logs.rs::no_line_shows_a_secret` |
//! | sign wrongly in a KMS or an HSM | the client verifies each signature before it sends it, if it has the public key | `adapters/reqwest/tests/loopback/remote_signer.rs::a_wrong_signature_is_named_before_anything_is_sent` |
//! | use `unsafe` code of this project | `unsafe` is only in `adapters/c`, in the record buffers of `adapters/embedded-tls` and in firmware drivers; the lints of the workspace forbid it elsewhere |  |
//!
//! # What stays in memory
//! A test drops a client with its runtime and searches all memory of the process. It finds no private key, whatever form the
//! key was read from, and no copy of a token, a secret or an assertion that this crate made. The caller wipes its own
//! copies.
//!
//! The HTTP library does not wipe what it has read and sent. Of about fifty tokens that one client after another obtained and
//! used, 1 to 5 were still in its freed buffers over plain http, and 5 to 14 over TLS, until other data replaced them. Secrets
//! and assertions were not among them. An allocator that wipes freed memory removes the tokens as well.
//!
//! # What is checked before it is used
//! - Core parses every answer without an allocator and without a way to panic, and is fuzzed.
//! - The token type must be `Bearer`, or `DPoP` for a client with a DPoP key.
//! - Every token request has a new assertion: no `jti` is sent twice.
//! - A signature of a KMS is verified before it is sent, if the public key is known.
