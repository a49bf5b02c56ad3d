use serde_json::json;

use super::{
    OAUTH, OPENID, SMART, UDAP, call, fhir_server, fhir_url, folder, issuer, server, token,
};
use crate::canned::{Answer, Canned};
use crate::doctor::{checks, expect};

#[test]
fn doctor_says_what_it_makes_of_each_difference() {
    let folder = folder();
    let methods = "token_endpoint_auth_methods_supported";
    let grants = "grant_types_supported";
    let scopes = "scopes_supported";
    let algorithms = "token_endpoint_auth_signing_alg_values_supported";
    let smart = json!({ "capabilities": ["client-confidential-asymmetric"] });
    for (members, options, check, expected) in [
        (
            json!({}),
            &[][..],
            "token endpoint",
            ("ok", "/token, from the metadata"),
        ),
        (
            json!({ "issuer": "URL" }),
            &[],
            "audience",
            ("ok", "--audience \"http://127"),
        ),
        (
            json!({}),
            &[],
            "audience",
            ("skip", "as most servers require"),
        ),
        // athenahealth
        (
            json!({ "issuer": "https://athena.okta.com/oauth2/a" }),
            &[],
            "audience",
            (
                "warn",
                "issuer \"https://athena.okta.com/oauth2/a\" is on another host",
            ),
        ),
        (
            json!({ "issuer": "https://a.example/" }),
            &["--audience", "https://a.example"],
            "audience",
            (
                "warn",
                "only in the slash at the end; use the server's spelling: Auth0",
            ),
        ),
        (
            json!({ "issuer": "https://a.example" }),
            &["--audience", "https://a.example"],
            "audience",
            ("ok", "the issuer, as HelseID"),
        ),
        // VA Lighthouse
        (
            json!({}),
            &[
                "--audience",
                "https://deptva-eval.okta.com/oauth2/a/v1/token",
            ],
            "audience",
            (
                "warn",
                "neither the token endpoint nor the issuer; VA Lighthouse",
            ),
        ),
        // eClinicalWorks
        (
            json!({}),
            &[],
            "algorithm",
            ("warn", "lists no algorithm, like that of eClinicalWorks"),
        ),
        (
            json!({ algorithms: [] }),
            &[],
            "algorithm",
            ("warn", "lists no algorithm"),
        ),
        (
            json!({ algorithms: ["ES384"] }),
            &[],
            "algorithm",
            ("ok", "ES384, which"),
        ),
        (
            json!({ methods: ["private_key_jwt"] }),
            &[],
            "auth method",
            ("ok", "private_key_jwt"),
        ),
        (
            smart,
            &[],
            "auth method",
            ("ok", "client-confidential-asymmetric"),
        ),
        (
            json!({ methods: ["client_secret_basic", "none"] }),
            &[],
            "auth method",
            (
                "warn",
                "lists client_secret_basic, none, without private_key_jwt",
            ),
        ),
        (
            json!({}),
            &[],
            "auth method",
            ("warn", "client_secret_basic (RFC 8414"),
        ),
        // MEDITECH
        (
            json!({ grants: ["authorization_code", "client_credentials"] }),
            &[],
            "grant",
            (
                "ok",
                "lists client_credentials and answers unauthorized_client",
            ),
        ),
        (
            json!({ grants: ["authorization_code"] }),
            &[],
            "grant",
            (
                "warn",
                "lists authorization_code, without client_credentials",
            ),
        ),
        (
            json!({ grants: ["client_credentials"] }),
            &["--grant", "jwt-bearer"],
            "grant",
            (
                "warn",
                "without urn:ietf:params:oauth:grant-type:jwt-bearer",
            ),
        ),
        (json!({}), &[], "grant", ("skip", "lists no grant")),
        (
            json!({ scopes: ["a", "b"] }),
            &[],
            "scopes",
            ("skip", "requests no scope"),
        ),
        (
            json!({ scopes: ["a", "b"] }),
            &["--scope", "b  a"],
            "scopes",
            ("ok", "lists every requested scope"),
        ),
        (
            json!({ scopes: ["a", "b"] }),
            &["--scope", "a system/Group.read c"],
            "scopes",
            ("warn", "does not list system/Group.read, c"),
        ),
        (
            json!({ "dpop_signing_alg_values_supported": ["ES256"] }),
            &[],
            "DPoP",
            ("skip", "lists ES256"),
        ),
        (
            json!({ "udap_versions_supported": ["1"] }),
            &[],
            "UDAP",
            ("warn", "`x5c`"),
        ),
        (
            json!({ "signed_metadata": "a" }),
            &[],
            "metadata",
            ("ok", "not verified"),
        ),
    ] {
        let server = fhir_server(members.clone());
        let call = call(&folder, &["doctor", "--fhir-url", &fhir_url(&server)]);
        let (code, lines) = checks(call.args(options));
        assert_eq!(code, Some(0), "{members}: {lines:#?}");
        expect(&lines, check, &[expected]);
        expect(&lines, "token", &[("ok", "obtained a token for 300 s")]);
    }
}

