//! Know what an attacker can and cannot do.
//!
//! | Attacker | Can | Cannot | Shown by |
//! |---|---|---|---|
//! | on the network | delay or drop requests | read a token or an assertion, or send the client elsewhere: TLS is required except for loopback, and no redirect is followed | `loopback/own_host.rs`, `tls/refused.rs` |
//! | at the token endpoint | refuse, send a token, show a wrong `Date` within the bounds of the session | obtain the private key, use an assertion elsewhere (`aud`, `jti`, 5 minutes), crash the client or fill its memory | `loopback/bad_answers.rs`, the fuzz targets of core |
//! | at the API | see the token that is sent to it | receive a token that was issued for another host | `loopback/own_host.rs` |
//! | reads Redis | see when tokens are renewed | recover a token: it is encrypted with AES-256-GCM | `real_redis` of `redox-auth-redis` |
//! | writes to Redis | delay renewals | make a process use a token of the attacker's | the same |
//! | reads logs, metrics and errors | see statuses, hosts and times | find a secret: tests search all of them at every level | `loopback/logs.rs`, `loopback/secrets.rs` |
//! | another user of the host | nothing, while key files are private | read a key file that is `0600`; a wrong mode is a warning | `command/permissions.rs` |
//! | reads the memory of the process later | find tokens in freed buffers of the HTTP library | find a private key: keys are wiped | `loopback/memory.rs` |
//! | one tenant of the service | slow down its own requests | obtain a token of another tenant, or delay it | `loopback/tenants.rs` |
//! | in a dependency | everything that the process can | hide from `Cargo.lock` and the licence checks of the owner of the program | |
//!
//! # What stays in memory
//! A test drops a client with its runtime and searches all memory of the process. It finds no private key, whatever form the
//! key was read from, and no copy of a token, a secret or an assertion that this crate made. The caller wipes what the caller
//! has read.
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
