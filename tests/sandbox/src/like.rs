mod allowance;
mod named_key;

pub(crate) use allowance::Allowance;

use http::header::AUTHORIZATION;
use jiff::{SignedDuration, Timestamp};

use crate::Sandbox;
use crate::assertion::Assertion;
use crate::clock::plus;
use crate::counters::{Counters, count};
use crate::dpop;
use crate::exchange::{Request, Response};
use crate::form::Form;
use crate::grant::{Grant, Holder};
use crate::rules::{self, Dpop, Objection, ObjectionKind, Occasion, Rules, Site};

/// Answers a POST to the token endpoint like the server of these rules.
pub(crate) fn handle(
    sandbox: &mut Sandbox,
    rules: &Rules,
    now: Timestamp,
    request: &Request,
) -> Response {
    count(&mut sandbox.counters.token_requests);
    let site = rules.site_at(&sandbox.base_url);
    let form = Form::parse(&request.body);
    let form = form.as_ref().map_err(rules::duplicate);
    let assertion = form.as_ref().ok().and_then(|form| {
        let compact = rules.assertion_in(form).ok()?;
        Assertion::parse(compact).ok()
    });
    let assertion = assertion.as_ref();
    let occasion = Occasion {
        site: &site,
        now,
        client_id: assertion.and_then(|it| it.claims().text("iss")),
        key_id: assertion.and_then(|it| it.header().text("kid")),
        scope: form.as_ref().ok().and_then(|form| form.get("scope")),
        nonce: None,
    };
    let attempt = Attempt {
        rules,
        site: &site,
        now,
        request,
        assertion,
    };
    match form.and_then(|form| attempt.admit(sandbox, form)) {
        Ok(environment_holder) => {
            count(&mut sandbox.counters.tokens_minted);
            let (response, token) = rules.grant(&occasion, &mut sandbox.random);
            let lifetime = SignedDuration::from_secs(rules.token_lifetime_secs().into());
            sandbox.give_out(now, token, plus(now, lifetime), environment_holder);
            let client_id = occasion.client_id.unwrap_or_default();
            let key_id = occasion.key_id.unwrap_or_default();
            sandbox.directory.count_token(client_id, key_id, now);
            response
        }
        Err(objection) => {
            count_refusal(&mut sandbox.counters, objection.kind());
            let nonce = rules.dpop().map(|_| sandbox.new_nonce(now));
            let occasion = Occasion {
                nonce: nonce.as_deref(),
                ..occasion
            };
            rules.refuse(&objection, &occasion, &mut sandbox.random)
        }
    }
}

/// The unverified client ID of a token request, used only to find the JWK Set.
pub(crate) fn claimed_client_id(rules: &Rules, request: &Request) -> Option<String> {
    let form = Form::parse(&request.body).ok()?;
    let assertion = Assertion::parse(rules.assertion_in(&form).ok()?).ok()?;
    assertion.client_id().ok().map(ToOwned::to_owned)
}

/// One token request, and the rules and state that judge it.
struct Attempt<'a> {
    rules: &'a Rules,
    site: &'a Site,
    now: Timestamp,
    request: &'a Request,
    assertion: Option<&'a Assertion<'a>>,
}

