//! Know what the client guarantees.
//!
//! [`security`](super::security) names the test of each line about secrets and attackers.
//!
//! - **Faults**: core and the client check an RSA signature with the public key before they send it. Core's nonces of ECDSA are
//!   deterministic (RFC 6979), and so is its salt of PS256. This crate uses the nonces of aws-lc.
//! - **Buffers**: in core the caller brings them. For a short buffer the error gives the required length, before anything is
//!   signed.
//! - **Answers** are hostile until they are parsed: without recursion and without a panic, into a token or a typed error.
//!   `expires_in` may be a number, a string or absent. Only a status of 2xx yields a token.
//! - **Expiry** counts from the time of sending, on a clock that never goes backwards. A token is renewed before it expires. While
//!   a renewal fails, requests use the current token.
//! - **Time**: the client signs nothing while its clock is not set. The server's `Date` then gives the time. It also corrects a
//!   clock after a refused assertion.
//! - **Refusals**: after any 400, 401 or 403 the session corrects a clock that deviates from the server's `Date` once, and tries
//!   every other key once, whatever the server says. Two answers stop it at once: an error that Redox documents about the form of
//!   a request, and `unsupported_grant_type`. Then it tries again after a minute, and later more rarely. It obeys `Retry-After` up
//!   to an hour.
//! - **Words**: the server's words choose the hint, and the error always shows them. These are `error`, `error_description` and
//!   `error_uri`, the texts that other servers send instead, the title of a web page, or the first 200 characters of the answer,
//!   without secrets. For an answer with a status alone, the file `STATUS.md` has the meaning of each status.
//! - **Incoming** requests are Redox's when the verification token is right in any of its places. The comparison takes constant
//!   time. The answer to a challenge by `POST` or `GET` is its own text. Redox documents no HMAC, therefore there is none.
//! - **Secrets** show as `[redacted]` in every `Debug`, never reach an error or a URL, and are wiped on drop.
//! - **Hosts**: assertions and tokens go over https or to loopback, only to the host they are for, and follow no redirect. No
//!   metadata document can lead an assertion to a host that the user did not name or confirm.
//! - **Attempts**: every attempt to obtain a token has a new `jti`. One attempt is under way at a time, and a server that refuses
//!   gets no request for a while.
//! - **Requests to the API** are sent again once after a 401. After 429, 502 and 503 the client repeats them up to three times,
//!   within a budget and after the pause of `Retry-After`. After 408, 421 and 425 it repeats them once, on a new connection. Where
//!   the server may have done a request, the client repeats it only if doing it twice is harmless. Otherwise the caller gets an
//!   error of its own.
//! - **Renewals** run in the background, one for all callers. When callers wait for a token and the attempt fails, all of them
//!   get the error at once.
