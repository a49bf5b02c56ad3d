use std::env;
use std::fs;
use std::process::{Command, Output};

use redox_auth_reqwest::Algorithm;
use redox_auth_sandbox::OAuthKey;

use crate::softhsm::with_token;
use crate::support::{message, sandbox, shown, write_private};

#[test]
fn the_example_shows_its_public_key_and_sends_a_message() {
    let test = "example::the_example_shows_its_public_key_and_sends_a_message";
    with_token(test, async |token| {
        let server = sandbox().await;
        token.generate(Algorithm::Es384);
        let path = token.folder.join("message.json");
        fs::write(&path, message()).unwrap();
        let (pin, wrong) = (token.pin_file(), token.folder.join("wrong"));
        write_private(&wrong, "swordfish-wrong");
        let uri = |pin: &std::path::Path| {
            let (module, pin) = (token.module.display(), pin.display());
            let label = token.label;
            format!("pkcs11:token={label};object=ES384?module-path={module}&pin-source={pin}")
        };
        let (right, wrong) = (uri(&pin), uri(&wrong));

        let output = run(&["jwks"], &[("REDOX_KEY_URI", &right)]).await;
        assert!(output.status.success(), "{}", shown(&output));
        let key = OAuthKey::new().jwks(&shown(&output));
        let client_id = server.sandbox().register_oauth_key(key).unwrap();
        let sending = [
            ("REDOX_KEY_URI", right.as_str()),
            ("REDOX_CLIENT_ID", client_id.as_str()),
            ("REDOX_BASE_URL", server.base_url()),
        ];
        let output = run(&["send", path.to_str().unwrap()], &sending).await;
        assert_eq!(shown(&output), "status 200 OK\n");
        assert_eq!(server.counters().messages_accepted, 1);

        let output = run(&["jwks"], &[("REDOX_KEY_URI", &wrong)]).await;
        assert!(!output.status.success());
        let shown = shown(&output);
        assert!(
            shown.contains("CKR_PIN_INCORRECT: the PIN is wrong"),
            "{shown}"
        );
        assert!(!shown.contains("swordfish"), "{shown}");
    });
}

/// Runs it as it was built, while the sandbox here answers.
async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let tests = env::current_exe().unwrap();
    let example = tests
        .ancestors()
        .nth(2)
        .unwrap()
        .join("examples/hsm_service");
    let mut command = Command::new(&example);
    command.args(arguments).envs(variables.iter().copied());
    let running = tokio::task::spawn_blocking(move || command.output());
    running.await.unwrap().unwrap_or_else(|error| {
        panic!(
            "{}: {error}; `cargo build --examples` makes it",
            example.display()
        )
    })
}
