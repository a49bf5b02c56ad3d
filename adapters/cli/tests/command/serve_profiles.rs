//! The tokens of several profiles, from one server.

use crate::serve::{Port, Reply, refused};
use crate::support::Redox;

/// Three profiles, of which one cannot work.
pub(crate) fn with_profiles() -> Redox {
    let redox = Redox::start();
    let (url, client_id) = (redox.server.base_url(), &redox.client_id);
    redox.folder.make_key("other.pem", "ES256");
    let common = format!("base-url = \"{url}\"\nclient-id = \"{client_id}\"\n");
    redox.folder.write(
        "config.toml",
        format!(
            "[staging]\n{common}key = \"key.pem\"\nscope = \"of-staging\"\nsource-id = \"its source\"\n\
             [production]\n{common}key = \"key.pem\"\nscope = \"of-production\"\n\
             [unknown]\n{common}key = \"other.pem\"\n\
             [broken]\n{common}key = \"no-such-file\"\n\
             [empty]\n{common}"
        ),
    );
    redox
}

impl Port {
    pub(crate) fn token_of(&self, profile: &str) -> Reply {
        let path = format!("/token?profile={profile}");
        self.get(&path, &[&self.authorization()])
    }
}

#[test]
fn each_of_many_profiles_has_its_own_token() {
    let redox = with_profiles();
    let profiles = "staging,production,unknown,broken";
    let options = ["--config", "config.toml", "--profiles", profiles];
    let port = Port::start(&redox, &options);
    let own = port.token().json();
    assert_eq!(redox.server.counters().tokens_minted, 1);
    let staging = port.token_of("staging").json();
    assert_eq!(staging["scope"], "of-staging");
    assert_eq!(staging["source_id"], "its source");
    let production = port.token_of("production").json();
    assert_eq!(production["scope"], "of-production");
    assert_eq!(production.get("source_id"), None);
    let tokens = [&staging, &production, &own].map(|it| it["access_token"].as_str().unwrap());
    assert!(tokens[0] != tokens[1] && tokens[1] != tokens[2] && tokens[2] != tokens[0]);
    // Once more, without another request to the server.
    assert_eq!(port.token_of("staging").json()["access_token"], tokens[0]);
    assert_eq!(redox.server.counters().tokens_minted, 3);

    let reply = port.token_of("unknown");
    assert_eq!(reply.status, 503);
    assert!(reply.head.contains("retry-after: "), "{}", reply.head);
    assert!(
        reply.body.contains("Public key not found"),
        "{}",
        reply.body
    );
    let reply = port.token_of("broken");
    assert_eq!(reply.status, 500);
    assert!(reply.body.contains("no-such-file"), "{}", reply.body);
    let reply = port.token_of("nobodys");
    assert_eq!(reply.status, 404);
    assert!(reply.body.contains("staging"), "{}", reply.body);
    // The other profiles work as before.
    assert_eq!(
        port.token_of("production").json()["access_token"],
        tokens[1]
    );
    assert_eq!(port.get("/token?profile=staging", &[]).status, 401);
}

#[test]
fn profiles_are_served_without_a_credential_beside_them() {
    let redox = with_profiles();
    let call = |profiles: &str| {
        let call = redox.folder.call(&["serve", "--secret-file", "secret"]);
        call.args(&["--config", "config.toml", "--profiles", profiles])
            .env("REDOX_SCOPE", "from the environment")
            .env("REDOX_PRIVATE_KEY", "no key")
    };
    let port = Port::of(&redox, call("staging"));
    assert_eq!(port.token_of("staging").json()["scope"], "of-staging");
    let reply = port.token();
    assert_eq!(reply.status, 404);
    assert!(
        reply.body.contains("expected one of the profiles staging"),
        "{}",
        reply.body
    );

    let shown = refused(call("staging,nobodys"));
    assert!(shown.contains("found \"nobodys\""), "{shown}");
    let shown = refused(call("empty"));
    assert!(
        shown.contains("the profile \"empty\" must have `key`"),
        "{shown}"
    );
}

#[test]
fn a_profile_that_no_client_can_be_made_of_ends_the_command_at_once() {
    let redox = with_profiles();
    let url = redox.server.base_url();
    for (line, expected) in [
        ("dpop = true", "other programs cannot use a token"),
        ("lifetime = 301", "expected 1 to 300 seconds, found 301"),
        ("claim = \"iss=1\"", "claim \"iss\": it cannot be added"),
        (
            "tls-key = \"key.pem\"",
            "a private key for TLS needs its certificate",
        ),
    ] {
        let profile = format!(
            "[wrong]\nbase-url = \"{url}\"\nclient-id = \"client-1\"\nkey = \"key.pem\"\n{line}\n"
        );
        redox.folder.write("config.toml", profile);
        let call = redox.folder.call(&["serve", "--secret-file", "secret"]);
        let call = call.args(&["--config", "config.toml", "--profiles", "wrong"]);
        let shown = refused(call);
        assert!(shown.contains(expected), "{line}: {shown}");
        assert!(shown.contains("wrong"), "{line}: {shown}");
    }
}
