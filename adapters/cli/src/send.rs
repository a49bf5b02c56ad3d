use std::path::Path;

use redox_auth_core::{DATA_MODEL_PATH, Meta, MetaAnswer, Sources};
use redox_auth_reqwest::{Api, Error, Method, Response};
use serde_json::{Map, Value};

use crate::args::SendArgs;
use crate::failure::Failure;
use crate::terminal::shown;
use crate::{connect, input, notes, print};

/// Sends one Data Model message and prints the answer.
pub(crate) async fn run(args: SendArgs) -> Result<(), Failure> {
    let legacy_key = args.legacy.legacy_key.as_deref();
    let source = match (&args.source.source_id, legacy_key) {
        (Some(source_id), _) => Some(Source::Given(source_id)),
        // While both keys are there, the new one has to be told the source that the old one belongs to.
        (None, Some(legacy_key)) if args.key.is_given() => Some(Source::Default(legacy_key)),
        _ => None,
    };
    let message = Message::read(&args.file, source)?;
    let mut builder = connect::builder(&args.server, &args.key, &args.legacy)?;
    if let Some(source_id) = args.source.source_id {
        builder = builder.source_id(source_id);
    }
    let redox = builder.build()?;
    notes::print(&redox, &redox.token().await?);
    let request = redox
        .request(Method::POST, DATA_MODEL_PATH)?
        .header("content-type", "application/json")
        .body(message.0);
    print(&answer(redox.send(Api::DataModel, request).await?).await?)
}

/// The source that a message comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// As the person says: the message must not say otherwise.
    Given(&'a str),
    /// Unless the message says otherwise.
    Default(&'a str),
}

/// A Data Model message that may be sent.
struct Message(Vec<u8>);

impl Message {
    fn read(path: &Path, source: Option<Source<'_>>) -> Result<Self, Failure> {
        let content = input::read(path, "message", MAX_MESSAGE)?;
        let wrong = |problem| Failure::usage(format!("message in {}: {problem}", path.display()));
        Self::parse(&content, source).map_err(wrong)
    }

    /// Checks that `Meta` says what Redox wants to know, and names the source in it where it does not. A message that
    /// needs no change stays the bytes that it was.
    fn parse(content: &[u8], source: Option<Source<'_>>) -> Result<Self, String> {
        Meta::check_message(content, Sources::One).map_err(|error| error.to_string())?;
        let unchanged = Ok(Self(content.to_owned()));
        let Some(Source::Given(source_id) | Source::Default(source_id)) = source else {
            return unchanged;
        };
        let mut message: Value = serde_json::from_slice(content)
            .map_err(|error| format!("expected JSON, found a mistake: {error}"))?;
        let meta = message.get_mut("Meta").and_then(Value::as_object_mut);
        let source_of = meta.map(|meta| meta.entry("Source").or_insert(Value::Null));
        let source_of = source_of.ok_or("expected an object with the object `Meta`")?;
        if source_of.is_null() {
            *source_of = Value::Object(Map::new());
        }
        let source_of = source_of.as_object_mut();
        let source_of = source_of.ok_or("expected `Meta.Source` to be an object")?;
        match (source_of.get("ID").and_then(Value::as_str), source) {
            (None, _) => {
                source_of.insert("ID".to_owned(), source_id.into());
                Ok(Self(message.to_string().into_bytes()))
            }
            (Some(found), Some(Source::Given(_))) if found != source_id => Err(format!(
                "expected `Meta.Source.ID` to be {source_id:?}, as --source-id says, found {found:?}"
            )),
            _ => unchanged,
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
    let meta = MetaAnswer::parse(&body);
    let mut words: Vec<String> = match &meta {
        Ok(meta) => meta
            .errors()
            .map(|error| shown(&error.to_string()))
            .collect(),
        Err(_) => Vec::new(),
    };
    let text = String::from_utf8_lossy(&body);
    if status.is_success() && words.is_empty() {
        return match meta {
            Ok(_) => Ok(text.into_owned()),
            Err(error) => Err(Failure::no_answer(format!(
                "the API took the message with status {}, and answered something else: {error}\n  found:     {:?}",
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
    use super::{Message, Source};

    #[test]
    fn a_message_is_changed_only_where_its_source_is_missing() {
        let parse = |json: &str, source| {
            Message::parse(json.as_bytes(), source)
                .map(|message| String::from_utf8(message.0).unwrap())
        };
        let message = |source: &str| {
            format!(
                r#"{{ "Meta": {{"DataModel":"A","EventType":"B","Destinations":[{{"ID":"d"}}],"X":1.10{source}}},"N":12345678901234567890123 }}"#
            )
        };
        let named = message(r#", "Source":{"ID":"s"}"#);
        for source in [None, Some(Source::Given("s")), Some(Source::Default("t"))] {
            assert_eq!(parse(&named, source).unwrap(), named);
        }
        let refused = parse(&named, Some(Source::Given("t"))).unwrap_err();
        assert!(
            refused.contains("\"t\"") && refused.contains("\"s\""),
            "{refused}"
        );

        let changed = named.replace(": {", ":{").replace(", \"", ",\"");
        let changed = changed.replace("{ ", "{").replace(" }", "}");
        for source in [Source::Given("s"), Source::Default("s")] {
            for without in [
                "",
                r#","Source":null"#,
                r#","Source":{}"#,
                r#","Source":{"ID":null}"#,
            ] {
                assert_eq!(parse(&message(without), Some(source)).unwrap(), changed);
            }
            for wrong in [
                r#","Source":1"#,
                r#","Source":{"ID":1}"#,
                r#","Source":{},"Source":{}"#,
            ] {
                assert!(parse(&message(wrong), Some(source)).is_err(), "{wrong}");
            }
        }
    }
}
