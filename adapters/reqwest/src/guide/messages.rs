//! Send messages, files and FHIR requests.
//!
//! [`Redox::message`](crate::Redox::message) sends a Data Model message. Before it sends, it checks the members of `Meta` that
//! Redox requires, and adds the source ID of the client where the message has none. An error contains everything that Redox
//! reported, also where the status is 200.
//!
//! ```no_run
//! # use redox_auth_reqwest::{MessageError, Redox};
//! # async fn run(redox: Redox, json: String) {
//! match redox.message_json(json).send().await {
//!     Ok(sent) => println!("accepted: {:?}", sent.logs),
//!     Err(MessageError::Refused(refused)) if refused.status == 200 => {
//!         println!("a query without a result: {:?}", refused.errors);
//!     }
//!     Err(error) if error.is_ambiguous() => println!("possibly accepted: {error}"),
//!     Err(error) => println!("not accepted: {error}"),
//! }
//! # }
//! ```
//!
//! [`MessageError::is_ambiguous`](crate::MessageError::is_ambiguous) is true for a message that may have arrived, for example
//! after a connection broke. Do not send such a message again unless the receiver ignores duplicates.
//!
//! | Call | Sends |
//! |---|---|
//! | [`Redox::message`](crate::Redox::message), [`message_json`](crate::Redox::message_json) | a Data Model message |
//! | [`Redox::upload`](crate::Redox::upload) | a file; [`Uploaded::read`](crate::Uploaded::read) reads the answer |
//! | [`Redox::fhir`](crate::Redox::fhir) | a FHIR request to a destination |
//! | [`Redox::get`](crate::Redox::get), [`post`](crate::Redox::post) | any other request to the API |
//!
//! # What is sent again
//! The client repeats a request after 401, 429, 502 and 503, and after a connection failed before the request left. It
//! repeats a request that changes something only where the server cannot have done it. [`Retries`](crate::Retries) has the
//! rules and the limits. [`StatusMeaning`](crate::StatusMeaning) and the file `STATUS.md` list every status.
//!
//! # How fast
//! [`Builder::pace`](crate::Builder::pace) keeps all requests to one host within the limit of the server. The client finds
//! the limit by itself: it sends faster while the server accepts, and slower after 429.
//!
//! # Where a token may go
//! The token goes only to the hosts of the API it was issued for. The token endpoint and the API must use `https`; `http` is
//! allowed for loopback addresses. The client follows no redirect.
