use redox_auth_sandbox::ServerOptions;
use redox_auth_sandbox::http::Method;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_key_that_is_made_is_shown_once_and_signs() {
    let redox = Redox::start().await;
    let made = redox
        .api(Method::POST, "oauth-keys", json!({ "make": "ES384" }))
        .await;
    let private = made["private_key"].as_str().unwrap();
    let pem = pem_rfc7468::decode_vec(private.as_bytes()).unwrap().1;
    let pair = aws_lc_rs::signature::EcdsaKeyPair::from_pkcs8(
        &aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING,
        &pem,
    );
    let pair = pair.unwrap();
    let mut claims = redox.claims("made");
    claims["iss"] = made["client_id"].clone();
    claims["sub"] = made["client_id"].clone();
    let signed = sign(&header(made["kid"].as_str().unwrap()), &claims);
    let (signed, _) = signed.rsplit_once('.').unwrap();
    let random = aws_lc_rs::rand::SystemRandom::new();
    let signature = pair.sign(&random, signed.as_bytes()).unwrap();
    let signature =
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature);
    let answer = redox
        .send(token_request(&format!("{signed}.{signature}")))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for path in [
        "/",
        "/traffic",
        "/api/oauth-keys",
        "/api/traffic",
        "/api/traffic.har",
    ] {
        let shown = redox.get(path).await.text;
        assert!(!shown.contains("PRIVATE KEY"), "{path}");
    }
}

