mod failures;
#[cfg(unix)]
mod meanwhile;

use std::fs;

use redox_auth_sandbox::{Fault, OAuthKey, Place, Times};
use serde_json::Value;

use crate::support::{Call, Folder, Outcome, Redox, assert_hidden};

const ROTATE: [&str; 4] = ["key", "rotate", "--out", "new.pem"];

/// A sandbox with a client, and what to compare its keys with.
struct Rotation {
    redox: Redox,
    old_id: String,
}

impl Rotation {
    fn start() -> Self {
        let folder = Folder::new();
        let jwks = folder.make_key("key.pem", "ES256");
        Self::with(folder, &jwks)
    }

    fn with(folder: Folder, jwks: &str) -> Self {
        Self {
            redox: Redox::with(folder, jwks),
            old_id: ids(jwks).remove(0),
        }
    }

    fn call(&self, options: &[&str]) -> Call {
        self.redox.call(&ROTATE).args(options)
    }

    /// The IDs of the keys that are registered.
    fn registered(&self) -> Vec<String> {
        ids(&self.redox.registered_keys())
    }

    /// The ID of the key in a file; `None` where there is none.
    fn id_in(&self, file: &str) -> Option<String> {
        let folder = &self.redox.folder;
        let is_there = folder.names().iter().any(|name| name == file);
        is_there.then(|| ids(&folder.run(&["key", "jwks", file]).done()).remove(0))
    }

    /// Whether the server gives the key in a file a token.
    fn works(&self, file: &str) -> bool {
        let redox = &self.redox;
        let call = redox.folder.call(&["token", "--key", file]);
        let call = call.args(&["--base-url", redox.server.base_url()]);
        call.args(&["--client-id", &redox.client_id]).run().code == Some(0)
    }

    /// Lets the faults strike: after so many answers at a place.
    fn break_after(&self, answers: u32, place: Place, fault: &Fault, times: Times) {
        let mut state = self.redox.server.sandbox();
        state.spare(place, answers);
        state.inject(place, fault.clone(), times);
    }

    /// Checks that it failed and that the keys are as before, also those that nobody looks at.
    fn assert_taken_back(&self, outcome: &Outcome, before: &str, case: &str) {
        assert!(matches!(outcome.code, Some(1 | 3)), "{case}: {outcome:#?}");
        assert_eq!(outcome.stdout, "", "{case}");
        assert_eq!(self.redox.registered_keys(), before, "{case}: {outcome:#?}");
        let told = format!("keys:         as before, {}\n", self.old_id);
        assert!(outcome.stderr.contains(&told), "{case}: {outcome:#?}");
        self.assert_told_of_file(outcome, case);
        self.assert_no_secret(outcome);
    }

    /// The file exists and the output names it with its key ID, or the output says that it is gone.
    fn assert_told_of_file(&self, outcome: &Outcome, case: &str) {
        let told = match self.id_in("new.pem") {
            Some(id) => format!("new key:      {id}, in new.pem, is kept"),
            None => "new key:      new.pem is removed".to_owned(),
        };
        assert!(outcome.stderr.contains(&told), "{case}: {outcome:#?}");
    }

    fn assert_no_secret(&self, outcome: &Outcome) {
        for file in self.redox.folder.names() {
            let pem = self.redox.folder.read(&file);
            assert_hidden(&outcome.stdout, &pem);
            assert_hidden(&outcome.stderr, &pem);
        }
    }
}

