//! The server whose rules judge an assertion, and how the output names it.

use serde_json::{Value, json};

use super::{objected, sign};
use crate::support::Folder;

#[test]
fn another_server_objects_by_its_own_rules() {
    let folder = Folder::new();
    let assertion = sign(&folder, &["--audience", "https://helseid-sts.nhn.no"]);
    let inspect = |args: &[&str]| folder.call(&["inspect", &assertion]).args(args).run();
    let (shown, errors) = objected(inspect(&["--like", "helseid"]));
    for objection in [
        "typ is \"JWT\"; the server accepts client-authentication+jwt",
        "nbf is missing",
        "s ahead of the clock; the server accepts at most 60 s",
    ] {
        assert!(shown.contains(objection), "{objection}: {shown}");
    }
    assert_eq!(
        shown.matches("HelseID would object: ").count(),
        3,
        "{shown}"
    );
    assert_eq!(errors, "redox-auth: HelseID would raise 3 objections\n");

    // A server whose audience is unknown cannot judge it, and one that is known can.
    let okta = inspect(&["--like", "okta"]).done();
    assert!(okta.contains("\nnote: aud was not compared"), "{okta}");
    assert!(okta.contains("\nOkta would find nothing wrong"), "{okta}");
    let token_url = [
        "--like",
        "okta",
        "--token-url",
        "https://okta.example/v1/token",
    ];
    let (shown, errors) = objected(inspect(&token_url));
    let aud =
        "aud is \"https://helseid-sts.nhn.no\"; the server accepts https://okta.example/v1/token";
    assert!(shown.contains(aud), "{shown}");
    assert_eq!(errors, "redox-auth: Okta would raise one objection\n");
    let audience = ["--audience", "https://helseid-sts.nhn.no"];
    inspect(&[&token_url[..], &audience].concat()).done();

    let unknown = inspect(&["--like", "epik"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("'epic'"), "{unknown:?}");
}

#[test]
fn an_audience_that_no_server_wants_is_noted() {
    let folder = Folder::new();
    let assertion = sign(&folder, &["--audience", "https://as.example"]);
    let inspect = |audience: &str| {
        let call = folder.call(&["inspect", "--like", "okta", &assertion]);
        call.args(&["--audience", audience]).run().stdout
    };
    let note = "note: --audience is \"myserver\", which is neither a URL nor a name with a dot";
    assert!(
        inspect("myserver").contains(note),
        "{}",
        inspect("myserver")
    );
    assert!(!inspect("account-d.docusign.com").contains("note: --audience"));
    let call = folder.call(&["assertion", "--client-id", "c", "--key", "key.pem"]);
    let shown = call.args(&["--audience", "myserver"]).run().failed(2);
    let expected = "or a name with a dot, such as account-d.docusign.com; found \"myserver\"";
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn without_a_name_the_options_say_which_audience_is_right() {
    let folder = Folder::new();
    let there = ["--token-url", "https://as.example/token"];
    let assertion = sign(&folder, &there);
    let (shown, _) = objected(folder.run(&["inspect", &assertion]));
    assert!(shown.contains("Redox would object: aud is"), "{shown}");
    let shown = folder
        .call(&["inspect", &assertion])
        .args(&there)
        .run()
        .done();
    assert!(shown.contains("checked against RFC 7523 alone"), "{shown}");
    let base_url = ["--base-url", "https://proxy.example/"];
    let assertion = folder
        .call(&["assertion", "--client-id", "c", "--key", "key.pem"])
        .args(&base_url)
        .run()
        .done();
    folder
        .call(&["inspect", &assertion])
        .args(&base_url)
        .run()
        .done();
    // As for every other command, a profile holds the options.
    folder.write("c.toml", "[there]\nbase-url = \"https://proxy.example\"");
    let profile = ["--config", "c.toml", "--profile", "there"];
    folder
        .call(&["inspect", &assertion])
        .args(&profile)
        .run()
        .done();
}

#[test]
fn a_program_reads_the_same_as_json() {
    let folder = Folder::new();
    let assertion = sign(&folder, &["--key-id", "key-1"]);
    let inspect = |args: &[&str]| {
        let call = folder
            .call(&["inspect", "--json", &assertion])
            .args(args)
            .run();
        let document: Value = serde_json::from_str(&call.stdout).unwrap();
        (call.code, document)
    };
    let (code, good) = inspect(&["--key", "key.pem"]);
    assert_eq!(code, Some(0));
    assert_eq!(good["header"]["kid"], "key-1");
    assert_eq!(good["claims"]["iss"], "client-1");
    assert_eq!(
        (&good["like"], &good["server"]),
        (&json!("redox"), &json!("Redox"))
    );
    assert_eq!(good["signature"]["bytes"], 96);
    assert_eq!(good["signature"]["verified"], true);
    assert_eq!(
        (&good["objections"], &good["form"]),
        (&json!([]), &Value::Null)
    );

    let (code, bad) = inspect(&["--like", "nhs"]);
    assert_eq!(code, Some(1));
    assert_eq!(bad["signature"]["verified"], Value::Null);
    let kinds: Vec<_> = bad["objections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["kind"])
        .collect();
    assert_eq!(kinds, ["alg", "aud"]);
    let alg =
        json!({ "kind": "alg", "about": "alg", "text": "alg is ES384; the server accepts RS512" });
    assert_eq!(bad["objections"][0], alg);
}
