use redox_auth_core::{Meta, MetaError, Party, Sources, Traffic};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A `Meta` with any members: `DataModel`, `EventType`, the ID and the name of a destination and of the source,
/// `EventDateTime`, `FacilityCode` and `Extensions`, with a byte 255 after each, which no text has; an empty one is
/// left out. All of the input is a message, too.
///
/// # Panics
/// When `serde_json` reads something else than went in, when the length is not what was said before, or when a message
/// is taken that lacks what is required.
pub fn meta(input: &[u8]) {
    message(input);
    let mut texts = input
        .split(|&byte| byte == 0xff)
        .map(String::from_utf8_lossy);
    let mut text = || texts.next().unwrap_or_default();
    let (data_model, event_type, id, name) = (text(), text(), text(), text());
    let (source_id, source_name) = (text(), text());
    let (time, code, extensions) = (text(), text(), text());

    let destinations = [party(&id, &name), party(&id, "")];
    let mut meta = Meta::new(&data_model, &event_type, &destinations);
    let mut expected = Map::new();
    expected.insert("DataModel".into(), json!(data_model));
    expected.insert("EventType".into(), json!(event_type));
    expected.insert(
        "Destinations".into(),
        json!([party_json(&id, &name), party_json(&id, "")]),
    );
    if !source_id.is_empty() {
        meta = meta.source(party(&source_id, &source_name));
        expected.insert("Source".into(), party_json(&source_id, &source_name));
    }
    if !time.is_empty() {
        meta = meta.event_date_time(&time).traffic(Traffic::Test);
        expected.insert("EventDateTime".into(), json!(time));
        expected.insert("Test".into(), json!(true));
    }
    if !code.is_empty() {
        meta = meta.facility_code(&code);
        expected.insert("FacilityCode".into(), json!(code));
    }
    if !extensions.is_empty() {
        meta = meta.extensions(&extensions);
        // The one thing that serde_json refuses and we do not is a number beyond the greatest float.
        let Ok(value) = serde_json::from_str::<Map<String, Value>>(&extensions) else {
            let _ = meta.write(&mut []);
            return;
        };
        expected.insert("Extensions".into(), value.into());
    }

    let needed = meta.written_len();
    let mut out = vec![0; needed];
    match meta.write(&mut out) {
        Ok(written) => {
            assert_eq!(written.len(), needed);
            let read: Value = serde_json::from_str(written).expect("JSON");
            assert_eq!(read, Value::Object(expected));
            let message = format!("{{\"Meta\":{written}}}");
            assert_eq!(
                Meta::check_message(message.as_bytes(), Sources::One),
                Ok(())
            );
        }
        Err(MetaError::Missing(_)) => {
            assert!(
                [&data_model, &event_type, &id]
                    .iter()
                    .any(|it| it.is_empty())
            );
            return;
        }
        Err(error) => {
            assert!(!matches!(error, MetaError::BufferTooSmall { .. }));
            return;
        }
    }
    if let Some((_, short)) = out.split_first_mut() {
        let got = meta.write(short);
        assert_eq!(got, Err(MetaError::BufferTooSmall { needed }));
    }
}

fn message(input: &[u8]) {
    match Meta::check_message(input, Sources::Several) {
        Ok(()) => {
            let theirs: Message = serde_json::from_slice(input).expect("JSON by serde_json, too");
            let meta = theirs.meta;
            let mut required = vec![meta.data_model, meta.event_type, meta.source.id];
            assert!(!meta.destinations.is_empty());
            required.extend(meta.destinations.into_iter().map(|it| it.id));
            assert!(required.iter().all(|text| !text.is_empty()));
            assert_eq!(Meta::check_message(input, Sources::One), Ok(()));
        }
        Err(MetaError::Message(error)) => assert!(error.at <= input.len()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn party<'a>(id: &'a str, name: &'a str) -> Party<'a> {
    if name.is_empty() {
        Party::new(id)
    } else {
        Party::new(id).name(name)
    }
}

fn party_json(id: &str, name: &str) -> Value {
    if name.is_empty() {
        json!({ "ID": id })
    } else {
        json!({ "ID": id, "Name": name })
    }
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "Meta")]
    meta: Required,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Required {
    data_model: String,
    event_type: String,
    source: Identified,
    destinations: Vec<Identified>,
}

#[derive(Deserialize)]
struct Identified {
    #[serde(rename = "ID")]
    id: String,
}
