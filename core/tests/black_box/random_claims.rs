//! Thousands of assertions with random claims for each algorithm, each verified by a library that is not ours.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use crate::support::der;
use crate::support::keys::{EcKey, RsaKey};
use crate::support::random::Random;
use crate::support::verifier::{Verifier, parts_of};
use aws_lc_rs::rsa::KeySize;
use redox_auth_core::{
    Algorithm, Assertion, JwtId, JwtType, OAuthKey, Signer, SigningKey, TokenRequest, UnixTime,
    WriteError, max_assertion_len, max_token_request_len,
};
use serde_json::{Value, json};

/// Everything that goes into an assertion but the key.
struct Claims {
    client_id: String,
    key_id: String,
    audience: String,
    scope: Option<String>,
    jwt_id: JwtId,
    issued_at: u64,
    lifetime_secs: u32,
    typ: JwtType,
}

impl Claims {
    fn random(random: &mut Random) -> Self {
        Self {
            client_id: random.text(),
            key_id: random.text(),
            audience: random.text(),
            scope: (random.below(2) == 0).then(|| random.text()),
            jwt_id: JwtId::from_random(random.bytes()),
            // From the first second to the last that leaves room for a lifetime, as often short as long.
            issued_at: match random.below(4) {
                0 => random.below(10),
                1 => u64::MAX - 300,
                _ => 1_700_000_000 + random.below(1_000_000_000),
            },
            lifetime_secs: u32::try_from(random.below(300)).unwrap() + 1,
            typ: random.pick(&[JwtType::Jwt, JwtType::ClientAuthentication]),
        }
    }

    fn assertion<'a, S: Signer>(&'a self, signer: &'a S) -> Assertion<'a, S> {
        let now = UnixTime::from_secs(0);
        let assertion = OAuthKey::new(&self.client_id, &self.key_id, signer)
            .assertion(&self.audience, &self.jwt_id, now)
            .issued_at(UnixTime::from_secs(self.issued_at))
            .lifetime_secs(self.lifetime_secs)
            .typ(self.typ);
        match &self.scope {
            Some(scope) => assertion.scope(scope),
            None => assertion,
        }
    }

    fn header(&self, signer: &impl Signer) -> Value {
        json!({
            "alg": signer.algorithm().as_str(),
            "typ": self.typ.as_str(),
            "kid": self.key_id,
        })
    }

    fn claims(&self) -> Value {
        let mut claims = json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "iat": self.issued_at,
            "exp": self.issued_at + u64::from(self.lifetime_secs),
            "jti": self.jwt_id.as_str(),
        });
        if let Some(scope) = &self.scope {
            claims["scope"] = scope.as_str().into();
        }
        claims
    }

    fn max_len(&self, signer: &impl Signer) -> usize {
        max_assertion_len(
            &self.client_id,
            &self.key_id,
            &self.audience,
            self.scope.as_deref().unwrap_or(""),
            signer.signature_len(),
        )
    }

    /// Whether header and times are as long as they can be.
    fn is_longest(&self) -> bool {
        self.typ == JwtType::ClientAuthentication && self.issued_at > u64::MAX / 2
    }
}

/// Signs assertions with random claims, checks everything about them, and hands each to `also`: what was signed, and
/// the signature.
fn check(signer: &SigningKey, count: u32, seed: u64, mut also: impl FnMut(&[u8], &[u8])) {
    let verifier = Verifier::of(&signer.public_key());
    let mut random = Random::from_seed(seed);
    let mut buffer = vec![0; 1 << 17];
    for number in 0..count {
        let claims = Claims::random(&mut random);
        let case = format!("assertion {number} with {}", signer.algorithm());
        let Err(WriteError::BufferTooSmall { needed }) = claims.assertion(signer).write(&mut [])
        else {
            panic!("{case} fits in nothing");
        };
        let short = claims.assertion(signer).write(&mut buffer[..needed - 1]);
        assert_eq!(short, Err(WriteError::BufferTooSmall { needed }), "{case}");
        let assertion = claims
            .assertion(signer)
            .write(&mut buffer[..needed])
            .unwrap();
        assert_eq!(assertion.len(), needed, "{case}");

        let [header, _, signature] = parts_of(assertion);
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header, claims.header(signer), "{case}");
        assert_eq!(verifier.claims_of(assertion), claims.claims(), "{case}");

        check_bounds(&claims, signer, needed, &mut random);
        let (signing_input, _) = assertion.rsplit_once('.').unwrap();
        also(signing_input.as_bytes(), &signature);
    }
}

