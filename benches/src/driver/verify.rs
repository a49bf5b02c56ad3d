use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use redox_auth_contender::{ASSERTION_LIFETIME_SECS, ISSUED_AT, KeyName, Task};
use serde_json::{Value, json};

/// Whether `assertion` has the right claims and a signature of the task's key. Otherwise its fault.
///
/// A contender that does less than the others would seem the faster for it.
pub(super) fn verify(task: &Task, name: KeyName, assertion: &str) -> Result<(), String> {
    let (signing_input, signature) = assertion
        .rsplit_once('.')
        .ok_or("expected three parts, found no dot")?;
    let signature = decode(signature)?;
    public_key(task, name)
        .ok_or("the task's key is none")?
        .verify(signing_input.as_bytes(), &signature)
        .map_err(|_| "the signature is wrong")?;
    let (header, claims) = signing_input
        .split_once('.')
        .ok_or("expected three parts, found two")?;
    let header_expected = json!({ "alg": name.algorithm(), "typ": "JWT", "kid": task.key_id });
    expect("header", &json_of(header)?, &header_expected)?;
    let mut claims = json_of(claims)?;
    let jwt_id = claims.as_object_mut().and_then(|it| it.remove("jti"));
    if jwt_id.is_none_or(|it| it.as_str().is_none_or(|it| it.len() < 22)) {
        return Err("expected a `jti` of 22 characters or more".to_owned());
    }
    // Some read the clock themselves.
    let issued_at = claims.get("iat").and_then(Value::as_u64);
    let issued_at = issued_at.filter(|time| is_now(*time)).unwrap_or(ISSUED_AT);
    let claims_expected = json!({
        "iss": task.client_id,
        "sub": task.client_id,
        "aud": task.audience,
        "iat": issued_at,
        "exp": issued_at.saturating_add(ASSERTION_LIFETIME_SECS),
    });
    expect("claims", &claims, &claims_expected)
}

/// Whether these seconds since 1970 are within a minute of now.
fn is_now(secs: u64) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.is_ok_and(|now| now.as_secs().abs_diff(secs) < 60)
}

fn expect(what: &str, found: &Value, expected: &Value) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("expected the {what} {expected}, found {found}"))
    }
}

fn json_of(part: &str) -> Result<Value, String> {
    serde_json::from_slice(&decode(part)?).map_err(|error| error.to_string())
}

fn decode(part: &str) -> Result<Vec<u8>, String> {
    BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|error| error.to_string())
}

fn public_key(task: &Task, name: KeyName) -> Option<UnparsedPublicKey<Vec<u8>>> {
    let (_, der) = pem_rfc7468::decode_vec(task.key(name).as_bytes()).ok()?;
    let ec = |signing: &'static EcdsaSigningAlgorithm| {
        let pair = EcdsaKeyPair::from_pkcs8(signing, &der).ok()?;
        Some(pair.public_key().as_ref().to_vec())
    };
    let rsa = || {
        let pair = RsaKeyPair::from_pkcs8(&der).ok()?;
        Some(pair.public_key().as_ref().to_vec())
    };
    let (algorithm, key): (&dyn VerificationAlgorithm, _) = match name {
        KeyName::Es256 => (
            &ECDSA_P256_SHA256_FIXED,
            ec(&ECDSA_P256_SHA256_FIXED_SIGNING)?,
        ),
        KeyName::Es384 => (
            &ECDSA_P384_SHA384_FIXED,
            ec(&ECDSA_P384_SHA384_FIXED_SIGNING)?,
        ),
        KeyName::Es512 => (
            &ECDSA_P521_SHA512_FIXED,
            ec(&ECDSA_P521_SHA512_FIXED_SIGNING)?,
        ),
        KeyName::Rs256Of2048 => (&RSA_PKCS1_2048_8192_SHA256, rsa()?),
        KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => (&RSA_PKCS1_2048_8192_SHA384, rsa()?),
    };
    Some(UnparsedPublicKey::new(algorithm, key))
}

#[cfg(test)]
mod tests {
    use redox_auth_contender::base64url;

    use super::*;
    use crate::contenders::signing;
    use crate::inputs::task::new_task;

    #[test]
    fn our_own_samples_pass_and_changed_ones_do_not() {
        let task = new_task();
        for mut work in signing(&task) {
            let group = work.offer().group.clone();
            let names = KeyName::ALL.into_iter().find(|name| name.as_str() == group);
            let (name, sample) = (names.unwrap(), work.sample(0));
            assert_eq!(verify(&task, name, &sample), Ok(()), "{group}");
            let (signed, signature) = sample.rsplit_once('.').unwrap();
            let (header, _) = signed.split_once('.').unwrap();
            let less = base64url(br#"{"iss":"nobody"}"#);
            let changed = format!("{header}.{less}.{signature}");
            assert!(verify(&task, name, &changed).is_err(), "{group}");
        }
    }

    #[test]
    fn an_assertion_that_says_less_is_named() {
        let task = new_task();
        let refused = expect("header", &json!({"alg": "ES256"}), &json!({"kid": "1"}));
        let refused = refused.unwrap_err();
        assert!(refused.contains("expected the header"), "{refused}");
        assert!(verify(&task, KeyName::Es256, "no dots").is_err());
    }
}
