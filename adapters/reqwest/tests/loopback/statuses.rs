//! What each status means at the token endpoint and at the API: every row of `STATUS.md` is made here and run here.

mod rows;
mod successes;

use core::time::Duration;

use redox_auth_reqwest::{Done, Error, MessageError, Redox, StatusMeaning};

use crate::support::canned::{Answer, Canned};
use crate::support::{client_of, good_token};

use StatusMeaning as M;
use rows::{AtApi, AtTokens, ROWS, Row};

fn answer(status: u16) -> Answer {
    let head = "retry-after: 0\r\nlocation: /elsewhere";
    Answer::with(&format!("{status} Whatever"), head, "")
}

/// Each status by itself.
fn each() -> impl Iterator<Item = (u16, &'static Row)> {
    let statuses = |row: &'static Row| row.statuses.iter().map(move |status| (*status, row));
    ROWS.iter().flat_map(statuses)
}

#[tokio::test]
async fn the_token_endpoint_answers_with_each() {
    for (status, row) in each() {
        assert_eq!(M::of(status), row.meaning, "{status}");
        let server = Canned::always(answer(status));
        let redox = client_of(&server).build().unwrap();
        let error = redox.token().await.unwrap_err();
        let Error::NoToken { retry_in, .. } = &error else {
            panic!("{status}: {error}");
        };
        let found = match (server.requests().len(), *retry_in > Duration::from_secs(50)) {
            (1, true) => AtTokens::Stops,
            (1, false) => AtTokens::Waits,
            (2, false) => AtTokens::Moves,
            other => panic!("{status}: {other:?}"),
        };
        assert_eq!(found, row.tokens, "{status}");
        let refused = error.refused().unwrap();
        assert_eq!(refused.refused.status, status);
        let shown = error.to_string();
        assert!(shown.contains(&format!("status {status}")), "{shown}");
        match row.meaning {
            M::Redirect => {
                let location = format!(
                    "it redirects to \"{}/elsewhere\"; no redirect is",
                    server.url()
                );
                assert!(shown.contains(&location), "{shown}");
            }
            // The token endpoint says these of the client.
            M::Content | M::Unauthorized => assert!(shown.contains("the public key"), "{shown}"),
            _ => {
                assert_eq!(refused.hint(), M::of(status).hint(), "{status}");
                assert!(shown.contains(refused.hint()), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn the_api_answers_with_each() {
    for (status, row) in each() {
        let (times, is_ambiguous) = (sent(status, false).await, row.api == AtApi::MayRepeat);
        let found = match (times.0, sent(status, true).await.0) {
            (1, 1) => AtApi::HandsOn,
            (2, 2) if status == 401 => AtApi::ReplacesToken,
            (2, 2) => AtApi::Moves,
            (4, 4) => AtApi::Repeats,
            (1, 4) => AtApi::MayRepeat,
            other => panic!("{status}: {other:?}"),
        };
        assert_eq!(found, row.api, "{status}");
        let error = times.1;
        assert_eq!(error.is_ambiguous(), is_ambiguous, "{status}");
        let is_done = M::of(status).done();
        assert_eq!(is_done == Done::Perhaps, is_ambiguous, "{status}");
        let shown = error.to_string();
        let MessageError::Refused(refused) = error else {
            panic!("{status}: {shown}");
        };
        assert!(shown.contains(&format!("status {status}; ")), "{shown}");
        assert!(shown.contains(refused.hint()), "{shown}");
        match row.meaning {
            M::Redirect => assert!(shown.contains("it redirects to \"http://"), "{shown}"),
            _ => assert_eq!(refused.hint(), M::of(status).hint(), "{status}"),
        }
    }
}

/// How often a message with this answer is sent, and its outcome.
async fn sent(status: u16, may_be_repeated: bool) -> (usize, MessageError) {
    let server = Canned::choosing(|_| {
        move |_: usize, request: &str| {
            let is_message = request.starts_with("POST /endpoint ");
            Some(if is_message {
                answer(status)
            } else {
                good_token()
            })
        }
    });
    let redox = client_of(&server).build().unwrap();
    let message = message(&redox);
    let message = match may_be_repeated {
        true => message.repeatable(),
        false => message,
    };
    let error = message.send().await.unwrap_err();
    let requests = server.requests();
    let messages = requests
        .iter()
        .filter(|it| it.starts_with("POST /endpoint "));
    (messages.count(), error)
}

pub(super) fn message(redox: &Redox) -> redox_auth_reqwest::Message {
    redox.message_json(
        r#"{"Meta":{"DataModel":"Order","EventType":"New","Destinations":[{"ID":"somebody"}]}}"#,
    )
}

#[test]
fn the_table_in_the_documentation_is_this_one() {
    let mut table = String::from(
        "| status | situation | at the token endpoint | at the API | what the error says |\n|---|---|---|---|---|\n",
    );
    for row in &ROWS {
        let statuses: Vec<_> = row.statuses.iter().map(u16::to_string).collect();
        let said = match row.meaning {
            M::Redirect => REDIRECT.to_owned(),
            M::Content | M::Unauthorized => {
                format!(
                    "tokens: what to check about key and client; API: {}",
                    row.meaning.hint()
                )
            }
            meaning => meaning.hint().to_owned(),
        };
        let (statuses, situation) = (statuses.join(", "), row.situation);
        let (tokens, api) = (row.tokens, row.api);
        table += &format!("| {statuses} | {situation} | {tokens} | {api} | {said} |\n");
    }
    let page = include_str!("../../STATUS.md");
    assert!(
        page.contains(&table),
        "STATUS.md lacks this table:\n{table}"
    );
}

const REDIRECT: &str = "where it leads (`Location`, without a query), and what to change: the URL, or who answers in place of the server";
