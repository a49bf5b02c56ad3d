use core::hint::black_box;

use board::{ok, show, text};
use redox_auth_core::{Meta, MetaAnswer, MetaError, Sources};

pub(crate) fn all() -> Option<()> {
    checked()?;
    read()
}

fn checked() -> Option<()> {
    let message = text(
        r#"{"Meta":{"DataModel":"Results","EventType":"New","EventDateTime":"2026-11-21T20:52:35Z",
            "Source":{"ID":"a"},"Destinations":[{"ID":"b"}]},"Patient":{}}"#,
    );
    ok(Meta::check_message(
        message.as_bytes(),
        black_box(Sources::Several),
    ))?;
    let none = Meta::check_message(text(r#"{"Meta":{}}"#).as_bytes(), black_box(Sources::One));
    matches!(none, Err(MetaError::Missing(_))).then_some(())
}

fn read() -> Option<()> {
    let body = text(
        r#"{"Meta":{"Errors":[{"ID":4002,"Text":"No patients\u000a","Type":"query"}],
            "Logs":[{"ID":"d9f5d293","AttemptID":"1"}]},"errorDetail":"x"}"#,
    );
    let answer = ok(MetaAnswer::parse(body.as_bytes()))?;
    for error in answer.errors() {
        show(&error)?;
        black_box(error.text? == text("x"));
    }
    let log = answer.logs().next()?;
    black_box(log.attempt_id?.chars().count());
    log.id?.plain().map(|_| ())
}
