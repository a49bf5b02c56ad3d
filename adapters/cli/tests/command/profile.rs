use base64ct::{Base64UrlUnpadded, Encoding};
use redox_auth_sandbox::OAuthKey;
use serde_json::Value;

use crate::doctor::checks;
use crate::support::{Call, Folder, Redox, assert_hidden};

/// A configuration whose profile `staging` leads to the sandbox.
fn config(redox: &Redox) -> String {
    format!(
        r#"
[production]
client-id = "nobody"

[staging]
base-url = "{}"
client-id = "{}"
key = "key.pem"
scope = "from the profile"
"#,
        redox.server.base_url(),
        redox.client_id
    )
}

fn scope(call: Call) -> Value {
    let token: Value = serde_json::from_str(&call.run().done()).unwrap();
    token["scope"].clone()
}

#[test]
fn a_profile_comes_after_the_environment_and_before_the_default() {
    let redox = Redox::start();
    redox.folder.write("config.toml", config(&redox));
    let call = || {
        let call = redox.folder.call(&["--profile", "staging", "token"]);
        call.args(&["--json", "--config", "config.toml"])
    };
    assert_eq!(scope(call()), "from the profile");
    let variable = || call().env("REDOX_SCOPE", "from the environment");
    assert_eq!(scope(variable()), "from the environment");
    let option = variable().args(&["--scope", "from the option"]);
    assert_eq!(scope(option), "from the option");
    // The server's own default region gives way to the profile's, too.
    call().args(&["--region", "ca"]).run().done();
}

