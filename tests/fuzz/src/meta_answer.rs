use redox_auth_core::ParseErrorKind::{Duplicate, Missing, TooDeep, WrongType};
use redox_auth_core::{MetaAnswer, ParseError, PeerText};
use serde_json::{Map, Value};

/// The answer of the Data Model API.
///
/// # Panics
/// When something else is read than `serde_json` reads, when JSON is taken for none, or when a control character is
/// shown.
pub fn meta_answer(input: &[u8]) {
    let answer = match MetaAnswer::parse(input) {
        Ok(answer) => answer,
        Err(error) => return refused(error, input),
    };
    let theirs: Value = match serde_json::from_slice(input) {
        Ok(theirs) => theirs,
        // A number beyond the greatest float: theirs to refuse, a text to us.
        Err(error) => return assert!(error.to_string().starts_with("number out of range")),
    };
    let entries = |name| theirs.pointer(name).and_then(Value::as_array);
    let errors: Vec<_> = entries("/Meta/Errors").into_iter().flatten().collect();
    let logs: Vec<_> = entries("/Meta/Logs").into_iter().flatten().collect();

    let mut ours = answer.errors();
    for theirs in errors {
        let ours = ours.next().expect("an error more");
        assert!(!ours.to_string().chars().any(char::is_control));
        same(ours.id, theirs.get("ID"));
        same(ours.text, theirs.get("Text"));
        same(ours.fault_type, theirs.get("Type"));
        same(ours.module, theirs.get("Module"));
    }
    same(
        ours.next().and_then(|it| it.text),
        theirs.get("errorDetail"),
    );
    assert!(ours.next().is_none());

    assert_eq!(answer.logs().count(), logs.len());
    for (ours, theirs) in answer.logs().zip(logs) {
        same(ours.id, theirs.get("ID"));
        same(ours.attempt_id, theirs.get("AttemptID"));
    }
}

fn refused(error: ParseError, input: &[u8]) {
    assert!(error.at <= input.len());
    let is_json = matches!(
        error.kind,
        Duplicate(_) | Missing(_) | TooDeep | WrongType { .. }
    );
    if !is_json {
        let theirs = serde_json::from_slice::<Map<String, Value>>(input);
        assert!(theirs.is_err(), "{error}");
    }
}

fn same(ours: Option<PeerText<'_>>, theirs: Option<&Value>) {
    match (ours, theirs) {
        (None, None | Some(Value::Null)) => {}
        (Some(ours), Some(Value::String(theirs))) => {
            assert!(ours == theirs.as_str());
            assert!(ours.plain().is_none_or(|plain| plain == theirs));
        }
        (Some(ours), Some(Value::Number(theirs))) => {
            let plain = ours.plain().expect("a number");
            let number = serde_json::from_str(plain).ok();
            assert_eq!(number.as_ref(), Some(theirs));
        }
        (ours, theirs) => panic!("{ours:?} for {theirs:?}"),
    }
}
