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
    Algorithm, Assertion, Claims, Dialect, FormFields, Grant, HeaderMembers, JwtId, JwtType,
    OAuthKey, Signer, SigningKey, TokenRequest, UnixTime, WriteError, max_assertion_len_in,
    max_token_request_len_in,
};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// Everything that goes into an assertion but the key.
struct Content {
    client_id: String,
    key_id: String,
    audience: String,
    beside: Beside,
    jwt_id: JwtId,
    issued_at: u64,
    lifetime_secs: u32,
    typ: JwtType,
}

impl Content {
    fn random(random: &mut Random) -> Self {
        Self {
            client_id: random.text(),
            key_id: random.text(),
            audience: random.text(),
            beside: Beside::random(random),
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

    fn assertion<'a, S: Signer>(
        &'a self,
        dialect: &'a Dialect<'a>,
        signer: &'a S,
    ) -> Assertion<'a, S, &'a Dialect<'a>> {
        let now = UnixTime::from_secs(self.issued_at.saturating_add(dialect.backdate_secs()));
        OAuthKey::new(&self.client_id, &self.key_id, signer)
            .assertion_in(dialect, &self.audience, &self.jwt_id, now)
            .issued_at(UnixTime::from_secs(self.issued_at))
            .lifetime_secs(self.lifetime_secs)
            .typ(self.typ)
    }

    fn header(&self, signer: &impl Signer) -> Value {
        let mut header = Map::new();
        header.insert("alg".into(), signer.algorithm().as_str().into());
        header.insert("typ".into(), self.typ.as_str().into());
        if self.beside.has_key_id {
            header.insert("kid".into(), self.key_id.as_str().into());
        }
        header.extend(self.beside.header.clone());
        header.into()
    }

    fn claims(&self) -> Value {
        let subject = self.beside.subject.as_ref().unwrap_or(&self.client_id);
        let mut claims = json!({
            "iss": self.client_id,
            "sub": subject,
            "aud": self.audience,
            "iat": self.issued_at,
            "exp": self.issued_at + u64::from(self.lifetime_secs),
            "jti": self.jwt_id.as_str(),
        });
        let members = claims.as_object_mut().unwrap();
        if self.beside.has_not_before {
            members.insert("nbf".into(), self.issued_at.into());
        }
        members.extend(self.beside.claims.clone());
        claims
    }

    /// Whether header and times are as long as they can be.
    fn is_longest(&self) -> bool {
        self.typ == JwtType::ClientAuthentication && self.issued_at > u64::MAX / 2
    }
}

/// What stands beside the known claims, header members and fields.
struct Beside {
    claims: Map<String, Value>,
    header: Map<String, Value>,
    fields: Vec<(String, String)>,
    subject: Option<String>,
    has_not_before: bool,
    has_key_id: bool,
    sends_client_id: bool,
    grant: Grant,
}

impl Beside {
    fn random(random: &mut Random) -> Self {
        Self {
            claims: members(random),
            header: members(random),
            fields: (0..random.below(4))
                .map(|number| (format!("field {number} {}", random.text()), random.text()))
                .collect(),
            subject: (random.below(3) == 0).then(|| random.text()),
            has_not_before: random.below(2) == 0,
            has_key_id: random.below(4) != 0,
            sends_client_id: random.below(2) == 0,
            grant: random.pick(&[Grant::ClientCredentials, Grant::JwtBearer]),
        }
    }

    /// The texts that a dialect borrows: claims, header members and fields.
    fn texts(&self) -> [String; 3] {
        let fields = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.fields)
            .finish();
        [
            json!(self.claims).to_string(),
            json!(self.header).to_string(),
            fields,
        ]
    }

    fn dialect<'a>(&'a self, [claims, header, fields]: &'a [String; 3]) -> Dialect<'a> {
        let mut dialect = Dialect::USUAL
            .with_claims(Claims::parse(claims).unwrap())
            .with_header(HeaderMembers::parse(header).unwrap())
            .with_fields(FormFields::parse(fields).unwrap())
            .with_subject(self.subject.as_deref().unwrap_or(""))
            .with_grant(self.grant);
        if self.has_not_before {
            dialect = dialect.with_not_before();
        }
        if !self.has_key_id {
            dialect = dialect.without_key_id();
        }
        if self.sends_client_id {
            dialect = dialect.with_client_id();
        }
        dialect
    }
}

