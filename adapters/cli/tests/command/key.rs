use serde_json::Value;

use crate::support::{Folder, Redox, assert_hidden};

const ALGORITHMS: [(&str, &str); 7] = [
    ("ES256", "EC"),
    ("ES384", "EC"),
    ("ES512", "EC"),
    ("RS256", "RSA"),
    ("RS384", "RSA"),
    ("RS512", "RSA"),
    ("PS256", "RSA"),
];

#[test]
fn a_new_key_is_a_file_for_its_owner_and_a_jwk_set_for_the_server() {
    for (algorithm, kty) in ALGORITHMS {
        let folder = Folder::new();
        let jwks = folder.make_key("key.pem", algorithm);
        assert_eq!(folder.names(), ["key.pem"]);
        let pem = folder.read("key.pem");
        assert!(
            pem.starts_with("-----BEGIN PRIVATE KEY-----\n"),
            "{algorithm}"
        );
        assert!(pem.ends_with("-----END PRIVATE KEY-----\n"), "{algorithm}");
        #[cfg(unix)]
        {
            use std::fs;
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path("key.pem"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o7777, 0o600, "{algorithm}");
        }

        let set: Value = serde_json::from_str(&jwks).unwrap();
        let [jwk] = &set["keys"].as_array().unwrap()[..] else {
            panic!("{jwks}");
        };
        assert_eq!((&jwk["kty"], &jwk["alg"]), (&kty.into(), &algorithm.into()));
        assert_eq!(jwk["use"], "sig");
        // A thumbprint, by default.
        assert_eq!(jwk["kid"].as_str().unwrap().len(), 43);
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(jwk.get(private).is_none(), "{algorithm}: {private}");
        }
        let again = folder.run(&["key", "jwks", "key.pem", "--alg", algorithm]);
        assert_eq!(again.done(), jwks);
    }
}

#[test]
fn a_file_that_exists_is_never_written_to() {
    let folder = Folder::new();
    folder.write("key.pem", "precious");
    let args = ["key", "new", "--alg", "ES384", "--out", "key.pem"];
    let shown = folder.run(&args).failed(2);
    assert!(
        shown.contains("key.pem exists, and the command overwrites no file"),
        "{shown}"
    );
    assert_eq!(folder.read("key.pem"), "precious");

    #[cfg(unix)]
    {
        // Nor is what a link leads to made, which may be anywhere.
        std::os::unix::fs::symlink(folder.path("elsewhere"), folder.path("link")).unwrap();
        let args = ["key", "new", "--alg", "ES384", "--out", "link"];
        folder.run(&args).failed(2);
        assert!(!folder.path("elsewhere").exists());
    }
    let args = ["key", "new", "--alg", "ES384", "--out", "no/such/folder"];
    let shown = folder.run(&args).failed(2);
    assert!(shown.contains("cannot write no/such/folder"), "{shown}");
}

#[test]
fn an_rsa_key_has_the_length_asked_for() {
    let folder = Folder::new();
    for (option, base64url_len) in [
        (&[][..], 512),
        (&["--bits", "2048"], 342),
        (&["--bits", "3072"], 512),
        (&["--bits", "4096"], 683),
    ] {
        let name = format!("rsa{}.pem", option.concat());
        let args = ["key", "new", "--alg", "RS384", "--out", &name];
        let set: Value =
            serde_json::from_str(&folder.call(&args).args(option).run().done()).unwrap();
        let modulus = set["keys"][0]["n"].as_str().unwrap();
        assert_eq!(modulus.len(), base64url_len, "{option:?}");
    }
    let args = [
        "key", "new", "--alg", "ES384", "--bits", "2048", "--out", "ec.pem",
    ];
    let shown = folder.run(&args).failed(2);
    assert!(
        shown.contains("--bits is the length of an RSA key; a key for ES384 has only one length"),
        "{shown}"
    );
}

#[test]
fn what_a_pem_file_cannot_say_is_told_when_it_is_made() {
    let folder = Folder::new();
    for (algorithm, _) in ALGORITHMS {
        let args = ["key", "new", "--alg", algorithm, "--out", algorithm];
        let shown = folder.run(&args).stderr;
        let is_default = ["ES256", "ES384", "ES512", "RS384"].contains(&algorithm);
        assert_eq!(shown.is_empty(), is_default, "{shown}");
        let advice = format!("sign with --alg {algorithm} (or REDOX_ALG={algorithm})");
        assert_eq!(shown.contains(&advice), !is_default, "{shown}");
    }
}