fn ids(jwks: &str) -> Vec<String> {
    let jwks: Value = serde_json::from_str(jwks).unwrap();
    let keys = jwks["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_new_key_takes_over_and_the_old_one_goes() {
    for algorithm in ["ES256", "ES384", "ES512", "RS384"] {
        let folder = Folder::new();
        let jwks = folder.make_key("key.pem", algorithm);
        let rotation = Rotation::with(folder, &jwks);
        let outcome = rotation.call(&[]).run();
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        let new_id = rotation.id_in("new.pem").unwrap();
        assert_eq!(outcome.stdout, format!("{new_id}\n"));
        assert_eq!(rotation.registered(), [new_id.as_str()]);
        assert!(rotation.works("new.pem"));
        assert!(!rotation.works("key.pem"));
        let jwk: Value = serde_json::from_str(&rotation.redox.registered_keys()).unwrap();
        assert_eq!(jwk["keys"][0]["alg"], algorithm);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let new = fs::metadata(rotation.redox.folder.path("new.pem")).unwrap();
            assert_eq!(new.permissions().mode() & 0o7777, 0o600);
        }
        rotation.assert_no_secret(&outcome);

        let said: Vec<_> = outcome.stderr.lines().collect();
        let expected = [
            format!("obtaining a token with the old key {}", rotation.old_id),
            "looking up the registered keys".to_owned(),
            format!("writing the new key {new_id} to new.pem"),
            format!("registering the keys {}, {new_id}", rotation.old_id),
            "obtaining a token with the new key".to_owned(),
            "checking that the registered keys are unchanged".to_owned(),
            format!("withdrawing the old key {}", rotation.old_id),
            "obtaining another token with the new key".to_owned(),
            "checking that the server refuses the old key".to_owned(),
            format!(
                "done: new.pem is the key to sign with, {} is withdrawn",
                rotation.old_id
            ),
        ];
        assert_eq!(said, expected.map(|line| format!("redox-auth: {line}")));
    }
}

