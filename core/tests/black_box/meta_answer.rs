//! The `Meta` of an answer: Redox's words are read unchanged, and an invalid answer is a typed error.

use proptest::prelude::*;
use redox_auth_core::ParseErrorKind::{
    self, Duplicate, Empty, Html, Missing, NotAnObject, NotUtf8, Syntax, TooDeep, Truncated,
    WrongType,
};
use redox_auth_core::{MetaAnswer, MetaFault, ParseError, PeerText};
use serde_json::{Value, json};

/// A fault as owned values: ID, text, type, module.
type Fault = (
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// A log as owned values: ID, attempt ID.
type Log = (Option<String>, Option<String>);

fn string(text: PeerText<'_>) -> String {
    text.chars().collect()
}

fn read(body: impl AsRef<[u8]>) -> Result<(Vec<Fault>, Vec<Log>), ParseError> {
    let answer = MetaAnswer::parse(body.as_ref())?;
    let errors = answer.errors().map(|it: MetaFault<'_>| {
        let [id, text, fault_type, module] =
            [it.id, it.text, it.fault_type, it.module].map(|it| it.map(string));
        (id, text, fault_type, module)
    });
    let logs = answer
        .logs()
        .map(|it| (it.id.map(string), it.attempt_id.map(string)));
    Ok((errors.collect(), logs.collect()))
}

fn kind(body: impl AsRef<[u8]>) -> ParseErrorKind {
    read(body).unwrap_err().kind
}

fn fault(text: &str) -> Fault {
    (None, Some(text.into()), None, None)
}

#[test]
fn errors_and_logs_are_read_in_their_order() {
    let body = json!({
        "Patient": { "Meta": { "Errors": ["not these"] } },
        "Meta": {
            "DataModel": "PatientSearch",
            "Errors": [
                { "ID": 4401, "Text": "No subscriptions.", "Type": "message", "Module": "Subscriptions" },
                { "Text": "Destination is down" },
            ],
            "Logs": [{ "ID": "log-1", "AttemptID": "attempt-1" }, { "ID": "log-2" }],
        },
    });
    let (errors, logs) = read(body.to_string()).unwrap();
    let first = (
        Some("4401".into()),
        Some("No subscriptions.".into()),
        Some("message".into()),
        Some("Subscriptions".into()),
    );
    assert_eq!(errors, [first, fault("Destination is down")]);
    let expected = [
        (Some("log-1".into()), Some("attempt-1".into())),
        (Some("log-2".into()), None),
    ];
    assert_eq!(logs, expected);
}

#[test]
fn an_answer_of_2020_with_its_retired_ids_is_read() {
    let body = br#"{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient","Message":{"ID":5565},
        "Transmission":{"ID":12414},"Source":{"ID":"a","Name":"b"},"Destinations":[{"ID":"c"}],"Logs":null}}"#;
    assert_eq!(read(body), Ok((vec![], vec![])));
}

