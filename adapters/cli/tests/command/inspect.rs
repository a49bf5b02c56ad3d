use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::support::{Folder, Outcome};

/// Checks that something was objected to; what was printed, and what was said on standard error.
fn objected(outcome: Outcome) -> (String, String) {
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    (outcome.stdout, outcome.stderr)
}

fn jwt(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| Base64UrlUnpadded::encode_string(part.to_string().as_bytes());
    format!("{}.{}.c2lnbmF0dXJl", encode(header), encode(claims))
}

fn sign(folder: &Folder, args: &[&str]) -> String {
    folder.make_key("key.pem", "ES384");
    folder
        .call(&["assertion", "--client-id", "client-1", "--key", "key.pem"])
        .args(args)
        .run()
        .done()
}

#[test]
fn a_good_assertion_is_shown_with_its_times_as_dates() {
    let folder = Folder::new();
    let assertion = sign(&folder, &["--key-id", "key-1"]);
    let shown = folder.run(&["inspect", &assertion]).done();
    for part in [
        "header", "ES384", "key-1", "JWT", "claims", "client-1", "96 bytes",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let last = "\nRedox would find nothing wrong with header and claims.";
    assert!(shown.ends_with(last), "{shown}");
    for line in shown
        .lines()
        .filter(|line| line.contains("iat") || line.contains("exp"))
    {
        assert!(line.contains("(20") && line.ends_with("Z)"), "{line}");
    }
    // The signature is what makes it worth something.
    let signature = assertion.rsplit('.').next().unwrap();
    assert!(!shown.contains(signature), "{shown}");

    let piped = |args: &[&str]| {
        let call = folder.call(args).input(format!(" {assertion}\r\n"));
        call.run().done()
    };
    assert_eq!(piped(&["inspect", "-"]), shown);
    assert_eq!(piped(&["inspect"]), shown);
    folder.write("assertion.jwt", &assertion);
    assert_eq!(folder.run(&["inspect", "assertion.jwt"]).done(), shown);
}

#[test]
fn what_a_token_lacks_of_the_scope_asked_for_is_a_note() {
    let folder = Folder::new();
    let note =
        "note: the server granted less scope than was asked for; not granted: system/Group.rs";
    for (claims, is_less) in [
        (json!({ "scope": "system/Patient.rs" }), true),
        (json!({ "scp": ["system/Patient.rs"] }), true),
        (
            json!({ "scp": ["system/Group.rs", "system/Patient.rs"] }),
            false,
        ),
        (
            json!({ "scope": "system/Patient.rs system/Group.rs" }),
            false,
        ),
        // It does not say.
        (json!({}), false),
    ] {
        let token = jwt(&json!({ "alg": "ES256" }), &claims);
        let token = format!("Bearer {token}");
        let asked = [
            "inspect",
            &token,
            "--scope",
            "system/Patient.rs system/Group.rs",
        ];
        let shown = folder.run(&asked).done();
        assert_eq!(shown.contains(note), is_less, "{claims}: {shown}");
    }
}

#[test]
fn what_redox_would_object_to_is_said_and_is_a_failure() {
    let folder = Folder::new();
    let old = sign(&folder, &["--at", "2020-01-02T03:04:05Z", "--region", "ca"]);
    let (shown, errors) = objected(folder.run(&["inspect", &old]));
    assert!(shown.contains("(2020-01-02T03:04:00Z)"), "{shown}");
    assert!(shown.contains("Redox would object: iat is "), "{shown}");
    assert!(shown.contains("Redox would object: exp was "), "{shown}");
    assert!(!shown.contains("nothing wrong"), "{shown}");
    assert_eq!(errors, "redox-auth: Redox would object to 2 things\n");

    let header = json!({ "alg": "HS256", "typ": "at+jwt" });
    let claims = json!({ "iss": "a", "sub": "b", "aud": ["c"], "iat": "now", "exp": 1.5 });
    let (shown, _) = objected(folder.run(&["inspect", &jwt(&header, &claims)]));
    for objection in [
        "alg is HS256; the server takes RS384 or ES384",
        "kid is missing",
        "typ is \"at+jwt\"; the server takes JWT",
        "iss and sub differ",
        "aud is [\"c\"]; the server takes https://api.redoxengine.com/v2/auth/token or ",
        "jti is missing or no text",
        "iat is \"now\"; expected whole seconds",
        "exp is 1.5; expected whole seconds",
    ] {
        let objection = format!("Redox would object: {objection}");
        assert!(shown.contains(&objection), "{objection}: {shown}");
    }
}

#[test]
fn another_server_objects_by_its_own_rules() {
    let folder = Folder::new();
    let assertion = sign(&folder, &["--audience", "https://helseid-sts.nhn.no"]);
    let inspect = |args: &[&str]| folder.call(&["inspect", &assertion]).args(args).run();
    let (shown, errors) = objected(inspect(&["--like", "helseid"]));
    for objection in [
        "typ is \"JWT\"; the server takes client-authentication+jwt",
        "nbf is missing",
        "s ahead of the clock; at most 60 s are taken",
    ] {
        assert!(shown.contains(objection), "{objection}: {shown}");
    }
    assert_eq!(
        shown.matches("HelseID would object: ").count(),
        3,
        "{shown}"
    );
    assert_eq!(errors, "redox-auth: HelseID would object to 3 things\n");

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
        "aud is \"https://helseid-sts.nhn.no\"; the server takes https://okta.example/v1/token";
    assert!(shown.contains(aud), "{shown}");
    assert_eq!(errors, "redox-auth: Okta would object to one thing\n");
    let audience = ["--audience", "https://helseid-sts.nhn.no"];
    inspect(&[&token_url[..], &audience].concat()).done();

    let unknown = inspect(&["--like", "epik"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("'epic'"), "{unknown:?}");
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
    assert!(shown.contains("judged by RFC 7523 alone"), "{shown}");
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
        "redox-auth: eClinicalWorks would object to one thing\n"
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
        shown.contains("client_secret is there besides the assertion"),
        "{shown}"
    );
    assert!(!shown.contains("hush"), "{shown}");
    let (shown, _) = objected(inspect(&body(&format!("{scope}{scope}"))));
    assert!(shown.contains("a form field is there twice"), "{shown}");
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
    let opaque = folder.run(&["inspect", "Bearer a-token-of-nobody"]).done();
    assert_eq!(
        opaque,
        "note: this is an access token of 17 bytes that is no JWT"
    );
}

#[test]
fn a_signature_is_checked_with_a_key_or_a_set_of_them() {
    let folder = Folder::new();
    let assertion = sign(&folder, &["--key-id", "key-1"]);
    let set = folder
        .run(&["key", "jwks", "key.pem", "--key-id", "key-1"])
        .done();
    folder.write("set.json", &set);
    folder.write("other.json", folder.make_key("other.pem", "ES384"));
    let public: Value = serde_json::from_str(&set).unwrap();
    folder.write("public.json", public["keys"][0].to_string());
    let inspect = |args: &[&str]| folder.call(&["inspect", &assertion]).args(args).run();
    for (args, told) in [
        (vec!["--key", "key.pem"], "96 bytes, verified with "),
        (
            vec!["--key", "public.json"],
            "96 bytes, verified with key-1",
        ),
        (vec!["--jwks", "set.json"], "96 bytes, verified with key-1"),
        (
            vec!["--key", "other.pem", "--key", "key.pem"],
            "96 bytes, verified with ",
        ),
    ] {
        let shown = inspect(&args).done();
        assert!(shown.contains(told), "{args:?}: {shown}");
        assert!(
            shown.contains("nothing wrong with header, claims and signature."),
            "{shown}"
        );
    }
    for (args, told) in [
        (
            vec!["--key", "other.pem"],
            "the signature is that of none of the keys",
        ),
        (
            vec!["--jwks", "other.json"],
            "the signature is that of none of the keys",
        ),
        (
            vec!["--jwks", "other.json", "--key", "key.pem"],
            "kid is not that of a key in the JWK Set",
        ),
    ] {
        let (shown, _) = objected(inspect(&args));
        assert!(
            shown.contains(&format!("Redox would object: {told}")),
            "{args:?}: {shown}"
        );
    }
    // The set has the key by another name than the assertion.
    folder.write("renamed.json", set.replace("key-1", "key-2"));
    let (shown, _) = objected(inspect(&["--jwks", "renamed.json"]));
    assert!(shown.contains("verified with key-2"), "{shown}");
    assert!(
        shown.contains("kid is not that of a key in the JWK Set"),
        "{shown}"
    );

    for (args, told) in [
        (
            ["--jwks", "https://example.org/jwks"],
            "--jwks takes a file",
        ),
        (["--jwks", "nothing.json"], "cannot read"),
        (["--jwks", "key.pem"], "JWK Set in key.pem: not JSON"),
        (["--key", "set.json.not"], "cannot read"),
    ] {
        let shown = inspect(&args).failed(2);
        assert!(shown.contains(told), "{args:?}: {shown}");
    }
}

#[test]
fn an_rsa_key_verifies_whatever_it_signed_with() {
    let folder = Folder::new();
    folder.make_key("rsa.pem", "RS384");
    for algorithm in ["RS256", "RS512", "PS256"] {
        let call = folder.call(&["assertion", "--client-id", "c", "--key", "rsa.pem"]);
        let assertion = call.args(&["--alg", algorithm]).run().done();
        let call = folder.call(&["inspect", &assertion, "--key", "rsa.pem"]);
        let shown = call.run().stdout;
        assert!(shown.contains("verified with "), "{algorithm}: {shown}");
    }
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
        json!({ "kind": "alg", "about": "alg", "text": "alg is ES384; the server takes RS512" });
    assert_eq!(bad["objections"][0], alg);
}

#[test]
fn what_is_no_jwt_is_refused_with_what_was_found() {
    let folder = Folder::new();
    let array = Base64UrlUnpadded::encode_string(b"[]");
    let empty = Base64UrlUnpadded::encode_string(b"{}");
    let deep = Base64UrlUnpadded::encode_string("[".repeat(10_000).as_bytes());
    for (jwt, part) in [
        (String::new(), "found 1 part"),
        ("garbage".to_owned(), "found 1 part"),
        ("a.b".to_owned(), "found 2 parts"),
        ("a.b.c.d.e".to_owned(), "found 5 parts"),
        (
            format!("{empty}.{empty}.=="),
            "signature of the JWT: expected base64url",
        ),
        (
            format!("{empty}=.{empty}.c2ln"),
            "header of the JWT: expected base64url",
        ),
        (
            format!("{array}.{empty}.c2ln"),
            "header of the JWT: expected a JSON object",
        ),
        (
            format!("{empty}.{array}.c2ln"),
            "claims of the JWT: expected a JSON object",
        ),
        (
            format!("{empty}.{deep}.c2ln"),
            "claims of the JWT: expected a JSON object",
        ),
        (
            format!("{empty}.\u{e4}.c2ln"),
            "claims of the JWT: expected base64url",
        ),
    ] {
        let call = folder.call(&["inspect", "-"]).input(&jwt);
        let shown = call.run().failed(2);
        assert!(shown.contains(part), "{jwt:?}: {shown}");
        assert!(
            shown.contains("expected") && shown.contains("found"),
            "{jwt:?}: {shown}"
        );
    }
    let shown = folder
        .call(&["inspect"])
        .input([0xff, 0xfe])
        .run()
        .failed(2);
    assert!(
        shown.contains("expected text in UTF-8, found other bytes"),
        "{shown}"
    );
}

#[test]
fn control_characters_of_a_jwt_do_not_reach_the_terminal() {
    let folder = Folder::new();
    let header = json!({ "alg": "\u{1b}[2J", "kid": "\u{7}\u{9b}31m" });
    let claims = json!({ "iss": "\u{1b}]0;title\u{7}", "\u{1b}[1m": 1 });
    let (shown, _) = objected(folder.run(&["inspect", &jwt(&header, &claims)]));
    assert!(
        !shown.contains(|c: char| c.is_control() && c != '\n'),
        "{shown:?}"
    );
}
