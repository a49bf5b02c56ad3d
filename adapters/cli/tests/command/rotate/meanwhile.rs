//! Changes by others while it runs.

use redox_auth_sandbox::{Fault, Place, Times};
use serde_json::Value;

use super::{Rotation, ids};
use crate::running::Running;
use crate::support::Outcome;

#[test]
fn on_an_interruption_everything_is_taken_back() {
    for (signal, answers, step) in [
        ("-INT", 2, "obtaining a token with the new key"),
        ("-TERM", 3, "obtaining another token with the new key"),
        ("-HUP", 2, "obtaining a token with the new key"),
    ] {
        let rotation = Rotation::start();
        let before = rotation.redox.registered_keys();
        let unknown = Fault::UnknownKey;
        rotation.break_after(answers, Place::Token, &unknown, Times::UntilCleared);
        let running = Running::start(rotation.call(&["--wait", "3600"]));
        while running.said() != format!("redox-auth: {step}") {}
        let (code, left) = running.end_by(signal);
        let left = left.join("\n") + "\n";
        assert_eq!(code, Some(130), "{signal}: {left}");
        assert_eq!(rotation.redox.registered_keys(), before);
        rotation.redox.server.sandbox().clear_faults();
        let outcome = Outcome {
            code,
            stdout: String::new(),
            stderr: left,
        };
        rotation.assert_told_of_file(&outcome, signal);
        assert!(
            outcome.stderr.contains("redox-auth: interrupted\n"),
            "{outcome:#?}"
        );
        assert!(rotation.works("key.pem"));
    }
}

#[test]
fn a_change_by_somebody_else_is_left_alone() {
    let rotation = Rotation::start();
    let unknown = Fault::UnknownKey;
    rotation.break_after(2, Place::Token, &unknown, Times::UntilCleared);
    let running = Running::start(rotation.call(&["--wait", "3600"]));
    while running.said() != "redox-auth: obtaining a token with the new key" {}
    let client_id = &rotation.redox.client_id;
    let others = rotation.redox.folder.make_key("others.pem", "ES384");
    let mut keys: Value = serde_json::from_str(&rotation.redox.registered_keys()).unwrap();
    let other: Value = serde_json::from_str(&others).unwrap();
    let list = keys["keys"].as_array_mut().unwrap();
    list.push(other["keys"][0].clone());
    let mut state = rotation.redox.server.sandbox();
    state.set_jwks(client_id, &keys.to_string()).unwrap();
    state.clear_faults();
    drop(state);
    let (code, said) = running.end();
    let said = said.join("\n");
    assert_eq!(code, Some(4), "{said}");
    assert_eq!(rotation.redox.registered_keys(), keys.to_string());
    for part in [
        "another user has changed the registered keys: expected",
        "keys:         left as another user changed them",
        &ids(&others)[0],
        &rotation.old_id,
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
