use std::process::{Command, Output};
use std::{env, fs};

use redox_auth_reqwest::Algorithm;

use crate::hsm_key::Place;
use crate::support::{PIN, message, register, sandbox, shown, with_token};

#[test]
fn the_example_shows_its_public_key_and_sends_a_message() {
    let test = "example::the_example_shows_its_public_key_and_sends_a_message";
    with_token(test, async |token| {
        let server = sandbox().await;
        token.generate(Algorithm::Es384);
        let file = |name: &str, content: &str| {
            let path = token.folder().join(name);
            fs::write(&path, content).unwrap();
            path
        };
        let message = file("message.json", &message());
        let (right, wrong) = (file("pin", &format!("{PIN}\n")), file("wrong", "swordfish"));
        let place = token.place("ES384");
        let example =
            async |set: &[(&str, &str)], arguments: &[&str]| run(&place, set, arguments).await;
        let right = ("PKCS11_PIN_FILE", right.to_str().unwrap());
        let wrong = ("PKCS11_PIN_FILE", wrong.to_str().unwrap());

        let output = example(&[("PKCS11_PIN", PIN)], &["jwks"]).await;
        assert!(output.status.success(), "{}", shown(&output));
        let client_id = register(&server, &shown(&output));
        let sending = [
            right,
            ("REDOX_CLIENT_ID", client_id.as_str()),
            ("REDOX_BASE_URL", server.base_url()),
        ];
        let output = example(&sending, &["send", message.to_str().unwrap()]).await;
        assert!(output.status.success(), "{}", shown(&output));
        assert_eq!(shown(&output), "status 200 OK\n");
        assert_eq!(server.counters().messages_accepted, 1);

        let output = example(&[wrong], &["jwks"]).await;
        assert!(!output.status.success());
        assert!(shown(&output).contains("the token refused the PIN"));
        assert!(!shown(&output).contains("swordfish"));
    });
}

/// Runs it as it was built, while the sandbox here answers.
async fn run(place: &Place, set: &[(&str, &str)], arguments: &[&str]) -> Output {
    let tests = env::current_exe().unwrap();
    let example = tests.ancestors().nth(2).unwrap().join("examples/pkcs11");
    let mut command = Command::new(&example);
    command
        .args(arguments)
        .env("PKCS11_MODULE", &place.module)
        .env("PKCS11_TOKEN", &place.token)
        .env("PKCS11_KEY", &place.key)
        .envs(set.iter().copied());
    let running = tokio::task::spawn_blocking(move || command.output());
    running.await.unwrap().unwrap_or_else(|error| {
        panic!(
            "{}: {error}; `cargo build --examples` makes it",
            example.display()
        )
    })
}
