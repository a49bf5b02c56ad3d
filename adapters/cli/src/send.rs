mod answer;
mod many;
mod outcome;
mod parcel;
mod progress;
mod reader;
mod results;
mod tally;

use std::path::Path;

use redox_auth_core::{Meta, Sources};
use redox_auth_reqwest::Redox;
use serde_json::{Map, Value};

use crate::args::SendArgs;
use crate::failure::Failure;
use crate::{connect, input, notes, print};
use answer::Answer;
use parcel::{Kind, Parcel};
use progress::bar_of_bytes;

pub(crate) use answer::answer;

/// Sends messages or files, and prints what becomes of them.
pub(crate) async fn run(args: SendArgs) -> Result<(), Failure> {
    match args.only_file() {
        Some(file) => one(file, &args).await,
        None => many::run(args).await,
    }
}

/// Sends what is in one file, and prints the answer as it is.
async fn one(file: &Path, args: &SendArgs) -> Result<(), Failure> {
    let parcel = if args.upload {
        Parcel::file(file)?
    } else {
        Parcel::message(Message::read(file, source(args))?)
    };
    let kind = parcel.kind;
    let redox = client(args)?;
    notes::print(&redox, &redox.token().await?);
    let bar = bar_of_bytes(parcel.content.len(), args);
    let response = if bar.is_hidden() {
        parcel.call(&redox).send().await
    } else {
        parcel.send_counted(&redox, &bar).await
    };
    bar.finish_and_clear();
    print(&Answer::read(response?).await?.into_result(kind)?)
}

/// A client with the source that messages come from.
fn client(args: &SendArgs) -> Result<Redox, Failure> {
    let mut builder = connect::builder(&args.server, &args.key, &args.legacy)?;
    if let Some(source_id) = &args.source.source_id {
        builder = builder.source_id(source_id);
    }
    Ok(builder.build()?)
}

fn source(args: &SendArgs) -> Option<Source<'_>> {
    match (&args.source.source_id, &args.legacy.legacy_key) {
        (Some(source_id), _) => Some(Source::Given(source_id)),
        // While both keys are there, the new one has to be told the source that the old one belongs to.
        (None, Some(legacy_key)) if args.key.is_given() => Some(Source::Default(legacy_key)),
        _ => None,
    }
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

/// The largest message that Redox takes (its page "Quotas and constraints"), in bytes.
const MAX_MESSAGE: u64 = 40_000_000;

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
