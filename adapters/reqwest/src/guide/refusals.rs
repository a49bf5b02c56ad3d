//! Understand a refusal of the token endpoint.
//!
//! [`Error::refused`](crate::Error::refused) returns the answer of the server: its status, its OAuth error code, its own words
//! without secrets, and a hint. The client acts by evidence and not by the words alone: after a refusal it corrects a clock
//! that deviates, and tries every other key once.
//!
//! | Code | Usual causes | What to do |
//! |---|---|---|
//! | `invalid_client` | the public key is not registered, or under another key ID; the client ID is wrong; `aud` is not what the server expects | compare the JWK Set that is registered with `redox-auth key jwks`; run `redox-auth doctor` |
//! | `invalid_client`, with a clock that deviates | the assertion is expired or not valid yet for the server | set the clock; the client corrects it by the server's `Date` |
//! | `invalid_grant` | the assertion was used before, or the subject is unknown | never send an assertion twice; check `Builder::subject` |
//! | `invalid_scope` | the scope is not allowed for this client | ask for less, or have the scope added |
//! | `unauthorized_client` | the client may not use this grant | enable client credentials for the client at the server |
//! | `unsupported_grant_type` | the URL is not a token endpoint, or a proxy changed the form | check the token URL |
//! | `invalid_request` | a field is missing or malformed | run `redox-auth inspect` on the request |
//! | no code, a web page | a proxy, a gateway or a sign-in page answered | check the URL and the way to it |
//!
//! [`Reason`](crate::Reason) is the meaning for programs. `redox-auth inspect` shows an assertion with each claim explained,
//! and `redox-auth sandbox` names the true reason of each refusal, which real servers keep to themselves.