#[test]
fn a_key_for_another_algorithm_is_refused_with_both_names() {
    let folder = Folder::new();
    folder.make_key("ec.pem", "ES256");
    folder.make_key("rsa.pem", "RS256");
    for (file, algorithm, expected) in [
        (
            "ec.pem",
            "RS256",
            "expected a key for RS256, found one for ES256",
        ),
        (
            "ec.pem",
            "ES384",
            "expected a key for ES384, found one for ES256",
        ),
        (
            "rsa.pem",
            "ES256",
            "expected a key for ES256, found one for RS384",
        ),
    ] {
        let shown = folder
            .run(&["key", "jwks", file, "--alg", algorithm])
            .failed(2);
        let expected = format!("private key in {file}: {expected}");
        assert!(shown.contains(&expected), "{shown}");
    }
}

#[test]
fn two_new_keys_differ() {
    let folder = Folder::new();
    assert_ne!(
        folder.make_key("one", "ES256"),
        folder.make_key("two", "ES256")
    );
    assert_ne!(folder.read("one"), folder.read("two"));
}

#[test]
fn a_key_id_with_a_quote_in_it_works_from_the_key_to_the_token() {
    let key_id = r#"a "quoted" \ kid, ä"#;
    let folder = Folder::new();
    let new = [
        "key", "new", "--alg", "es384", "--out", "key.pem", "--key-id", key_id,
    ];
    let jwks = folder.run(&new).done();
    let set: Value = serde_json::from_str(&jwks).unwrap();
    assert_eq!(set["keys"][0]["kid"], key_id);
    let again = folder.run(&["key", "jwks", "key.pem", "--key-id", key_id]);
    assert_eq!(again.done(), jwks);

    let redox = Redox::with(folder, &jwks);
    let token = redox.call(&["token", "--kid", key_id]).run().done();
    assert!(!token.is_empty());
    // Without it the `kid` is the thumbprint, and another one is registered.
    let shown = redox.call(&["token"]).run().failed(1);
    assert!(shown.contains("Public key not found"), "{shown}");
}

#[test]
fn a_jwk_set_has_every_key_under_its_own_id() {
    let folder = Folder::new();
    let mut thumbprints = Vec::new();
    for algorithm in ["ES256", "ES384", "ES512", "RS384"] {
        let set: Value = serde_json::from_str(&folder.make_key(algorithm, algorithm)).unwrap();
        thumbprints.push(set["keys"][0]["kid"].clone());
    }
    let files = ["key", "jwks", "ES256", "ES384", "ES512", "RS384"];
    let ids = |jwks: &str| -> Vec<Value> {
        let set: Value = serde_json::from_str(jwks).unwrap();
        let keys = set["keys"].as_array().unwrap();
        keys.iter().map(|key| key["kid"].clone()).collect()
    };
    assert_eq!(ids(&folder.run(&files).done()), thumbprints);
    let call = folder
        .call(&files)
        .args(&["--key-id", "one", "--key-id", "two"]);
    assert_eq!(
        ids(&call.run().done()),
        [
            "one".into(),
            "two".into(),
            thumbprints[2].clone(),
            thumbprints[3].clone(),
        ]
    );
    let too_many = ["key", "jwks", "ES256", "--key-id", "one", "--key-id", "two"];
    let shown = folder.run(&too_many).failed(2);
    assert!(shown.contains("expected at most one --key-id for each file, found 2 for 1"));
}

#[test]
fn a_jwk_keeps_its_own_key_id() {
    // The key of RFC 7515, appendix A.3.
    let jwk = r#"{"kty":"EC","crv":"P-256","kid":"mine",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
    let folder = Folder::new();
    folder.write("key.jwk", jwk);
    let jwks = folder.run(&["key", "jwks", "key.jwk"]).done();
    let set: Value = serde_json::from_str(&jwks).unwrap();
    assert_eq!(set["keys"][0]["kid"], "mine");
    assert_hidden(&jwks, "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");

    let shown = folder
        .run(&["key", "jwks", "key.jwk", "--key-id", "other"])
        .failed(2);
    assert!(shown.contains("expected `kid` of the JWK to be the key ID given, found another"));
}

#[test]
fn a_key_id_that_is_empty_is_refused_before_a_file_is_made() {
    let folder = Folder::new();
    let args = [
        "key", "new", "--alg", "ES256", "--out", "key.pem", "--key-id", "",
    ];
    let shown = folder.run(&args).failed(2);
    assert!(shown.contains("kid"), "{shown}");
    assert_eq!(folder.names(), [""; 0]);
}
