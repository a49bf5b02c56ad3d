//! The profiles as a whole: their names, what is in them, and the one that needs no name.

use crate::support::{Folder, Redox};

#[test]
fn the_names_are_listed_in_their_order_and_a_profile_is_shown_without_secrets() {
    let folder = Folder::new();
    folder.write("key.pem", "");
    folder.write(
        "config.toml",
        r#"[staging]
client-id = "client-1"
key = ["key.pem", "env:STAGING_KEY", "pkcs11:token=a?pin-value=hush-1"]
base-url = "https://user:hush-2@as.example"
field = ["udap=1", "client_secret=hush-3"]
claim = ['extensions={"password":"hush-4"}']
lifetime = 60
nbf = true
legacy-secret-file = "hush-5"

["a b"]
scope = 'a "b"'
"#,
    );
    let call = |words: &[&str]| {
        let call = folder.call(words).env("REDOX_CONFIG", "config.toml");
        call.run()
    };
    assert_eq!(call(&["profile", "list"]).done(), "staging\na b");
    assert_eq!(call(&["profile", "path"]).done(), "config.toml");
    let shown = call(&["profile", "show", "staging"]).done();
    for line in [
        "[staging]",
        "client-id = \"client-1\"",
        "key = [\"key.pem\", \"env:STAGING_KEY\", \"pkcs11:token=a?pin-value=[redacted]\"]",
        "base-url = \"https://[redacted]@as.example\"",
        "field = [\"udap=1\", \"client_secret=[redacted]\"]",
        "claim = \"extensions=[redacted]\"",
        "lifetime = 60",
        "nbf = true",
        "legacy-secret-file = \"[redacted: there is no file of this name]\"",
    ] {
        assert!(shown.lines().any(|it| it == line), "{line}: {shown}");
    }
    assert!(!shown.contains("hush"), "{shown}");
    let other = call(&["profile", "show", "--profile", "a b"]).done();
    assert!(
        other.contains("[\"a b\"]\nscope = \"a \\\"b\\\"\""),
        "{other}"
    );
    // What is shown is a configuration again.
    folder.write("again.toml", format!("{shown}\n"));
    let again = folder.call(&["profile", "list", "--config", "again.toml"]);
    assert_eq!(again.run().done(), "staging");
    let shown = call(&["profile", "show"]).failed(2);
    assert!(shown.contains("found \"default\""), "{shown}");
}

#[test]
fn without_a_configuration_the_remedy_is_named() {
    let folder = Folder::new();
    for words in [&["profile", "list"][..], &["profile", "show"]] {
        let shown = folder.run(words).failed(2);
        for part in [
            ".config/redox-auth/config.toml",
            "`redox-auth init` makes one",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
    let path = folder.run(&["profile", "path"]).done();
    assert!(path.ends_with("/.config/redox-auth/config.toml"), "{path}");
    let shown = folder.run(&["token"]).failed(2);
    assert!(shown.contains("`redox-auth init`"), "{shown}");
    folder.write("config.toml", "");
    let shown = folder
        .run(&["profile", "list", "--config", "config.toml"])
        .failed(2);
    assert!(shown.contains("config.toml has no profile"), "{shown}");
}

#[test]
fn the_profile_default_is_used_where_none_is_named() {
    let redox = Redox::start();
    let config = |name: &str, client_id: &str| {
        let url = redox.server.base_url();
        format!("[{name}]\nbase-url = \"{url}\"\nclient-id = \"{client_id}\"\nkey = \"key.pem\"\n")
    };
    let both = config("default", &redox.client_id) + &config("other", "nobody");
    redox.folder.write("config.toml", both);
    let call = |words: &[&str]| {
        let call = redox.folder.call(words);
        call.env("REDOX_CONFIG", "config.toml")
    };
    call(&["token"]).run().done();
    let checked = call(&["doctor"]).run().result();
    assert!(
        checked.contains("profile \"default\" of config.toml"),
        "{checked}"
    );
    // A name, the environment and the command line count more.
    let shown = call(&["token", "--profile", "other"]).run().failed(1);
    assert!(shown.contains("Public key not found"), "{shown}");
    let shown = call(&["token"])
        .env("REDOX_CLIENT_ID", "nobody")
        .run()
        .failed(1);
    assert!(shown.contains("Public key not found"), "{shown}");
    call(&["token", "--client-id", &redox.client_id])
        .env("REDOX_PROFILE", "other")
        .run()
        .done();
    // `--config` alone is of use only for that profile.
    let here = redox.folder.call(&["token", "--config", "config.toml"]);
    here.run().done();
    redox.folder.write("other.toml", config("other", "nobody"));
    let shown = redox.folder.call(&["token", "--config", "other.toml"]);
    let shown = shown.run().failed(2);
    assert!(
        shown.contains("the file has no profile `default`"),
        "{shown}"
    );

    // A wrong name is an error for the commands that use it, and for no other command.
    redox
        .folder
        .write("config.toml", "[default]\nclient = \"a\"\n");
    let shown = call(&["token"]).run().failed(2);
    assert!(shown.contains("config.toml, line 2"), "{shown}");
    call(&["key", "jwks", "key.pem"]).run().done();
    let outcome = call(&["doctor"]).run();
    assert!(
        outcome.stdout.contains("FAIL  configuration: "),
        "{outcome:#?}"
    );
    // A file that is not there is no error, even where a variable names it.
    redox
        .call(&["token"])
        .env("REDOX_CONFIG", "nowhere.toml")
        .run()
        .done();
}