#[tokio::test]
async fn keys_are_registered_by_value_by_url_and_beside_one_another() {
    let redox = Redox::start().await;
    let text = json!({ "keys": [jwk("pasted")] }).to_string();
    for (id, keys) in [
        ("object", json!({ "jwks": { "keys": [jwk("pasted")] } })),
        ("text", json!({ "jwks": text })),
        (
            "url",
            json!({ "jwks_url": "https://example.org/jwks.json" }),
        ),
    ] {
        let mut body = keys;
        body["client_id"] = id.into();
        body["environment"] = "Staging".into();
        redox.api(Method::POST, "oauth-keys", body).await;
    }
    redox
        .api(
            Method::POST,
            "oauth-keys/text/keys",
            json!({ "jwks": jwk("second") }),
        )
        .await;
    let list = redox.api(Method::GET, "oauth-keys", Value::Null).await;
    let of = |id: &str| {
        let keys = list["oauth_keys"].as_array().unwrap();
        keys.iter()
            .find(|key| key["client_id"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(of("url")["jwks_url"], "https://example.org/jwks.json");
    assert_eq!(of("object")["environment"], "Staging");
    for (at, key_id) in ["pasted", "second"].into_iter().enumerate() {
        let key = &of("text")["keys"][at];
        assert_eq!(key["kid"], key_id);
        assert_eq!(
            (&key["alg"], &key["state"]),
            (&json!("ES384"), &json!("active"))
        );
        assert_eq!(key["tokens"], 0);
    }
    let replaced = json!({ "jwks": jwk("third") });
    let shown = redox
        .api(Method::PUT, "oauth-keys/text/jwks", replaced)
        .await;
    assert_eq!(shown["keys"][0]["kid"], "third");
}

#[tokio::test]
async fn a_key_that_cannot_be_registered_is_refused_with_what_to_do() {
    let redox = Redox::start().await;
    let mut private = jwk("private");
    private["d"] = "hush-private".into();
    for (path, body, status, text) in [
        (
            "oauth-keys",
            json!({ "jwks": private }),
            400,
            "is a private key",
        ),
        (
            "oauth-keys",
            json!({ "jwks": "-----BEGIN" }),
            400,
            "a key in PEM, not a JWK Set; paste",
        ),
        (
            "oauth-keys",
            json!({}),
            400,
            "paste a JWK Set, give a JWK Set URL",
        ),
        (
            "oauth-keys",
            json!({ "make": "ES384", "jwks_url": "https://a.example" }),
            400,
            "give one of",
        ),
        (
            "oauth-keys",
            json!({ "make": "HS256" }),
            400,
            "known: ES384",
        ),
        (
            "oauth-keys",
            json!({ "jwks_url": "http://a.example" }),
            400,
            "must be https",
        ),
        (
            "oauth-keys",
            json!({ "client_id": CLIENT_ID, "jwks": jwk("a") }),
            409,
            "taken",
        ),
        (
            "oauth-keys/client-1/keys",
            json!({ "jwks": jwk("key-1") }),
            400,
            "the same kid as another",
        ),
        ("oauth-keys/client-1/keys", json!({}), 400, "give either"),
        (
            "oauth-keys/nobody/keys",
            json!({ "jwks": jwk("a") }),
            404,
            "no such client",
        ),
    ] {
        let answer = redox.try_api(Method::POST, path, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert!(answer.text.contains(text), "{body}: {}", answer.text);
        assert!(!answer.text.contains("hush"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_withdrawn_key_and_a_disabled_client_get_no_token_until_they_are_back() {
    let redox = Redox::start().await;
    let key = "oauth-keys/client-1/keys/key-1";
    let client = "oauth-keys/client-1";
    for (step, (method, path, body, status)) in [
        (Method::DELETE, key, Value::Null, 400),
        (Method::PUT, key, Value::Null, 200),
        (Method::PATCH, client, json!({ "enabled": false }), 400),
        (Method::PATCH, client, json!({ "enabled": true }), 200),
    ]
    .into_iter()
    .enumerate()
    {
        redox.api(method, path, body).await;
        let claims = redox.claims(&format!("step-{step}"));
        let answer = redox.ask_token(&header("key-1"), &claims).await;
        assert_eq!(answer.status, status, "step {step}: {}", answer.text);
    }
    for (method, path) in [
        (Method::PUT, key),
        (Method::DELETE, "oauth-keys/client-1/keys/key-2"),
        (Method::DELETE, "oauth-keys/nobody/keys/key-1"),
    ] {
        let answer = redox.try_api(method, path, Value::Null).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_keys_of_a_url_are_withdrawn_there() {
    let redox = Redox::start().await;
    let body = json!({ "client_id": "by-url", "jwks_url": "https://example.org/jwks.json" });
    redox.api(Method::POST, "oauth-keys", body).await;
    let path = "oauth-keys/by-url/keys/key-1";
    let answer = redox.try_api(Method::DELETE, path, Value::Null).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("change them there"), "{}", answer.text);
}

#[tokio::test]
async fn a_legacy_secret_is_shown_once_and_replaced() {
    let redox = Redox::start().await;
    let body = json!({ "source_id": "source-1" });
    let made = redox.api(Method::POST, "legacy-keys", body.clone()).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    let authenticate = |secret: &str| {
        let body = json!({ "apiKey": "source-1", "secret": secret }).to_string();
        redox_auth_sandbox::Request::json("/auth/authenticate", body)
    };
    let answer = redox.send(authenticate(&secret)).await;
    assert_eq!(answer.status, 200);
    let token = answer.json()["accessToken"].as_str().unwrap().to_owned();

    let path = "legacy-keys/source-1/secret";
    let replaced = redox
        .api(Method::POST, path, json!({ "revoke_tokens": true }))
        .await;
    let newer = replaced["secret"].as_str().unwrap().to_owned();
    assert_ne!(secret, newer);
    assert_eq!(redox.send(authenticate(&secret)).await.status, 401);
    assert_eq!(redox.send(message(&token)).await.status, 401);
    assert_eq!(redox.send(authenticate(&newer)).await.status, 200);

    let list = redox.api(Method::GET, "legacy-keys", Value::Null).await;
    assert_eq!(list["legacy_keys"][0]["source"], "Clinic");
    for path in [
        "/",
        "/traffic/1",
        "/api/legacy-keys",
        "/api/traffic.har",
        "/api/traffic/4/curl",
    ] {
        let shown = redox.get(path).await.text;
        for secret in [&secret, &newer, &token] {
            assert!(!shown.contains(secret), "{path}");
        }
    }
    let twice = redox.try_api(Method::POST, "legacy-keys", body).await;
    assert_eq!(twice.status, 409);
}

#[tokio::test]
async fn sources_and_destinations_are_added_and_messages_name_them() {
    let redox = Redox::start().await;
    let body = json!({ "name": "Lab", "id": "lab", "environment": "Development" });
    redox.api(Method::POST, "sources", body.clone()).await;
    assert_eq!(
        redox.try_api(Method::POST, "sources", body).await.status,
        409
    );
    let body = json!({ "name": "Registry", "slug": "registry" });
    let made = redox.api(Method::POST, "destinations", body).await;
    let list = redox.api(Method::GET, "destinations", Value::Null).await;
    let list = list["destinations"].as_array().unwrap();
    let own = list.iter().find(|it| it["id"] == made["id"]).unwrap();
    assert_eq!(own["slug"], "registry");
    // Now the source has to be named.
    let token = redox.token("sources").await;
    let refused = redox.send(message(&token)).await;
    assert!(refused.text.contains("Meta.Source.ID"), "{}", refused.text);
    let exchange = redox.newest().await;
    assert_eq!(
        rule(&exchange, "Meta.Source")["verdict"],
        "fail",
        "{exchange}"
    );
}

#[tokio::test]
async fn a_change_is_in_the_state_file_before_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let redox = Redox::start_with(ServerOptions::new().state(&file)).await;
    let made = redox
        .api(Method::POST, "oauth-keys", json!({ "make": "ES384" }))
        .await;
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.contains(made["client_id"].as_str().unwrap()), "{kept}");
    // The private key was shown once, and is nowhere.
    assert!(!kept.contains("PRIVATE"), "{kept}");
}
