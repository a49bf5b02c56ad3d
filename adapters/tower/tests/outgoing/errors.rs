use core::error::Error as _;

use redox_auth_tower::OutgoingError;
use tower::{Layer, ServiceExt};

use crate::support::{Recorder, Sandbox, hyper};

#[tokio::test]
async fn an_error_of_the_token_source_is_returned_and_nothing_is_sent() {
    let sandbox = Sandbox::start().await;
    sandbox.disable_client();
    let recorder = Recorder::answering(200);
    let client = sandbox.layer().layer(recorder.clone());
    let error = client.oneshot(sandbox.post()).await.unwrap_err();
    let OutgoingError::NotAuthorized(cause) = &error else {
        panic!("{error:?}");
    };
    assert!(cause.refused().is_some(), "{cause}");
    assert_eq!(error.to_string(), cause.to_string());
    assert!(error.source().is_none());
    assert!(recorder.sent().is_empty());
}

#[tokio::test]
async fn an_error_of_the_client_is_returned() {
    let sandbox = Sandbox::start().await;
    sandbox.redox.token().await.unwrap();
    let (client, request) = (sandbox.layer().layer(hyper()), sandbox.post());
    sandbox.server.stop().await.unwrap();
    let error = client.oneshot(request).await.unwrap_err();
    let OutgoingError::Service(cause) = &error else {
        panic!("{error:?}");
    };
    assert!(cause.is_connect());
    assert_eq!(error.to_string(), cause.to_string());
}

#[tokio::test]
async fn when_the_token_cannot_be_replaced_the_error_says_why() {
    let sandbox = Sandbox::start().await;
    sandbox.redox.token().await.unwrap();
    sandbox.server.sandbox().revoke_all_tokens();
    sandbox.disable_client();
    let client = sandbox.layer().layer(hyper());
    let error = client.oneshot(sandbox.post()).await.unwrap_err();
    let OutgoingError::NotAuthorized(cause) = error else {
        panic!("{error:?}");
    };
    assert!(cause.refused().is_some(), "{cause}");
    assert_eq!(sandbox.counts().2, 1);
}
