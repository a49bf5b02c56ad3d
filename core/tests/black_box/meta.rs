//! `serde_json` can parse each written `Meta`, and a missing required member is found before anything is sent.

use proptest::prelude::*;
use redox_auth_core::ParseErrorKind::{self, Duplicate, NotAnObject, Syntax, WrongType};
use redox_auth_core::{Meta, MetaError, Party, Sources, Traffic};
use serde_json::{Map, Value, json};

const PARTIES: &[Party<'_>] = &[Party::new("destination-1")];

fn full<'a>(destinations: &'a [Party<'a>]) -> Meta<'a> {
    Meta::new("PatientAdmin", "NewPatient", destinations)
        .event_date_time("2026-11-21T20:52:35.000Z")
        .traffic(Traffic::Test)
        .source(Party::new("source-1").name("Ward 3"))
        .facility_code("F1")
        .extensions(r#" {"a":[1,{"b":null}]} "#)
}

fn written(meta: &Meta<'_>) -> Value {
    let mut out = vec![0; meta.written_len()];
    serde_json::from_str(meta.write(&mut out).unwrap()).unwrap()
}

fn error(meta: &Meta<'_>) -> MetaError {
    let mut out = [b'-'; 512];
    let error = meta.write(&mut out).unwrap_err();
    assert_eq!(out, [b'-'; 512], "{error} and out was touched");
    error
}

#[test]
fn every_member_has_the_name_that_redox_gave_it() {
    let two = [
        Party::new("destination-1"),
        Party::new("destination-2").name("Clinic"),
    ];
    let expected = json!({
        "DataModel": "PatientAdmin",
        "EventType": "NewPatient",
        "EventDateTime": "2026-11-21T20:52:35.000Z",
        "Test": true,
        "Source": { "ID": "source-1", "Name": "Ward 3" },
        "Destinations": [{ "ID": "destination-1" }, { "ID": "destination-2", "Name": "Clinic" }],
        "FacilityCode": "F1",
        "Extensions": { "a": [1, { "b": null }] },
    });
    assert_eq!(written(&full(&two)), expected);
}

#[test]
fn what_is_not_set_is_left_out() {
    let meta = Meta::new("Results", "New", PARTIES);
    let expected =
        r#"{"DataModel":"Results","EventType":"New","Destinations":[{"ID":"destination-1"}]}"#;
    assert_eq!(meta.write(&mut [0; 128]), Ok(expected));
    assert_eq!(written(&meta.traffic(Traffic::Live))["Test"], json!(false));
}

#[test]
fn a_query_has_one_destination() {
    let [destination] = PARTIES else {
        panic!("one destination");
    };
    let meta = written(&Meta::query("PatientSearch", "Query", destination));
    assert_eq!(meta["Destinations"], json!([{ "ID": "destination-1" }]));
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need() {
    let meta = full(PARTIES);
    let mut out = [0; 512];
    let needed = meta.write(&mut out).unwrap().len();
    assert_eq!(needed, meta.written_len());
    for short in 0..needed {
        let got = meta.write(&mut out[..short]);
        assert_eq!(
            got,
            Err(MetaError::BufferTooSmall { needed }),
            "{short} bytes"
        );
    }
    assert!(meta.write(&mut out[..needed]).is_ok());
}

#[test]
fn what_redox_requires_is_named_when_it_is_missing() {
    let nameless = [Party::new("destination-1"), Party::new("").name("Clinic")];
    for (meta, missing) in [
        (Meta::new("", "New", PARTIES), "Meta.DataModel"),
        (Meta::new("Results", "", PARTIES), "Meta.EventType"),
        (Meta::new("Results", "New", &[]), "Meta.Destinations"),
        (full(&nameless), "Meta.Destinations[].ID"),
        (full(PARTIES).source(Party::new("")), "Meta.Source.ID"),
        (
            Meta::new("Results", "New", PARTIES).sources(Sources::Several),
            "Meta.Source.ID",
        ),
    ] {
        assert_eq!(error(&meta), MetaError::Missing(missing), "{meta:?}");
    }
    let named = full(PARTIES).sources(Sources::Several);
    assert_eq!(written(&named), written(&full(PARTIES)));
}

#[test]
fn an_event_time_that_is_none_is_refused() {
    for time in [
        "",
        "now",
        "2026-11-21",
        "2026-11-21T20:52:35",
        "2026-02-29T00:00:00Z",
    ] {
        let meta = full(PARTIES).event_date_time(time);
        assert_eq!(error(&meta), MetaError::EventDateTime, "{time}");
    }
    let meta = full(PARTIES).event_date_time("2026-11-21T21:52:35+01:00");
    assert_eq!(written(&meta)["EventDateTime"], "2026-11-21T21:52:35+01:00");
}

#[test]
fn extensions_are_one_json_object_and_nothing_behind_it() {
    for (extensions, expected) in [
        ("", ParseErrorKind::Empty),
        ("[]", NotAnObject),
        ("null", NotAnObject),
        (r#"{"a":1}, "Test":false"#, Syntax),
        (r#"{"a":1}}"#, Syntax),
        ("{'a':1}", Syntax),
        (r#"{"a":"#, ParseErrorKind::Truncated),
    ] {
        let MetaError::Extensions(found) = error(&full(PARTIES).extensions(extensions)) else {
            panic!("another error for {extensions}");
        };
        assert_eq!(found.kind, expected, "{extensions}");
    }
}

fn checked(message: &Value, sources: Sources) -> Result<(), MetaError> {
    Meta::check_message(message.to_string().as_bytes(), sources)
}

/// A complete message whose `Meta` has the member at this path replaced, or removed for no value.
fn message_but(path: &[&str], value: Option<Value>) -> Value {
    let mut message = json!({ "Patient": { "Meta": 1 }, "Meta": written(&full(PARTIES)) });
    let (last, parents) = path.split_last().unwrap();
    let mut parent = &mut message["Meta"];
    for name in parents {
        parent = match name.parse::<usize>() {
            Ok(index) => &mut parent[index],
            Err(_) => &mut parent[*name],
        };
    }
    let parent = parent.as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert((*last).to_owned(), value),
        None => parent.remove(*last),
    };
    message
}

#[test]
fn a_message_is_missing_what_is_absent_null_or_empty() {
    for (path, missing, empty) in [
        (&["DataModel"][..], "Meta.DataModel", json!("")),
        (&["EventType"], "Meta.EventType", json!("")),
        (&["Destinations"], "Meta.Destinations", json!([])),
        (
            &["Destinations", "0", "ID"],
            "Meta.Destinations[].ID",
            json!(""),
        ),
        (&["Source"], "Meta.Source.ID", json!({})),
        (&["Source", "ID"], "Meta.Source.ID", json!("")),
    ] {
        for value in [None, Some(Value::Null), Some(empty)] {
            let message = message_but(path, value);
            let expected = Err(MetaError::Missing(missing));
            assert_eq!(checked(&message, Sources::Several), expected, "{message}");
        }
    }
    for destinations in [json!([null]), json!([{ "ID": "a" }, {}])] {
        let message = message_but(&["Destinations"], Some(destinations));
        let expected = Err(MetaError::Missing("Meta.Destinations[].ID"));
        assert_eq!(checked(&message, Sources::One), expected, "{message}");
    }
    for message in [json!({}), json!({ "Meta": null }), json!({ "meta": {} })] {
        let expected = Err(MetaError::Missing("Meta"));
        assert_eq!(checked(&message, Sources::One), expected, "{message}");
    }
}

#[test]
fn one_source_need_not_be_named() {
    for (path, value) in [
        (&["Source"][..], None),
        (&["Source"], Some(Value::Null)),
        (&["Source"], Some(json!({ "Name": "Ward 3" }))),
        (&["Source", "ID"], Some(Value::Null)),
        (&["EventDateTime"], None),
        (&["EventDateTime"], Some(Value::Null)),
    ] {
        let message = message_but(path, value);
        assert_eq!(checked(&message, Sources::One), Ok(()), "{message}");
    }
    let empty = message_but(&["Source", "ID"], Some(json!("")));
    let expected = Err(MetaError::Missing("Meta.Source.ID"));
    assert_eq!(checked(&empty, Sources::One), expected);
}

#[test]
fn a_member_of_another_type_is_named() {
    for (path, member, expected) in [
        (&["DataModel"][..], "Meta.DataModel", "a string"),
        (&["EventType"], "Meta.EventType", "a string"),
        (&["EventDateTime"], "Meta.EventDateTime", "a string"),
        (&["Source"], "Meta.Source", "an object"),
        (&["Source", "ID"], "Meta.Source.ID", "a string"),
        (&["Destinations"], "Meta.Destinations", "an array"),
        (
            &["Destinations", "0", "ID"],
            "Meta.Destinations[].ID",
            "a string",
        ),
    ] {
        let message = message_but(path, Some(json!(5)));
        let Err(MetaError::Message(error)) = checked(&message, Sources::One) else {
            panic!("{message}");
        };
        assert_eq!(error.kind, WrongType { member, expected }, "{message}");
        let text = message.to_string();
        assert_eq!(&text[error.at..=error.at], "5", "{message}");
    }
    let strings = message_but(&["Destinations"], Some(json!(["destination-1"])));
    let Err(MetaError::Message(error)) = checked(&strings, Sources::One) else {
        panic!("{strings}");
    };
    let (member, expected) = ("Meta.Destinations[]", "an object");
    assert_eq!(error.kind, WrongType { member, expected });
}

#[test]
fn a_message_that_two_readers_would_read_differently_is_refused() {
    for (message, expected) in [
        (r#"{"Meta":{},"Meta":{}}"#, Duplicate("Meta")),
        (
            r#"{"Meta":{"DataModel":"a","DataM\u006fdel":"b"}}"#,
            Duplicate("DataModel"),
        ),
        (
            r#"{"Meta":{"DataModel":"a","EventType":"b","Destinations":[{"ID":"c","ID":"d"}]}}"#,
            Duplicate("ID"),
        ),
        (
            r#"{"Meta":{"DataModel":"a","EventType":"b"}"#,
            ParseErrorKind::Truncated,
        ),
        (r#"{"Meta":{}} {}"#, Syntax),
        ("<html>", ParseErrorKind::Html),
        ("MSH|^~\\&|", NotAnObject),
    ] {
        let Err(MetaError::Message(error)) = Meta::check_message(message.as_bytes(), Sources::One)
        else {
            panic!("{message}");
        };
        assert_eq!(error.kind, expected, "{message}");
    }
}

#[test]
fn a_time_with_escapes_is_read_as_what_it_says() {
    let message = |time: &str| {
        format!(
            r#"{{"Meta":{{"DataModel":"a","EventType":"b","Destinations":[{{"ID":"c"}}],"EventDateTime":"{time}"}}}}"#
        )
    };
    let check = |time: &str| Meta::check_message(message(time).as_bytes(), Sources::One);
    assert_eq!(check(r"2026-11-21T20:52:35\u002b00:00"), Ok(()));
    let longest = "2026-11-21T20:52:35.123456789+00:00";
    let escaped: String = longest
        .bytes()
        .map(|byte| format!("\\u{byte:04x}"))
        .collect();
    assert_eq!(check(&escaped), Ok(()));
    for no_time in [
        "",
        r"\u0000",
        "21.11.2026",
        &"2".repeat(1000),
        &escaped.repeat(2),
    ] {
        assert_eq!(check(no_time), Err(MetaError::EventDateTime), "{no_time}");
    }
}

/// Texts that are easy to write wrongly.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,20}",
        "[\"\\\\/\u{0}-\u{1f}\u{7f}é👍\u{2028}a]{1,20}",
        any::<String>().prop_filter("not empty", |text| !text.is_empty()),
    ]
}

fn party() -> impl Strategy<Value = (String, Option<String>)> {
    (
        text().prop_filter("an ID", |id| !id.is_empty()),
        prop::option::of(text()),
    )
}

fn party_of((id, name): &(String, Option<String>)) -> Party<'_> {
    match name {
        Some(name) => Party::new(id).name(name),
        None => Party::new(id),
    }
}

fn party_json((id, name): &(String, Option<String>)) -> Value {
    let mut party = json!({ "ID": id });
    if let Some(name) = name {
        party["Name"] = json!(name);
    }
    party
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_by_serde_json(
        required in (party(), party()),
        destinations in prop::collection::vec(party(), 1..4),
        source in prop::option::of(party()),
        test in prop::option::of(any::<bool>()),
        facility_code in prop::option::of(text()),
        extensions in prop::option::of(prop::collection::btree_map(text(), text(), 0..3)),
        second in prop::option::of(0_i64..253_402_300_799),
    ) {
        let ((data_model, _), (event_type, _)) = &required;
        let parties: Vec<_> = destinations.iter().map(party_of).collect();
        let extensions_text = extensions.as_ref().map(|it| json!(it).to_string());
        let time = second.map(|it| jiff::Timestamp::from_second(it).unwrap().to_string());

        let mut meta = Meta::new(data_model, event_type, &parties);
        let mut expected = Map::new();
        expected.insert("DataModel".into(), json!(data_model));
        expected.insert("EventType".into(), json!(event_type));
        expected.insert("Destinations".into(), destinations.iter().map(party_json).collect());
        if let Some(source) = &source {
            meta = meta.source(party_of(source)).sources(Sources::Several);
            expected.insert("Source".into(), party_json(source));
        }
        if let Some(test) = test {
            meta = meta.traffic(if test { Traffic::Test } else { Traffic::Live });
            expected.insert("Test".into(), json!(test));
        }
        if let Some(code) = &facility_code {
            meta = meta.facility_code(code);
            expected.insert("FacilityCode".into(), json!(code));
        }
        if let Some(text) = &extensions_text {
            meta = meta.extensions(text);
            expected.insert("Extensions".into(), json!(extensions));
        }
        if let Some(time) = &time {
            meta = meta.event_date_time(time);
            expected.insert("EventDateTime".into(), json!(time));
        }

        let needed = meta.written_len();
        let mut out = vec![0; needed];
        let (_, short) = out.split_first_mut().unwrap();
        let short = meta.write(short);
        prop_assert_eq!(short, Err(MetaError::BufferTooSmall { needed }));
        let text = meta.write(&mut out).unwrap();
        prop_assert_eq!(text.len(), needed);
        let read: Value = serde_json::from_str(text).unwrap();
        prop_assert_eq!(&read, &Value::Object(expected));

        let sources = if source.is_some() { Sources::Several } else { Sources::One };
        for message in [format!("{{\"Meta\":{text}}}"), json!({ "A": [{}], "Meta": read }).to_string()] {
            prop_assert_eq!(Meta::check_message(message.as_bytes(), sources), Ok(()));
        }
    }

    #[test]
    fn any_bytes_are_a_message_or_an_error(message in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Meta::check_message(&message, Sources::One).is_err());
    }
}
