use std::path::Path;

use redox_auth_core::DATA_MODEL_PATH;
use redox_auth_reqwest::{Error, Method, Response};
use serde_json::Value;

use crate::args::SendArgs;
use crate::failure::Failure;
use crate::terminal::shown;
use crate::{connect, input, print};

/// Sends one Data Model message with a new token, and prints the answer.
pub(crate) async fn run(args: SendArgs) -> Result<(), Failure> {
    let message = Message::read(&args.file, args.source_id.as_deref())?;
    let mut builder = connect::builder(args.server, args.key)?;
    if let Some(source_id) = args.source_id {
        builder = builder.source_id(source_id);
    }
    let redox = builder.build()?;
    let token = redox.token().await?;
    let response = redox
        .request(&token, Method::POST, DATA_MODEL_PATH)?
        .header("content-type", "application/json")
        .body(message.0)
        .send()
        .await
        .map_err(Error::from)?;
    print(&answer(response).await?)
}

/// A Data Model message that was looked at far enough to be sent.
pub(crate) struct Message(pub(crate) Vec<u8>);

impl Message {
    fn read(path: &Path, source_id: Option<&str>) -> Result<Self, Failure> {
        let content = input::read(path, "message", MAX_MESSAGE)?;
        Self::parse(&path.display().to_string(), &content, source_id)
    }

    /// Checks that it is JSON with `Meta`, and names the source in it where one is given. A message that needs no
    /// change stays the bytes that it was.
    fn parse(name: &str, content: &[u8], source_id: Option<&str>) -> Result<Self, Failure> {
        let wrong = |problem: String| Failure::usage(format!("message in {name}: {problem}"));
        let mut message: Value = serde_json::from_slice(content)
            .map_err(|error| wrong(format!("expected JSON, found a mistake: {error}")))?;
        let meta = message
            .get_mut("Meta")
            .and_then(Value::as_object_mut)
            .ok_or_else(|| wrong("expected an object with the object `Meta`, found none".into()))?;
        let Some(source_id) = source_id else {
            return Ok(Self(content.to_owned()));
        };
        let source = meta
            .entry("Source")
            .or_insert_with(|| Value::Object(serde_json::Map::new()))
            .as_object_mut()
            .ok_or_else(|| wrong("expected `Meta.Source` to be an object".into()))?;
        match source.get("ID") {
            Some(Value::String(found)) if found == source_id => Ok(Self(content.to_owned())),
            Some(found) => Err(wrong(format!(
                "expected `Meta.Source.ID` to be {source_id:?}, as --source-id says, found {found}"
            ))),
            None => {
                source.insert("ID".to_owned(), source_id.into());
                Ok(Self(message.to_string().into_bytes()))
            }
        }
    }
}

/// The body of a good answer. Redox may answer 200 and say no in `Meta.Errors`.
pub(crate) async fn answer(mut response: Response) -> Result<String, Failure> {
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::from)? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            return Err(Failure::no_answer(format!(
                "the API's answer is longer than {MAX_ANSWER} bytes; the message was sent"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    let json: Option<Value> = serde_json::from_str(&text).ok();
    let mut words = json.as_ref().map(errors).unwrap_or_default();
    if status.is_success() && words.is_empty() {
        return match json {
            Some(_) => Ok(text),
            None => Err(Failure::no_answer(format!(
                "the API took the message with status {}, and answered something else: expected JSON, found {:?}",
                status.as_u16(),
                shown(text.trim())
            ))),
        };
    }
    if words.is_empty() {
        words.push(shown(text.trim()));
    }
    Err(Failure::refused(format!(
        "the API refused the message with status {}\n  its words: {}\n  meaning:   {}",
        status.as_u16(),
        words.join("\n             "),
        hint(status.as_u16())
    )))
}

/// What `Meta.Errors` says.
fn errors(answer: &Value) -> Vec<String> {
    let errors = answer.pointer("/Meta/Errors").and_then(Value::as_array);
    errors
        .into_iter()
        .flatten()
        .map(|error| match error.get("Text").and_then(Value::as_str) {
            Some(text) => shown(text),
            None => shown(&error.to_string()),
        })
        .collect()
}

/// Redox's page "Error handling and responses".
fn hint(status: u16) -> &'static str {
    match status {
        401 => "the token was not accepted; is this the API that the token endpoint belongs to?",
        403 | 404 => {
            "check destination ID, data model and event type, and that this key may use them"
        }
        413 => "the message is larger than the API takes",
        429 => "too many requests; wait and try again",
        502 => "a part of the API is being replaced; try again",
        504 => "no answer in time; the message may have arrived all the same",
        500..=599 => "the API has a fault; try again later",
        _ => "check the message against its data model",
    }
}

/// The largest message that Redox takes (its page "Quotas and constraints"), in bytes.
const MAX_MESSAGE: u64 = 40_000_000;

/// The longest answer that is read, in bytes: a query may return documents.
const MAX_ANSWER: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn a_message_is_changed_only_where_its_source_is_missing() {
        let parse = |json: &str, source_id| {
            Message::parse("it", json.as_bytes(), source_id)
                .map(|message| String::from_utf8(message.0).unwrap())
                .map_err(|failure| failure.to_string())
        };
        let plain = r#"{ "Meta": {"A":1.10, "Source":{"ID":"s"}}, "B":12345678901234567890123 }"#;
        assert_eq!(parse(plain, None).unwrap(), plain);
        assert_eq!(parse(plain, Some("s")).unwrap(), plain);
        assert!(parse(plain, Some("t")).unwrap_err().contains("\"t\""));
        assert_eq!(
            parse(
                r#"{"Meta":{"Z":1.10},"A":12345678901234567890123}"#,
                Some("s")
            )
            .unwrap(),
            r#"{"Meta":{"Z":1.10,"Source":{"ID":"s"}},"A":12345678901234567890123}"#
        );
        for json in ["", "[]", "{}", r#"{"Meta":1}"#, r#"{"Meta":{"Source":1}}"#] {
            assert!(parse(json, Some("s")).is_err(), "{json}");
        }
    }
}