#[test]
fn the_other_keys_of_a_client_stay_and_the_old_one_may() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    folder.make_key("other.pem", "ES384");
    let jwks = folder.run(&["key", "jwks", "key.pem", "other.pem"]).done();
    let rotation = Rotation::with(folder, &jwks);
    let [old, other] = ids(&jwks).try_into().unwrap();

    let outcome = rotation.call(&["--keep-old", "--json"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    let result: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let new = rotation.id_in("new.pem").unwrap();
    assert_eq!(result["key_id"], new.as_str());
    assert_eq!(result["key_file"], "new.pem");
    assert_eq!(result["old_key_id"], old.as_str());
    assert_eq!(result["old_key"], "kept");
    assert_eq!(
        rotation.registered(),
        [&old, &other, &new].map(Clone::clone)
    );
    assert!(rotation.works("new.pem") && rotation.works("key.pem"));

    let folder = &rotation.redox.folder;
    fs::remove_file(folder.path("new.pem")).unwrap();
    let outcome = rotation.call(&["--new-alg", "ES384"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    let newest = rotation.id_in("new.pem").unwrap();
    assert_eq!(rotation.registered(), [other, new, newest]);
}

#[test]
fn the_new_key_is_as_long_as_the_old_one_and_signs_alike() {
    let folder = Folder::new();
    let new = [
        "key", "new", "--alg", "RS256", "--bits", "2048", "--out", "key.pem",
    ];
    let jwks = folder.run(&new).result();
    let rotation = Rotation::with(folder, &jwks);
    let outcome = rotation.call(&["--alg", "RS256"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    let advice = "sign with --alg RS256";
    assert!(outcome.stderr.contains(advice), "{outcome:#?}");
    let set: Value = serde_json::from_str(&rotation.redox.registered_keys()).unwrap();
    let [key] = &set["keys"].as_array().unwrap()[..] else {
        panic!("{set}");
    };
    assert_eq!(key["alg"], "RS256");
    assert_eq!(key["n"].as_str().unwrap().len(), 342);
}

#[test]
fn a_dry_run_looks_and_changes_nothing() {
    let rotation = Rotation::start();
    let before = rotation.redox.registered_keys();
    let outcome = rotation.call(&["--dry-run"]).run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), ""));
    for part in [
        "without --dry-run",
        "ES256",
        "new.pem",
        "withdrawn",
        &rotation.old_id,
    ] {
        assert!(outcome.stderr.contains(part), "{part}: {outcome:#?}");
    }
    assert_eq!(rotation.redox.registered_keys(), before);
    assert_eq!(rotation.id_in("new.pem"), None);
    assert_eq!(rotation.redox.server.counters().platform_requests, 1);
}

#[test]
fn what_cannot_begin_changes_nothing() {
    let rotation = Rotation::start();
    let before = rotation.redox.registered_keys();
    let folder = &rotation.redox.folder;
    folder.write("taken.pem", "precious");
    folder.write("token", "no-such-token");
    folder.make_key("stranger.pem", "ES256");
    for (options, code, part) in [
        (&["--key", "stranger.pem"][..], 2, "found 2"),
        (&["--key-id", "another"], 1, "Public key not found"),
        (
            &["--platform-token-file", "token"],
            1,
            "the API did not accept the token",
        ),
        (
            &["--platform-token-file", "nowhere"],
            2,
            "cannot read nowhere",
        ),
        (&["--platform-client-id", "a"], 2, "--platform-key"),
        (
            &["--platform-key", "stranger.pem"],
            2,
            "--platform-client-id",
        ),
        (
            &[
                "--platform-client-id",
                "a",
                "--platform-key",
                "stranger.pem",
            ],
            1,
            "Public key not found",
        ),
    ] {
        let outcome = rotation.call(options).run();
        assert_eq!(outcome.code, Some(code), "{options:?}: {outcome:#?}");
        assert!(outcome.stderr.contains(part), "{options:?}: {outcome:#?}");
        assert_eq!(rotation.id_in("new.pem"), None, "{options:?}");
    }
    let taken = ["key", "rotate", "--out", "taken.pem"];
    let shown = rotation.redox.call(&taken).run().failed(2);
    assert!(shown.contains("taken.pem exists"), "{shown}");
    assert_eq!(folder.read("taken.pem"), "precious");
    assert_eq!(rotation.redox.registered_keys(), before);
}

#[test]
fn a_client_whose_keys_are_at_a_url_is_told_to_change_them_there() {
    let rotation = Rotation::start();
    let url = format!(
        "{}/.well-known/jwks/{}",
        rotation.redox.server.base_url(),
        rotation.redox.client_id
    );
    let by_url = OAuthKey::new().client_id("by-url").jwks_url(&url);
    let registered = rotation.redox.server.sandbox().register_oauth_key(by_url);
    registered.unwrap();
    let folder = &rotation.redox.folder;
    let call = folder
        .call(&ROTATE)
        .args(&["--key", "key.pem", "--client-id", "by-url"]);
    let call = call.args(&["--base-url", rotation.redox.server.base_url()]);
    let outcome = call.run();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert!(outcome.stderr.contains(&url), "{outcome:#?}");
    assert_eq!(rotation.id_in("new.pem"), None);
}

#[test]
fn the_platform_api_may_have_a_key_or_a_token_of_its_own() {
    let rotation = Rotation::start();
    let folder = &rotation.redox.folder;
    let jwks = folder.make_key("user.pem", "ES384");
    let user = OAuthKey::new().client_id("user").jwks(&jwks);
    rotation
        .redox
        .server
        .sandbox()
        .register_oauth_key(user)
        .unwrap();
    let own = ["--platform-client-id", "user", "--platform-key", "user.pem"];
    let outcome = rotation.call(&own).env("REDOX_LOG", "trace").run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert!(outcome.stderr.contains("got a token"), "{outcome:#?}");
    rotation.assert_no_secret(&outcome);

    let token = folder.call(&["token", "--client-id", "user", "--key", "user.pem"]);
    let token = token.args(&["--base-url", rotation.redox.server.base_url()]);
    folder.write("token", token.run().done());
    let again = ["key", "rotate", "--out", "newer.pem", "--key", "new.pem"];
    let again = folder
        .call(&again)
        .env("REDOX_PLATFORM_TOKEN_FILE", "token");
    let again = again.args(&["--base-url", rotation.redox.server.base_url()]);
    let again = again.args(&["--client-id", &rotation.redox.client_id]);
    let outcome = again.env("REDOX_LOG", "trace").run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    // The token as well, which has a file of its own.
    rotation.assert_no_secret(&outcome);
    assert_eq!(
        rotation.registered(),
        [rotation.id_in("newer.pem").unwrap()]
    );
}
