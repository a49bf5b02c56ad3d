//! What else than an assertion is inspected: forms and tokens.

use serde_json::json;

use super::{jwt, objected, sign};
use crate::support::Folder;

#[test]
fn a_form_is_judged_with_its_assertion() {
    let folder = Folder::new();
    let url = "https://as.example/token";
    let assertion = sign(&folder, &["--token-url", url]);
    let body = |more: &str| {
        let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
        format!(
            "grant_type=client_credentials&client_assertion_type={kind}&client_assertion={assertion}{more}"
        )
    };
    let inspect = |form: &str| {
        let call = folder.call(&["inspect", "--like", "ecw", "--token-url", url]);
        call.input(form).run()
    };
    let (shown, _) = objected(inspect(&body("")));
    assert!(
        shown.contains("would object: the form field scope is missing"),
        "{shown}"
    );
    let scope = "&scope=system%2FGroup.read+system%2FPatient.read";
    let (shown, errors) = objected(inspect(&body(scope)));
    // eClinicalWorks takes RS384 alone.
    assert!(shown.contains("would object: alg is ES384"), "{shown}");
    assert_eq!(
        errors,
        "redox-auth: eClinicalWorks would raise one objection\n"
    );
    assert!(
        shown.contains("\n  scope  system/Group.read system/Patient.read\n"),
        "{shown}"
    );
    assert!(
        shown.contains("\n  client_assertion [see above]\n"),
        "{shown}"
    );

    let (shown, _) = objected(inspect(&body(&format!("{scope}&client_secret=hush-hush"))));
    assert!(
        shown.contains("the form has client_secret in addition to the assertion"),
        "{shown}"
    );
    assert!(!shown.contains("hush"), "{shown}");
    let (shown, _) = objected(inspect(&body(&format!("{scope}{scope}"))));
    assert!(
        shown.contains("the form field scope appears twice"),
        "{shown}"
    );
    let none = inspect("grant_type=client_credentials").failed(2);
    assert!(
        none.contains("expected a form with the field client_assertion"),
        "{none}"
    );
    // The grant has its own field, and an assertion in the wrong one is judged as well.
    let grant = ["inspect", "--like", "google", "--audience", url];
    let (shown, _) = objected(folder.call(&grant).input(body("")).run());
    for objection in [
        "grant_type is \"client_credentials\"",
        "alg is ES384",
        "the claim scope is missing",
    ] {
        assert!(shown.contains(objection), "{objection}: {shown}");
    }
}

#[test]
fn a_token_is_shown_and_not_judged() {
    let folder = Folder::new();
    let token = jwt(&json!({ "alg": "none" }), &json!({ "sub": "client-1" }));
    for given in [
        format!("Bearer {token}"),
        format!("authorization: bearer {token}"),
    ] {
        let shown = folder.run(&["inspect", &given]).done();
        assert!(
            shown.contains("client-1") && shown.contains("note: this is an access token"),
            "{shown}"
        );
        assert!(!shown.contains("would"), "{shown}");
    }
    for option in [
        ["--like", "epic"],
        ["--key", "key.pem"],
        ["--jwks", "set.json"],
    ] {
        let call = folder.call(&["inspect", "Bearer a-token"]).args(&option);
        let shown = call.run().failed(2);
        let expected = format!(
            "{}: the input is an access token, which the command shows",
            option[0]
        );
        assert!(shown.contains(&expected), "{shown}");
    }
    let opaque = folder.run(&["inspect", "Bearer a-token-of-nobody"]).done();
    assert_eq!(
        opaque,
        "note: this is an access token of 17 bytes that is no JWT"
    );
}
