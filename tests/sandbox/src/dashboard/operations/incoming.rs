use std::time::Instant;

use http::StatusCode;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::{CallError, Challenge, Customer, Echo, Verb, calls};

/// Calls the user's own endpoint as Redox does, and shows the answer.
///
/// It waits for the answer, therefore it runs on a thread where waiting delays no other request.
pub(in crate::dashboard) fn call(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let customer = Customer::new(call.needed("url")?, call.needed("verification_token")?)?;
    let started = Instant::now();
    let shared = desk.shared();
    let (challenge, answer) = match call.needed("what")? {
        "challenge-post" => challenge(desk, &customer, Verb::Post)?,
        "challenge-get" => challenge(desk, &customer, Verb::Get)?,
        "message" => {
            let message = call.json_text("message")?;
            let message = message.unwrap_or_else(|| MESSAGE.to_owned());
            if serde_json::from_str::<Value>(&message).is_err() {
                return Err(Problem::bad("message is not JSON"));
            }
            let delivered = calls::deliver(shared, &customer, message);
            (None, Handle::current().block_on(delivered)?)
        }
        other => {
            let known = "challenge-post, challenge-get and message";
            let text = format!("{other:?} cannot be sent; known: {known}");
            return Err(Problem::bad(text));
        }
    };
    let took = started.elapsed();
    let is_taken = match challenge {
        Some(challenge) => challenge.is_verified(),
        None => answer.status().is_success(),
    };
    let body = String::from_utf8_lossy(answer.body());
    let body: String = body.chars().take(MOST_CHARS).collect();
    Ok(Answer::Json(json!({
        "status": answer.status().as_u16(),
        "took_ms": took.as_millis(),
        "taken": is_taken,
        "echo": challenge.map(|challenge| match challenge.echo {
            Echo::Alone => "the body is the challenge",
            Echo::Within => "the challenge is within the body",
            Echo::Absent => "the challenge is not in the body",
        }),
        "body": body.replace(customer.token(), "[redacted]"),
    })))
}

type Answered = (Option<Challenge>, http::Response<Vec<u8>>);

fn challenge(desk: &Desk, customer: &Customer, verb: Verb) -> Result<Answered, Problem> {
    let answered = calls::challenge(desk.shared(), customer, verb);
    let (challenge, answer) = Handle::current().block_on(answered)?;
    Ok((Some(challenge), answer))
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let status = match error {
            CallError::NoAnswer => StatusCode::BAD_GATEWAY,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.to_string())
    }
}

/// The default message.
const MESSAGE: &str = r#"{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient","Test":true,"Source":{"ID":"7ce6f387-c33c-417d-8682-81e83628cbd9","Name":"Redox Dev Tools"}}}"#;

/// The shown length of an answer.
const MOST_CHARS: usize = 4_000;
