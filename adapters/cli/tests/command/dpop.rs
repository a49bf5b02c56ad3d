//! Tokens that are bound to a key (DPoP).

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::canned::{Answer, Canned};
use crate::running::Running;
use crate::support::{Call, Folder};

fn answer(token_type: &str) -> Answer {
    let token = json!({"access_token": "granted", "token_type": token_type, "expires_in": 300});
    Answer::json("200 OK", &token.to_string())
}

fn wants_nonce() -> Answer {
    let body = r#"{"error":"use_dpop_nonce"}"#;
    Answer::with("400 Bad Request", "DPoP-Nonce: one", body)
}

/// Asks this server for a token with the key in `key.pem`.
fn token(folder: &Folder, server: &Canned, options: &[&str]) -> Call {
    let base_url = server.url();
    folder
        .call(&["token", "--client-id", "client-1", "--key", "key.pem"])
        .args(&["--base-url", &base_url])
        .args(options)
}

/// Header and claims of the proof on a request.
fn proof(request: &str) -> [Value; 2] {
    let (_, proof) = request.split_once("dpop: ").expect("a proof");
    let mut parts = proof.split('.').take(2).map(|part| {
        let json = Base64UrlUnpadded::decode_vec(part).unwrap();
        serde_json::from_slice(&json).unwrap()
    });
    [parts.next().unwrap(), parts.next().unwrap()]
}

#[test]
fn a_token_is_bound_to_a_new_key_or_to_one_in_a_file() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let set: Value = serde_json::from_str(&folder.make_key("dpop.pem", "ES384")).unwrap();
    let jwk = &set["keys"][0];
    let note = "every request needs a proof from that key";

    let server = Canned::start(vec![wants_nonce(), answer("DPoP")]);
    let outcome = token(&folder, &server, &["--dpop", "--json"]).run();
    assert!(outcome.stderr.contains(note), "{outcome:?}");
    let printed: Value = serde_json::from_str(&outcome.result()).unwrap();
    assert_eq!(printed["token_type"], "DPoP");
    let proofs: Vec<_> = server.requests().iter().map(|it| proof(it)).collect();
    assert_eq!(proofs[0][0]["alg"], "ES256");
    assert_eq!(proofs[0][0]["jwk"], proofs[1][0]["jwk"]);
    assert_eq!(proofs[1][1]["nonce"], "one");

    for by_variable in [false, true] {
        let server = Canned::always(answer("DPoP"));
        let call = match by_variable {
            false => token(&folder, &server, &["--dpop-key", "dpop.pem"]),
            true => token(&folder, &server, &[]).env("REDOX_DPOP_KEY_FILE", "dpop.pem"),
        };
        let outcome = call.run();
        assert!(outcome.stderr.contains(note), "{outcome:?}");
        assert_eq!(outcome.result(), "granted");
        let [header, claims] = proof(&server.requests()[0]);
        assert_eq!(header["alg"], "ES384");
        assert_eq!(
            [&header["jwk"]["x"], &header["jwk"]["y"]],
            [&jwk["x"], &jwk["y"]]
        );
        assert_eq!(claims["htm"], "POST");
    }
}

#[test]
fn a_watched_token_is_noted_once_as_bound() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    folder.make_key("dpop.pem", "ES256");
    let short = |name: &str| {
        let token = json!({"access_token": name, "token_type": "DPoP", "expires_in": 2});
        Answer::json("200 OK", &token.to_string())
    };
    let server = Canned::start(vec![short("first"), short("second"), answer("DPoP")]);
    let options = ["--watch", "--dpop-key", "dpop.pem"];
    let running = Running::start(token(&folder, &server, &options));
    for name in ["first", "second", "granted"] {
        assert_eq!(running.line(), name);
    }
    let (code, left) = running.end_by("-INT");
    assert_eq!((code, left.len()), (Some(0), 1), "{left:?}");
    assert!(
        left[0].contains("every request needs a proof from that key"),
        "{left:?}"
    );
}

#[test]
fn a_token_of_the_other_type_is_refused_with_what_to_do() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let server = Canned::always(answer("DPoP"));
    let message = token(&folder, &server, &[]).run().failed(3);
    assert!(message.contains("use --dpop or --dpop-key"), "{message}");
    let server = Canned::always(answer("Bearer"));
    let message = token(&folder, &server, &["--dpop"]).run().failed(3);
    assert!(message.contains("not bound to the DPoP key"), "{message}");
}

#[test]
fn bound_tokens_are_not_served() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let serve = ["serve", "--client-id", "client-1", "--key", "key.pem"];
    let call = folder.call(&serve).args(&["--socket", "s", "--dpop"]);
    let message = call.run().failed(2);
    assert!(
        message.contains("other programs cannot use a token"),
        "{message}"
    );
    assert!(!folder.names().contains(&"s".to_owned()));
}