impl Attempt<'_> {
    /// The client's grant, or the server's first objection.
    fn admit(&self, sandbox: &mut Sandbox, form: &Form) -> Result<Grant, Objection> {
        let Self { rules, now, .. } = *self;
        if let Some(limit) = rules.limit() {
            sandbox.allowance.take(limit, now)?;
        }
        self.check_transport()?;
        first(rules.of_form_kind(form))?;
        let assertion = self.assertion.ok_or_else(rules::malformed)?;
        first(rules.of_header(assertion.header()))?;
        let client_id = self.check_key(sandbox, assertion)?;
        first(rules.of_claims(assertion, self.site, now))?;
        first(rules.of_other_fields(form, client_id))?;
        let bound_to = match rules.dpop() {
            Some(rule) => Some(self.check_proof(sandbox, rule)?),
            None => None,
        };
        self.use_up(sandbox, client_id, assertion)?;
        if !rules.is_open() {
            let text = "the server never gives this client a token";
            return Err(Objection::new(ObjectionKind::Closed, "", text));
        }
        let client = sandbox.directory.client(client_id);
        Ok(Grant {
            environment: client.map(|client| client.environment).unwrap_or_default(),
            holder: Holder::OAuth {
                client_id: client_id.to_owned(),
            },
            bound_to,
        })
    }

    fn check_transport(&self) -> Result<(), Objection> {
        if self.request.media_type().as_deref() != Some("application/x-www-form-urlencoded") {
            let text = "the body is not application/x-www-form-urlencoded";
            return Err(Objection::new(ObjectionKind::ContentType, "", text));
        }
        if self.request.headers.contains_key(AUTHORIZATION) {
            let text = "the request has a header Authorization in addition to the assertion";
            let kind = ObjectionKind::SecondAuthentication;
            return Err(Objection::new(kind, "authorization", text));
        }
        Ok(())
    }

    /// Finds the client, checks that one of its keys signed, and returns the client ID.
    fn check_key<'c>(
        &self,
        sandbox: &Sandbox,
        assertion: &'c Assertion<'_>,
    ) -> Result<&'c str, Objection> {
        let client_id = assertion.claims().text("iss").ok_or_else(|| {
            let text = "iss is missing or not a text; it must be the client ID";
            Objection::new(ObjectionKind::Iss, "iss", text)
        })?;
        let client = sandbox.directory.client(client_id).ok_or_else(|| {
            let text = "iss is not the ID of a registered client";
            Objection::new(ObjectionKind::ClientUnknown, "iss", text)
        })?;
        let keys = client.keys.as_ref();
        named_key::check(self.rules, keys, assertion)?;
        Ok(client_id)
    }

    fn check_proof(&self, sandbox: &mut Sandbox, rule: Dpop) -> Result<String, Objection> {
        let url = sandbox.token_url();
        sandbox.check_proof(rule, self.now, self.request, &url, None)
    }

    /// Runs last: only the key's owner can use up a `jti`.
    fn use_up(
        &self,
        sandbox: &mut Sandbox,
        client_id: &str,
        assertion: &Assertion<'_>,
    ) -> Result<(), Objection> {
        let Some(jti) = assertion
            .claims()
            .text("jti")
            .filter(|_| self.rules.takes_jti_once())
        else {
            return Ok(());
        };
        let now = self.now;
        let used = (client_id.to_owned(), jti.to_owned());
        sandbox.used_assertions.forget_dead(now);
        if sandbox.used_assertions.get(now, &used).is_some() {
            let text = "the jti was used before";
            return Err(Objection::new(ObjectionKind::JtiUsed, "jti", text));
        }
        let forgotten_at = self.rules.forgets_jti_at(assertion.claims(), now);
        sandbox.used_assertions.insert(used, forgotten_at, ());
        Ok(())
    }
}

impl Sandbox {
    /// Checks the proof of a request to this URL, with this access token if there is one, and returns the proof's key.
    /// A proof is valid once.
    pub(crate) fn check_proof(
        &mut self,
        rule: Dpop,
        now: Timestamp,
        request: &Request,
        url: &str,
        token: Option<&str>,
    ) -> Result<String, Objection> {
        let proof = dpop::check(
            &request.headers,
            &dpop::Expected {
                rule,
                method: request.method.as_str(),
                url,
                token,
                now: now.as_second(),
                is_nonce: &|nonce| self.nonces.get(now, nonce).is_some(),
            },
        )?;
        let used = ("DPoP".to_owned(), proof.jti);
        if self.used_assertions.get(now, &used).is_some() {
            return Err(dpop::used());
        }
        let forgotten_at = plus(now, NONCE_LIFETIME);
        self.used_assertions.insert(used, forgotten_at, ());
        Ok(proof.key)
    }

    /// A nonce for proofs, valid for a limited time.
    pub(crate) fn new_nonce(&mut self, now: Timestamp) -> String {
        let nonce = self.random.uuid();
        self.nonces.forget_dead(now);
        self.nonces
            .insert(nonce.clone(), plus(now, NONCE_LIFETIME), ());
        nonce
    }
}

fn first(objections: Vec<Objection>) -> Result<(), Objection> {
    objections.into_iter().next().map_or(Ok(()), Err)
}

const fn count_refusal(counters: &mut Counters, kind: ObjectionKind) {
    use ObjectionKind as Kind;
    count(&mut counters.token_refusals);
    count(match kind {
        Kind::ClientUnknown | Kind::KeyUnknown | Kind::Closed => &mut counters.keys_not_found,
        Kind::Alg | Kind::KeyWeak => &mut counters.wrong_algorithms,
        Kind::Signature | Kind::Certificate => &mut counters.bad_signatures,
        Kind::TimeForm
        | Kind::Expired
        | Kind::ExpAhead
        | Kind::Lifetime
        | Kind::IatAhead
        | Kind::IatOld
        | Kind::NbfAhead => &mut counters.outside_time_window,
        Kind::JtiUsed => &mut counters.jti_replays,
        Kind::Iss
        | Kind::Sub
        | Kind::Aud
        | Kind::AudList
        | Kind::Typ
        | Kind::ClaimMissing
        | Kind::ClaimWrong
        | Kind::ClaimUnknown
        | Kind::JtiLong => &mut counters.unexpected_claims,
        _ => &mut counters.malformed_token_requests,
    });
}

/// How long a nonce is valid, and how long the sandbox remembers a proof.
const NONCE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
