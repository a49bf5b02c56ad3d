//! Build a device without an operating system.
//!
//! The crates for devices need no operating system and no allocator. The caller brings buffers, the time and random bytes, and
//! sends the requests.
//!
//! | Crate | What it adds |
//! |---|---|
//! | `redox-auth-core` | the session: when a token is needed, the request for it, and the meaning of the answer |
//! | `redox-auth-gateway` | HTTP/1.1 over `embedded-io` or `embedded-io-async`, with the token on each request; its file `STACKS.md` lists network stacks |
//! | `redox-auth-embedded-tls` | TLS 1.3 around the connections of the gateway |
//! | `redox-auth-mllp` | HL7 v2 over MLLP on the same connections, with an outcome for each message; a message of 30 MB passes through 4 KiB |
//! | `redox-auth-c` | the session in C and C++, and as a module of WebAssembly for browsers, edge workers, Node.js and Deno |
//!
//! # The session
//! A [`Session`](redox_auth_core::Session) takes 1.5 KB and has all rules. Its method `next` returns the next action, also while
//! the clock of the device is not set. `exchange` stands for the HTTP client of the device: it sends the request and puts the
//! body of the answer into the buffer.
//!
//! ```
//! use redox_auth_core::{Client, Es384Key, JwtId, Next, Now, Request, RequestError, Response, Session};
//!
//! fn refresh(
//!     session: &mut Session<Client<'_, Es384Key>>,
//!     clock: impl Fn() -> Now,
//!     random: [u8; 16],
//!     exchange: impl for<'b> FnOnce(&Request<'_>, &'b mut [u8]) -> Option<Response<'b>>,
//! ) -> Result<(), RequestError> {
//!     if let Next::Fetch | Next::Renew { .. } = session.next(clock().instant) {
//!         let (mut out, mut body) = ([0; 1024], [0; 2048]);
//!         let request = session.request(clock(), JwtId::from_random(random), &mut out)?;
//!         let answer = exchange(&request, &mut body);
//!         match (request.ticket, answer) {
//!             (ticket, Some(response)) => _ = session.receive(ticket, clock(), response),
//!             (ticket, None) => session.failed(ticket, clock().instant),
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! - `Session::authorize` returns the token for a URL that may receive it.
//! - `Session::rejected` records a 401.
//! - `Session::save` carries the token over a reboot or a deep sleep.
//!
//! # The gateway
//! A `Gateway` obtains a token if there is none, sends the message, and sends it once more with another token after a 401.
//! `Discovery` finds the token endpoint of another server from its metadata. `Gateway::with_dpop` is for servers that bind
//! tokens to a key. A device that uses neither has no code for them.
//!
//! With the network stack, TLS 1.3 and ES384 the image takes 225 KiB of flash and 58 KiB of RAM on a Cortex-M4. The folder
//! `tests/firmware` of the repository has that image, blocking and under an async executor. To start a board of your own, copy
//! its folder `boards/src`, write `board.rs`, and give the memories of the board to the linker.
