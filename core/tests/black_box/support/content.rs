//! Assertions and requests with random content.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use redox_auth_core::{
    Assertion, Claims, Dialect, FormFields, Grant, HeaderMembers, JwtId, JwtType, OAuthKey, Signer,
    UnixTime,
};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::random::Random;

/// Everything in an assertion except the key.
pub(crate) struct Content {
    pub(crate) client_id: String,
    pub(crate) key_id: String,
    pub(crate) audience: String,
    pub(crate) beside: Beside,
    pub(crate) jwt_id: JwtId,
    pub(crate) issued_at: u64,
    pub(crate) lifetime_secs: u32,
    pub(crate) typ: JwtType,
}

impl Content {
    pub(crate) fn random(random: &mut Random) -> Self {
        Self {
            client_id: random.text(),
            key_id: random.text(),
            audience: random.text(),
            beside: Beside::random(random),
            jwt_id: JwtId::from_random(random.bytes()),
            // From the first second to the last that leaves room for a lifetime, with short and long numbers equally
            // often.
            issued_at: match random.below(4) {
                0 => random.below(10),
                1 => u64::MAX - 300,
                _ => 1_700_000_000 + random.below(1_000_000_000),
            },
            lifetime_secs: u32::try_from(random.below(300)).unwrap() + 1,
            typ: random.pick(&[JwtType::Jwt, JwtType::ClientAuthentication]),
        }
    }

    pub(crate) fn assertion<'a, S: Signer>(
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

    pub(crate) fn header(&self, signer: &impl Signer) -> Value {
        let mut header = Map::new();
        header.insert("alg".into(), signer.algorithm().as_str().into());
        header.insert("typ".into(), self.typ.as_str().into());
        if self.beside.has_key_id {
            header.insert("kid".into(), self.key_id.as_str().into());
        }
        header.extend(self.beside.header.clone());
        header.into()
    }

    pub(crate) fn claims(&self) -> Value {
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

    /// The pairs in the form of the request, sorted and without the assertion.
    pub(crate) fn fields(&self, scope: &str) -> Vec<(String, String)> {
        let mut fields = vec![("scope".to_owned(), scope.to_owned())];
        match self.beside.grant {
            Grant::ClientCredentials => {
                let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                fields.push(("grant_type".into(), "client_credentials".into()));
                fields.push(("client_assertion_type".into(), kind.into()));
            }
            Grant::JwtBearer => {
                let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
                fields.push(("grant_type".into(), kind.into()));
            }
            other => panic!("a grant without a test: {other:?}"),
        }
        if self.beside.sends_client_id {
            fields.push(("client_id".into(), self.client_id.clone()));
        }
        fields.extend(self.beside.fields.iter().cloned());
        fields.sort();
        fields
    }
}

/// The additional claims, header members and fields.
pub(crate) struct Beside {
    pub(crate) claims: Map<String, Value>,
    pub(crate) header: Map<String, Value>,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) subject: Option<String>,
    pub(crate) has_not_before: bool,
    pub(crate) has_key_id: bool,
    pub(crate) sends_client_id: bool,
    pub(crate) grant: Grant,
}

impl Beside {
    pub(crate) fn random(random: &mut Random) -> Self {
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
    pub(crate) fn texts(&self) -> [String; 3] {
        let fields = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.fields)
            .finish();
        [
            json!(self.claims).to_string(),
            json!(self.header).to_string(),
            fields,
        ]
    }

    pub(crate) fn dialect<'a>(&'a self, [claims, header, fields]: &'a [String; 3]) -> Dialect<'a> {
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

/// Up to three members of several types. Their names need no escape.
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