fn check_bounds(claims: &Claims, signer: &SigningKey, needed: usize, random: &mut Random) {
    let scope = random.text();
    let request = TokenRequest::new(claims.assertion(signer)).scope(&scope);
    let Err(WriteError::BufferTooSmall { needed: body }) = request.write(&mut []) else {
        panic!("a request fits in nothing");
    };
    let max_len = claims.max_len(signer);
    let max_body = max_token_request_len(max_len, &scope);
    if claims.is_longest() {
        assert_eq!((needed, body), (max_len, max_body));
    } else {
        assert!(needed < max_len && body < max_body);
    }
}

/// Counts the signatures whose halves begin with zeros, of which one in 128 does.
fn check_ec(key: &EcKey, seed: u64) {
    let signer = SigningKey::parse(&key.pkcs8()).unwrap();
    let (mut short_r, mut short_s) = (0, 0);
    check(&signer, COUNT, seed, |_, signature| {
        let (r, s) = signature.split_at(signature.len() / 2);
        short_r += u32::from(r[0] == 0);
        short_s += u32::from(s[0] == 0);
    });
    println!(
        "{}: {short_r} with a leading zero in r, {short_s} in s",
        signer.algorithm()
    );
    assert!(short_r > 0 && short_s > 0);
}

/// Checks that the signatures are those that aws-lc makes, where only one is right.
fn check_rsa(algorithm: Algorithm, key: &RsaKey, count: u32, seed: u64) {
    let signer = SigningKey::parse_with_algorithm(algorithm, &key.pkcs8()).unwrap();
    if algorithm == Algorithm::Ps256 {
        return check(&signer, count, seed, |_, _| ());
    }
    let theirs = key.signer(algorithm);
    check(&signer, count, seed, |message, signature| {
        assert_eq!(signature, theirs(message));
    });
}

#[test]
fn es256_says_what_went_in_and_verifies() {
    check_ec(&EcKey::published(Algorithm::Es256), 0xe525_6c1a);
}

#[test]
fn es384_says_what_went_in_and_verifies() {
    check_ec(&EcKey::published(Algorithm::Es384), 0xe538_4c1a);
}

#[test]
fn rs256_says_what_went_in_and_verifies() {
    check_rsa(Algorithm::Rs256, &RsaKey::published(), FEWER, 0x5256_c1a1);
}

#[test]
fn rs384_says_what_went_in_and_verifies() {
    check_rsa(Algorithm::Rs384, &RsaKey::published(), COUNT, 0x2048_c1a1);
}

#[test]
fn rs512_says_what_went_in_and_verifies() {
    check_rsa(Algorithm::Rs512, &RsaKey::published(), FEWER, 0x5512_c1a1);
}

#[test]
fn ps256_says_what_went_in_and_verifies() {
    check_rsa(Algorithm::Ps256, &RsaKey::published(), FEWER, 0x9256_c1a1);
}

#[test]
fn rsa_of_other_lengths_says_what_went_in_and_verifies() {
    let byte_more = der::unpem(include_str!("../vectors/openssl/rsa_2049.pem"));
    let odd = der::unpem(include_str!("../vectors/openssl/rsa_2050.pem"));
    let exponent_3 = der::unpem(include_str!("../vectors/openssl/rsa_exponent_3.pem"));
    for (key, seed) in [
        (RsaKey::generate(KeySize::Rsa3072), 0x3072_c1a1),
        (RsaKey::generate(KeySize::Rsa4096), 0x4096_c1a1),
        (RsaKey::from_pkcs8(&byte_more), 0x2049_c1a1),
        (RsaKey::from_pkcs8(&odd), 0x2050_c1a1),
        (RsaKey::from_pkcs8(&exponent_3), 0x0003_c1a1),
    ] {
        for algorithm in Algorithm::ALL.into_iter().filter(|it| it.is_rsa()) {
            check_rsa(algorithm, &key, 100, seed);
        }
    }
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need() {
    let mut random = Random::from_seed(0x0005_b047);
    let signer = SigningKey::parse(&EcKey::published(Algorithm::Es256).pkcs8()).unwrap();
    for _ in 0..10 {
        let claims = Claims::random(&mut random);
        let mut buffer = vec![0; claims.max_len(&signer)];
        let needed = claims.assertion(&signer).write(&mut buffer).unwrap().len();
        for short in 0..needed {
            let got = claims.assertion(&signer).write(&mut buffer[..short]);
            assert_eq!(got, Err(WriteError::BufferTooSmall { needed }), "{short}");
        }
    }
}

/// How many assertions each algorithm signs.
const COUNT: u32 = 10_000;

/// How many the others of RSA sign, whose arithmetic is that of RS384.
const FEWER: u32 = 2_000;