#[test]
fn doctor_compares_what_is_found_with_what_is_configured() {
    let folder = folder();
    let server = issuer();
    let with = |options: &[&str]| {
        let call = call(&folder, &["doctor", "--issuer", &server.url()]);
        checks(call.args(options))
    };
    let endpoint = format!("{}/token", server.url());
    let (_, lines) = with(&["--token-url", &endpoint]);
    expect(&lines, "token endpoint", &[("ok", "as configured")]);
    let (_, lines) = with(&["--token-url", &format!("{endpoint}?b")]);
    let part = format!("names {endpoint}, but {endpoint}?b is configured");
    expect(&lines, "token endpoint", &[("warn", &part)]);
    let (_, lines) = with(&["--typ", "client-authentication+jwt"]);
    expect(&lines, "audience", &[("ok", "the issuer, as HelseID")]);

    // The second document is mentioned, whether it agrees or not.
    let (first, same) = ("URL/token", "has the same token endpoint");
    for (second, verdict, part) in [
        (first, "ok", same),
        ("URL/other", "warn", "has another token endpoint: \"http"),
    ] {
        let server = Canned::by_path(|url| {
            let document = |endpoint: &str| {
                let document = json!({ "issuer": "URL", "token_endpoint": endpoint });
                Answer::json("200 OK", &document.to_string().replace("URL", url))
            };
            vec![
                (OAUTH, document(first)),
                (OPENID, document(second)),
                ("/token", token()),
            ]
        });
        let call = call(&folder, &["doctor", "--issuer", &server.url()]);
        expect(
            &checks(call).1,
            "metadata",
            &[("ok", OAUTH), (verdict, part)],
        );
    }
}

#[test]
fn doctor_asks_for_no_token_at_a_server_that_was_not_found() {
    let folder = folder();
    let evil = json!({ "issuer": "URL", "token_endpoint": "https://evil.example/token" });
    let found = server(OAUTH, &evil);
    let doctor = |server: &Canned| call(&folder, &["doctor", "--issuer", &server.url()]);
    let (code, lines) = checks(doctor(&found));
    assert_eq!(code, Some(2));
    let part = "--confirm-host evil.example), or name the token endpoint without discovery";
    expect(&lines, "token endpoint", &[("FAIL", part)]);
    expect(&lines, "grant", &[("skip", "lists no grant")]);
    for check in ["server", "DNS", "token"] {
        expect(&lines, check, &[]);
    }
    // The command uses the configured values anyway.
    let tokens = Canned::always(token());
    let (code, lines) = checks(doctor(&found).args(&["--token-url", &tokens.url()]));
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(&lines, "token endpoint", &[("warn", "as configured")]);
    expect(&lines, "token", &[("ok", "obtained a token")]);

    let nothing = Canned::by_path(|_| Vec::new());
    let (code, lines) = checks(doctor(&nothing));
    assert_eq!(code, Some(3));
    let hint = "such as Oracle Health, publish metadata for the FHIR base URL only: try --fhir-url";
    expect(&lines, "metadata", &[("FAIL", hint), ("FAIL", hint)]);
    let fhir = call(&folder, &["doctor", "--fhir-url", &fhir_url(&nothing)]);
    let (_, lines) = checks(fhir);
    expect(&lines, "metadata", &[("FAIL", SMART), ("FAIL", UDAP)]);
    let both = doctor(&nothing).args(&["--fhir-url", "https://a.example"]);
    let (code, lines) = checks(both);
    assert_eq!(code, Some(2));
    expect(&lines, "metadata", &[("FAIL", "found both")]);
    expect(&lines, "token", &[]);
}