#[test]
fn a_bare_detail_is_an_error_too() {
    let alone = read(r#"{"errorDetail":"bad \"thing\""}"#);
    assert_eq!(alone, Ok((vec![fault("bad \"thing\"")], vec![])));
    let behind = read(r#"{"errorDetail":"last","Meta":{"Errors":[{"Text":"first"}]}}"#);
    assert_eq!(behind, Ok((vec![fault("first"), fault("last")], vec![])));
}

#[test]
fn what_is_absent_null_or_empty_is_no_error() {
    for meta in [
        "{}",
        r#"{"Errors":null,"Logs":null}"#,
        r#"{"Errors":[],"Logs":[ ]}"#,
        r#"{"errors":[1],"Log":5}"#,
    ] {
        let body = format!(r#"{{"errorDetail":null,"Meta":{meta}}}"#);
        assert_eq!(read(body), Ok((vec![], vec![])), "{meta}");
    }
    let nothing = (None, None, None, None);
    for entry in [
        "null",
        "{}",
        r#"{"ID":null,"Text":null,"Type":null,"Module":null}"#,
    ] {
        let body = format!(r#"{{"Meta":{{"Errors":[{entry}],"Logs":[{entry}]}}}}"#);
        let expected = (vec![nothing.clone()], vec![(None, None)]);
        assert_eq!(read(body), Ok(expected), "{entry}");
    }
}

#[test]
fn a_number_is_read_as_it_is_written() {
    for (id, expected) in [
        ("0", "0"),
        ("4401", "4401"),
        ("\"4401\"", "4401"),
        ("-1.5e400", "-1.5e400"),
        ("\"E1\"", "E1"),
    ] {
        let body = format!(r#"{{"Meta":{{"Errors":[{{"ID":{id}}}],"Logs":[{{"ID":{id}}}]}}}}"#);
        let expected = Some(expected.to_owned());
        let fault = (expected.clone(), None, None, None);
        assert_eq!(
            read(body),
            Ok((vec![fault], vec![(expected, None)])),
            "{id}"
        );
    }
}

#[test]
fn a_member_of_another_type_is_named() {
    for (meta, member, expected) in [
        ("5", "Meta", "an object"),
        ("[]", "Meta", "an object"),
        (r#"{"Errors":{}}"#, "Meta.Errors", "an array"),
        (r#"{"Errors":"[]"}"#, "Meta.Errors", "an array"),
        (r#"{"Errors":["text"]}"#, "Meta.Errors[]", "an object"),
        (r#"{"Errors":[{},[]]}"#, "Meta.Errors[]", "an object"),
        (r#"{"Errors":[{"ID":true}]}"#, "ID", "a string"),
        (r#"{"Errors":[{"Text":false}]}"#, "Text", "a string"),
        (r#"{"Errors":[{"Type":{}}]}"#, "Type", "a string"),
        (r#"{"Errors":[{"Module":[]}]}"#, "Module", "a string"),
        (r#"{"Logs":{"ID":"a"}}"#, "Meta.Logs", "an array"),
        (r#"{"Logs":["a"]}"#, "Meta.Logs[]", "an object"),
        (r#"{"Logs":[{"ID":[]}]}"#, "ID", "a string"),
        (r#"{"Logs":[{"AttemptID":false}]}"#, "AttemptID", "a string"),
    ] {
        let body = format!(r#"{{"Meta":{meta}}}"#);
        assert_eq!(kind(&body), WrongType { member, expected }, "{body}");
    }
    let (member, expected) = ("errorDetail", "a string");
    assert_eq!(
        kind(r#"{"errorDetail":{}}"#),
        WrongType { member, expected }
    );
}

#[test]
fn a_member_that_comes_twice_is_refused() {
    for (body, name) in [
        (r#"{"Meta":{},"Meta":{}}"#, "Meta"),
        (r#"{"errorDetail":"a","errorDetail":"b"}"#, "errorDetail"),
        (r#"{"Meta":{"Errors":[],"\u0045rrors":[]}}"#, "Errors"),
        (r#"{"Meta":{"Logs":null,"Logs":[]}}"#, "Logs"),
        (r#"{"Meta":{"Errors":[{"Text":"a","Text":"b"}]}}"#, "Text"),
        (r#"{"Meta":{"Logs":[{},{"ID":"a","ID":"a"}]}}"#, "ID"),
    ] {
        assert_eq!(kind(body), Duplicate(name), "{body}");
    }
}

#[test]
fn what_is_no_answer_is_named() {
    for (body, expected) in [
        (&b""[..], Empty),
        (b" \r\n", Empty),
        (b"<!DOCTYPE html><html>502 Bad Gateway</html>", Html),
        (b"Service Unavailable", NotAnObject),
        (b"\"Meta\"", NotAnObject),
        (b"[{\"Meta\":{}}]", NotAnObject),
        (b"{}", Missing("Meta")),
        (b"{\"Meta\":null}", Missing("Meta")),
        (
            b"{\"meta\":{\"version\":\"1\"},\"payload\":{}}",
            Missing("Meta"),
        ),
        (b"{\"Meta\":{}} x", Syntax),
        (b"{\"Meta\":{\"Errors\":[{}}}", Syntax),
        (b"{\"Meta\":{},\"a\":\"\xff\"}", NotUtf8),
        (b"{\"Meta\":{\"Errors\":[{\"Text\":\"\\ud83d\"}]}}", Syntax),
    ] {
        assert_eq!(kind(body), expected, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn an_answer_cut_off_anywhere_is_an_error() {
    let body = r#"{"Meta":{"Errors":[{"ID":1,"Text":"a\u00e9"}],"Logs":[{"ID":"b"}]},"c":[1]}"#;
    assert!(read(body).is_ok());
    for end in 0..body.len() {
        let expected = if end == 0 { Empty } else { Truncated };
        assert_eq!(kind(&body[..end]), expected, "after {end} bytes");
    }
}

#[test]
fn large_and_deep_answers_are_read_without_a_heap_or_a_stack() {
    let errors = vec![json!({ "ID": 7, "Text": "\u{1}\"é\\" }); 50_000];
    let filler = vec![json!({ "Meta": [1, "b", null], "c": "\u{1}\"\\" }); 50_000];
    let body = json!({ "A": filler, "Meta": { "Errors": errors }, "Z": filler }).to_string();
    assert!(body.len() > 5_000_000);
    let (errors, _) = read(&body).unwrap();
    assert_eq!(errors.len(), 50_000);
    let expected = (Some("7".into()), Some("\u{1}\"é\\".into()), None, None);
    assert!(errors.iter().all(|it| *it == expected));

    for open in ["[", "{\"a\":"] {
        for before in [
            "{\"a\":",
            "{\"Meta\":",
            "{\"Meta\":{\"Errors\":[",
            "{\"Meta\":{\"Logs\":[",
        ] {
            let body = format!("{before}{}", open.repeat(100_000));
            assert_eq!(kind(body), TooDeep, "{before}{open}{open}…");
        }
    }
}

#[test]
fn a_text_for_people_is_shown_without_what_a_terminal_obeys() {
    let text = "Ward \u{1b}[2J\r\n\u{202e}3\u{9b}\u{7f} é 👍 \"quoted\" \\";
    let body = json!({ "Meta": { "Errors": [
        { "Text": text, "ID": 9, "Type": "a\nb", "Module": "c" },
        { "Module": "Send" },
        { "Text": "alone" },
        {},
    ] } });
    let body = body.to_string();
    let answer = MetaAnswer::parse(body.as_bytes()).unwrap();
    let shown: Vec<_> = answer.errors().map(|it| it.to_string()).collect();
    let expected = [
        "Ward \\u{1b}[2J\\u{d}\\u{a}\\u{202e}3\\u{9b}\\u{7f} é 👍 \"quoted\" \\ (ID 9, type a\\u{a}b, module c)",
        "an error without a text (module Send)",
        "alone",
        "an error without a text",
    ];
    assert_eq!(shown, expected);
    assert!(!format!("{answer:?}").contains("Ward"));
}

#[test]
fn a_text_is_lent_when_it_has_no_escapes() {
    let body =
        br#"{"Meta":{"Logs":[{"ID":"d9f5d293-\u0037110"},{"ID":"d9f5d293-7110"},{"ID":""}]}}"#;
    let answer = MetaAnswer::parse(body).unwrap();
    let ids: Vec<_> = answer.logs().filter_map(|it| it.id).collect();
    assert_eq!(ids[0].plain(), None);
    assert_eq!(ids[1].plain(), Some("d9f5d293-7110"));
    assert_eq!(ids[2].plain(), Some(""));
    assert!(ids[0] == "d9f5d293-7110" && ids[1] == "d9f5d293-7110");
    assert!(ids[0] != "d9f5d293-711" && ids[1] != "d9f5d293-71100");
}

/// Texts that are easy to read wrongly.
fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof![
        ".{0,20}",
        "[\"\\\\/\u{0}-\u{1f}\u{7f}é👍\u{2028}u]{0,20}",
        any::<String>(),
    ])
}

/// As `serde_json` writes it, or with an escape for each character beyond ASCII, as many servers do.
fn spelled(body: &Value, style: Style) -> String {
    match style {
        Style::Compact => body.to_string(),
        Style::Pretty => serde_json::to_string_pretty(body).unwrap(),
        Style::Ascii => body
            .to_string()
            .chars()
            .flat_map(|it| match it {
                '\0'..='\u{7f}' => vec![it],
                _ => it
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .flat_map(|unit| format!("\\u{unit:04X}").chars().collect::<Vec<_>>())
                    .collect(),
            })
            .collect(),
    }
}

#[derive(Clone, Copy, Debug)]
enum Style {
    Compact,
    Pretty,
    Ascii,
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_serde_json_wrote_is_read_the_same(
        errors in prop::collection::vec((prop::option::of(any::<u64>()), text(), text(), text()), 0..5),
        logs in prop::collection::vec((text(), text()), 0..5),
        detail in text(),
        style in prop::sample::select(vec![Style::Compact, Style::Pretty, Style::Ascii]),
        explicit in any::<bool>(),
    ) {
        let entry = |members: &[(&str, Value)]| {
            let members = members.iter().filter(|(_, it)| explicit || !it.is_null());
            Value::Object(members.map(|(name, it)| ((*name).to_owned(), it.clone())).collect())
        };
        let faults: Vec<_> = errors.iter().map(|(id, text, fault_type, module)| entry(&[
            ("ID", json!(id)), ("Text", json!(text)), ("Type", json!(fault_type)), ("Module", json!(module)),
        ])).collect();
        let records: Vec<_> = logs.iter().map(|(id, attempt)| entry(&[
            ("ID", json!(id)), ("AttemptID", json!(attempt)),
        ])).collect();
        let body = json!({
            "errorDetail": detail,
            "Meta": { "Destinations": faults, "Errors": faults, "Logs": records },
        });
        let mut expected: Vec<_> = errors
            .into_iter()
            .map(|(id, text, fault_type, module)| (id.map(|it| it.to_string()), text, fault_type, module))
            .collect();
        expected.extend(detail.map(|it| fault(&it)));
        prop_assert_eq!(read(spelled(&body, style)), Ok((expected, logs)));
    }

    #[test]
    fn any_bytes_are_an_answer_or_an_error(body in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = read(&body) {
            prop_assert!(error.at <= body.len());
        }
    }
}