/// Up to three members of several types; their names need no escape.
fn members(random: &mut Random) -> Map<String, Value> {
    (0..random.below(4))
        .map(|number| {
            let value = match random.below(5) {
                0 => random.text().into(),
                1 => random.below(u64::MAX).into(),
                2 => Value::Null,
                3 => json!([random.text(), { "inner": random.text() }]),
                _ => (random.below(2) == 0).into(),
            };
            (format!("x.{number}/é"), value)
        })
        .collect()
}

/// Signs assertions with random claims, checks everything about them, and hands each to `also`: what was signed, and
/// the signature.
fn check(signer: &SigningKey, count: u32, seed: u64, mut also: impl FnMut(&[u8], &[u8])) {
    let verifier = Verifier::of(&signer.public_key());
    let mut random = Random::from_seed(seed);
    let mut buffer = vec![0; 1 << 17];
    for number in 0..count {
        let claims = Content::random(&mut random);
        let case = format!("assertion {number} with {}", signer.algorithm());
        let texts = claims.beside.texts();
        let dialect = claims.beside.dialect(&texts);
        let unwritten = || claims.assertion(&dialect, signer);
        let Err(WriteError::BufferTooSmall { needed }) = unwritten().write(&mut []) else {
            panic!("{case} fits in nothing");
        };
        let short = unwritten().write(&mut buffer[..needed - 1]);
        assert_eq!(short, Err(WriteError::BufferTooSmall { needed }), "{case}");
        let assertion = unwritten().write(&mut buffer[..needed]).unwrap();
        assert_eq!(assertion.len(), needed, "{case}");

        let [header, _, signature] = parts_of(assertion);
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header, claims.header(signer), "{case}");
        assert_eq!(verifier.claims_of(assertion), claims.claims(), "{case}");

        check_request(&claims, &dialect, signer, needed, &mut random);
        let (signing_input, _) = assertion.rsplit_once('.').unwrap();
        also(signing_input.as_bytes(), &signature);
    }
}

/// Checks the form around the assertion, and that neither is longer than was said before.
fn check_request(
    claims: &Content,
    dialect: &Dialect<'_>,
    signer: &SigningKey,
    needed: usize,
    random: &mut Random,
) {
    let (client_id, scope) = (&claims.client_id, random.text());
    let max_len = max_assertion_len_in(
        dialect,
        client_id,
        &claims.key_id,
        &claims.audience,
        signer.signature_len(),
    );
    let max_body = max_token_request_len_in(dialect, client_id, max_len, &scope);
    let request = TokenRequest::new(claims.assertion(dialect, signer)).scope(&scope);
    let mut buffer = vec![0; max_body];
    let unsigned = request.prepare(&mut buffer).unwrap();
    let body = unsigned
        .finish(&vec![0x55; signer.signature_len()])
        .unwrap();
    if claims.is_longest() {
        assert_eq!((needed, body.len()), (max_len, max_body));
    } else {
        assert!(needed < max_len && body.len() < max_body);
    }

    let mut expected = vec![("scope".to_owned(), scope)];
    match dialect.grant() {
        Grant::ClientCredentials => {
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            expected.push(("grant_type".into(), "client_credentials".into()));
            expected.push(("client_assertion_type".into(), kind.into()));
        }
        Grant::JwtBearer => {
            let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
            expected.push(("grant_type".into(), kind.into()));
        }
    }
    if dialect.sends_client_id() {
        expected.push(("client_id".into(), client_id.clone()));
    }
    expected.extend(claims.beside.fields.iter().cloned());
    let is_assertion = |name: &str| matches!(name, "assertion" | "client_assertion");
    let mut found: Vec<_> = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .filter(|(name, _)| !is_assertion(name))
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
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
        let claims = Content::random(&mut random);
        let texts = claims.beside.texts();
        let dialect = claims.beside.dialect(&texts);
        let assertion = || claims.assertion(&dialect, &signer);
        let mut buffer = vec![0; 1 << 14];
        let needed = assertion().write(&mut buffer).unwrap().len();
        for short in 0..needed {
            let got = assertion().write(&mut buffer[..short]);
            assert_eq!(got, Err(WriteError::BufferTooSmall { needed }), "{short}");
        }
    }
}

/// How many assertions each algorithm signs.
const COUNT: u32 = 10_000;

/// How many the others of RSA sign, whose arithmetic is that of RS384.
const FEWER: u32 = 2_000;