#[test]
fn the_algorithm_of_a_profile_is_that_of_its_keys() {
    let folder = Folder::new();
    let jwks = folder.make_key("key.pem", "PS256");
    folder.make_key("ec.pem", "ES256");
    let redox = Redox::with(folder, &jwks);
    let config = config(&redox) + "alg = \"PS256\"\n";
    redox.folder.write("config.toml", config);
    let call = || {
        let call = redox.folder.call(&["--profile", "staging", "assertion"]);
        call.args(&["--config", "config.toml"])
    };
    let algorithm = |call: Call| {
        let assertion = call.run().done();
        let header = assertion.split('.').next().unwrap();
        let header = Base64UrlUnpadded::decode_vec(header).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        header["alg"].as_str().unwrap().to_owned()
    };
    assert_eq!(algorithm(call()), "PS256");
    assert_eq!(algorithm(call().env("REDOX_ALG", "RS256")), "RS256");
    let option = call().env("REDOX_ALG", "RS256").args(&["--alg", "rs512"]);
    assert_eq!(algorithm(option), "RS512");
    // Another key than the profile's signs with what is its own.
    assert_eq!(algorithm(call().args(&["--key", "ec.pem"])), "ES256");
    let shown = call().args(&["--alg", "ES384"]).run().failed(2);
    let expected = "expected a key for ES384, found one for RS384";
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn a_configuration_is_found_where_the_environment_says_or_in_the_usual_folders() {
    let redox = Redox::start();
    for folder in [".config", "xdg"] {
        let folder = redox.folder.path(folder).join("redox-auth");
        std::fs::create_dir_all(&folder).unwrap();
        let config = config(&redox).replace("key.pem", "../../key.pem");
        std::fs::write(folder.join("config.toml"), config).unwrap();
    }
    redox.folder.write("elsewhere.toml", config(&redox));
    let call = || redox.folder.call(&["token", "--profile", "staging"]);
    let xdg = redox.folder.path("xdg");
    call().run().done();
    call()
        .env("XDG_CONFIG_HOME", xdg.to_str().unwrap())
        .run()
        .done();
    call().env("XDG_CONFIG_HOME", "relative").run().done();
    call().env("REDOX_CONFIG", "elsewhere.toml").run().done();
    let named = redox.folder.call(&["token", "--config", "elsewhere.toml"]);
    named.env("REDOX_PROFILE", "staging").run().done();
    // A command that needs no server needs no configuration.
    let other = redox.folder.call(&["key", "jwks", "key.pem"]);
    other.env("REDOX_PROFILE", "no such one").run().done();
    let shown = call().env("XDG_CONFIG_HOME", "/nowhere").run().failed(2);
    assert!(
        shown.contains("configuration: cannot read /nowhere/redox-auth/config.toml"),
        "{shown}"
    );
}

#[test]
fn files_of_a_profile_are_beside_it_and_secrets_may_be_in_variables() {
    let redox = Redox::start();
    let pem = redox.folder.read("key.pem");
    std::fs::create_dir(redox.folder.path("below")).unwrap();
    let call = |key: &str| {
        let config = config(&redox).replace("\"key.pem\"", key);
        redox.folder.write("below/config.toml", config);
        let call = redox.folder.call(&["token", "--profile", "staging"]);
        call.env("REDOX_CONFIG", "below/config.toml")
    };
    call("\"../key.pem\"").run().done();
    let shown = call("\"key.pem\"").run().failed(2);
    assert!(shown.contains("cannot read below/key.pem"), "{shown}");
    call("\"env:STAGING_KEY\"")
        .env("STAGING_KEY", &pem)
        .run()
        .done();
    let shown = call("\"env:STAGING_KEY\"").run().failed(2);
    assert!(
        shown.contains("private key: expected text in the variable STAGING_KEY, found none"),
        "{shown}"
    );
    // The environment takes precedence.
    call("\"no-such-file\"")
        .env("REDOX_PRIVATE_KEY", &pem)
        .run()
        .done();

    // Key IDs go with the keys that they stand beside.
    let with_id = || call("\"../key.pem\"\nkey-id = \"unknown\"");
    let shown = with_id().run().failed(1);
    assert!(shown.contains("key ID \"unknown\""), "{shown}");
    with_id().args(&["--key", "key.pem"]).run().done();
    with_id().env("REDOX_KEY_FILE", "key.pem").run().done();
    with_id().env("REDOX_PRIVATE_KEY", &pem).run().done();

    redox.folder.make_key("other.pem", "ES256");
    let outcome = call("[\"../other.pem\", \"../key.pem\"]").run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert!(
        outcome.stderr.contains("Public key not found"),
        "{outcome:#?}"
    );
}

#[test]
fn a_legacy_key_and_a_source_may_stand_in_a_profile() {
    let redox = Redox::start();
    let key = redox.server.sandbox().register_legacy_key(&redox.source_id);
    let key = key.unwrap();
    redox.folder.write("secret", key.expose_secret());
    let config = |secret: &str| {
        let lines = [
            ("base-url", redox.server.base_url()),
            ("legacy-key", key.api_key()),
            ("legacy-secret-file", secret),
            ("source-id", &redox.source_id),
        ];
        let lines = lines.map(|(name, value)| format!("{name} = {value:?}\n"));
        redox
            .folder
            .write("config.toml", format!("[old]\n{}", lines.concat()));
    };
    redox
        .folder
        .write("message.json", redox.message().to_string());
    let send = || {
        let call = redox
            .folder
            .call(&["send", "message.json", "--profile", "old"]);
        call.args(&["--config", "config.toml"])
    };
    config("secret");
    send().run().sent("1 ok");
    config("env:OLD_SECRET");
    send()
        .env("OLD_SECRET", key.expose_secret())
        .run()
        .sent("1 ok");
    send()
        .env("REDOX_LEGACY_SECRET", key.expose_secret())
        .run()
        .sent("1 ok");
    let other = send()
        .args(&["--source-id", "another"])
        .env("OLD_SECRET", "s");
    let shown = other.run().failed(2);
    assert!(
        shown.contains("`Meta.Source.ID` must be \"another\""),
        "{shown}"
    );
}

#[test]
fn a_command_below_another_takes_its_options_from_a_profile() {
    let redox = Redox::start();
    let rotate = |more: &str, options: &[&str]| {
        let config = format!(
            "{}source-id = {:?}\n{more}",
            config(&redox),
            redox.source_id
        );
        redox.folder.write("config.toml", config);
        let call = redox
            .folder
            .call(&["key", "rotate", "--profile", "staging"]);
        let call = call.env("REDOX_CONFIG", "config.toml").args(options);
        let outcome = call.run();
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    };
    rotate("", &["--out", "new.pem"]);
    // A key that is given brings its own key ID.
    let other = ["--key", "new.pem", "--out", "newer.pem"];
    rotate("key-id = \"unknown\"\n", &other);
}

#[test]
fn a_credential_for_the_platform_api_may_stand_in_a_profile() {
    let redox = Redox::start();
    let jwks = redox.folder.make_key("user.pem", "ES256");
    let user = OAuthKey::new().client_id("user").jwks(&jwks);
    redox.server.sandbox().register_oauth_key(user).unwrap();
    let token = redox.call(&["token"]).run().done();
    redox.folder.write("token", &token);
    redox.folder.write("other-token", "no-such-token");
    let source = |more: &str, options: &[&str]| {
        let config = format!("{}{more}\n", config(&redox));
        redox.folder.write("config.toml", config);
        let call = redox.folder.call(&["doctor", "--profile", "staging"]);
        let call = call.env("REDOX_CONFIG", "config.toml").args(options);
        let (_, lines) = checks(call);
        let source = lines.into_iter().find(|line| line.0 == "source").unwrap();
        (source.1, source.2)
    };
    let assert_found = |more: &str, options: &[&str]| {
        let (verdict, text) = source(more, options);
        assert_eq!(verdict, "ok", "{more} {options:?}: {text}");
        assert!(text.contains("\"Clinic\""), "{more} {options:?}: {text}");
    };
    let key = "platform-client-id = \"user\"\nplatform-key = \"user.pem\"";
    let other_key = format!("{key}\nplatform-key-id = \"unknown\"");
    let own_key = ["--platform-client-id", "user", "--platform-key", "user.pem"];
    let own_token = ["--platform-token-file", "token"];
    assert_found(key, &[]);
    assert_found("platform-token-file = \"token\"", &[]);
    // Options take precedence over the profile, whatever their kind.
    assert_found(&other_key, &own_key);
    assert_found(&other_key, &own_token);
    assert_found("platform-token-file = \"other-token\"", &own_key);
    assert_found("platform-token-file = \"other-token\"", &own_token);
    // One part may be in the profile and the other among the options.
    assert_found("platform-client-id = \"user\"", &own_key[2..]);
    assert_found("platform-key = \"user.pem\"", &own_key[..2]);

    for (more, part) in [
        (other_key.as_str(), "Public key not found"),
        ("platform-key = \"user.pem\"", "found --platform-key; "),
        (
            &format!("{key}\nplatform-token-file = \"token\""),
            "found --platform-client-id, --platform-key, --platform-token-file; ",
        ),
    ] {
        let (verdict, text) = source(more, &[]);
        assert_eq!(verdict, "FAIL", "{more}: {text}");
        assert!(text.contains(part), "{more}: {text}");
    }
}

#[test]
fn what_is_wrong_with_a_configuration_is_named_with_its_line() {
    let redox = Redox::start();
    let secret = "hush-hush-hush-hush";
    for (config, found) in [
        (
            "[staging]\n\nclient_id = \"a\"",
            "line 3: expected the name of an option, the nearest is \"client-id\", found \"client_id\"",
        ),
        (
            "[staging]\nlegacy-secret = \"hush-hush-hush-hush\"",
            "line 2: expected the name of an option, the nearest is \"legacy-secret-file\", found \"legacy-secret\"",
        ),
        (
            "[staging]\nplatform_token = \"hush-hush-hush-hush\"",
            "line 2: expected the name of an option, the nearest is \"platform-token-file\", found \"platform_token\"",
        ),
        (
            "\n[staging]\nregion = \"eu\"",
            "line 3: [staging] region: expected \"us\" or \"ca\", found \"eu\"",
        ),
        (
            "[staging]\nclient-id = 7",
            "line 2: [staging] client-id: expected a string, found an integer",
        ),
        (
            "[staging]\nclient-id = [\"a\"]",
            "line 2: [staging] client-id: expected a string, found an array",
        ),
        (
            "[staging]\nkey = true",
            "line 2: [staging] key: expected a string or an array of strings, found a boolean",
        ),
        (
            "[staging]\nkey = [\"a\",\n1.5]",
            "line 2: [staging] key: expected a string, found a float",
        ),
        (
            "[a]\n[\"b c\"]\n",
            "expected one of the profiles in it (\"a\" or \"b c\"), found \"staging\"",
        ),
        (
            "",
            "expected the profile \"staging\", found no profile at all",
        ),
        (
            "staging = 1",
            "line 1: expected the table [staging], found a key",
        ),
        (
            "[staging]\nscope = hush-hush-hush-hush",
            "config.toml, line 2: ",
        ),
        (
            "[staging]\nscope = 'a'\nscope = 'b'",
            "config.toml, line 3: duplicate key",
        ),
    ] {
        redox.folder.write("config.toml", config);
        let call = redox.folder.call(&["token", "--profile", "staging"]);
        let shown = call.env("REDOX_CONFIG", "config.toml").run().failed(2);
        assert!(shown.contains(found), "{config}: {shown}");
        assert!(shown.contains("config.toml"), "{config}: {shown}");
        assert_hidden(&shown, secret);
    }
    redox.folder.write("config.toml", [0xff]);
    let call = redox.folder.call(&["token", "--profile", "staging"]);
    let shown = call.env("REDOX_CONFIG", "config.toml").run().failed(2);
    assert!(shown.contains("expected text in UTF-8"), "{shown}");
    assert_eq!(redox.server.counters().requests, 0);
}

#[test]
fn a_path_of_windows_is_answered_with_how_toml_wants_it() {
    let folder = Folder::new();
    for (key, found) in [
        (
            r#""C:\Users\me\key.pem""#,
            "between double quotes a backslash begins an escape",
        ),
        (
            r#""\\server\share\key.pem""#,
            "between double quotes a backslash begins an escape",
        ),
        (
            r#""C:\temp\new.pem""#,
            "expected a path, found a control character in it",
        ),
    ] {
        folder.write(
            "config.toml",
            format!("[a]\nclient-id = \"c\"\nkey = {key}\n"),
        );
        let call = folder.call(&["token", "--config", "config.toml", "--profile", "a"]);
        let shown = call.run().failed(2);
        assert!(shown.contains("config.toml, line 3: "), "{shown}");
        assert!(shown.contains(found), "{shown}");
        assert!(
            shown.contains(r"write a path between single quotes, as in 'C:\Users"),
            "{shown}"
        );
    }
    folder.write(
        "config.toml",
        "[a]\nclient-id = \"c\"\nkey = 'C:\\Users\\key.pem'\n",
    );
    let call = folder.call(&["token", "--config", "config.toml", "--profile", "a"]);
    let shown = call.run().failed(2);
    assert!(shown.contains("cannot read "), "{shown}");
}
