mod answer;
mod book;
mod case;
mod claims;
mod error;
mod fields;
mod found;
mod header;
mod need;
mod objection;
mod placeholders;
mod profile;
mod settings;
mod site;
mod template;
mod times;

pub use error::RulesError;
pub use objection::{Objection, ObjectionKind};
pub use settings::ClientSettings;
pub use site::Site;

pub(crate) use answer::Occasion;
pub(crate) use profile::{Dpop, KeyName, Limit};

use core::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use toml::Value;

use crate::assertion::Assertion;
use crate::exchange::Response;
use crate::form::{Duplicate, Form};
use crate::object::Object;
use crate::random::Random;
use profile::Profile;

/// One authorization server's requirements for client assertions, its refusals and its answers.
///
/// The rules of each server are a file of data; `servers/README.md` describes the file. Clones share one copy.
///
/// ```
/// use redox_auth_sandbox::jiff::Timestamp;
/// use redox_auth_sandbox::{ObjectionKind, Rules, Site};
///
/// let rules = Rules::named("nhs")?;
/// // {"alg":"RS384"} and {}
/// let found = rules.judge_assertion("eyJhbGciOiJSUzM4NCJ9.e30.AA", &Site::new(), Timestamp::now());
/// assert_eq!(found[0].kind(), ObjectionKind::Alg);
/// assert_eq!(found[0].to_string(), "alg is RS384; the server accepts RS512");
/// # Ok::<(), redox_auth_sandbox::RulesError>(())
/// ```
#[derive(Clone)]
pub struct Rules {
    name: Arc<str>,
    profile: Arc<Profile>,
}

impl Rules {
    /// The rules of the server of this name: one of [`names`](Self::names).
    ///
    /// # Errors
    /// [`RulesError::Unknown`].
    pub fn named(name: &str) -> Result<Self, RulesError> {
        let table = book::file(name).map_err(|error| error.of_file(name))?;
        Self::read(name, table)
    }

    /// The rules of a file of your own, which may extend the file of a server here.
    ///
    /// # Errors
    /// [`RulesError::Invalid`].
    pub fn parse(name: &str, text: &str) -> Result<Self, RulesError> {
        let table = book::table(text, 0).map_err(|error| error.of_file(name))?;
        Self::read(name, table)
    }

    fn read(name: &str, table: toml::Table) -> Result<Self, RulesError> {
        let profile = placeholders::check(&table).and_then(|()| {
            let profile = Profile::deserialize(Value::Table(table));
            let profile = profile.map_err(RulesError::invalid)?;
            answer::check(&profile)?;
            Ok(profile)
        });
        Ok(Self {
            name: name.into(),
            profile: Arc::new(profile.map_err(|error| error.of_file(name))?),
        })
    }

    /// The names of the known servers.
    pub fn names() -> impl Iterator<Item = &'static str> {
        book::FILES.iter().map(|(name, _)| *name)
    }

    /// The name of these rules.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server's name for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.profile.title
    }

    /// Why no client of this project can obtain a token from such a server, if none can: the end of a sentence.
    #[must_use]
    pub fn no_token(&self) -> Option<&str> {
        self.profile.server.no_token.as_deref()
    }

    /// The path of its token endpoint here.
    #[must_use]
    pub fn token_path(&self) -> &str {
        &self.profile.server.token_path
    }

    /// The server at this URL, which has no path.
    #[must_use]
    pub fn site_at(&self, base_url: &str) -> Site {
        let token_url = format!("{}{}", base_url.trim_end_matches('/'), self.token_path());
        let site = Site::new().token_url(&token_url);
        match site.values().fill(&self.profile.server.issuer) {
            Some(issuer) => site.issuer(&issuer),
            None => site,
        }
    }

    /// The settings for a client at this site.
    #[must_use]
    pub fn client_settings(&self, site: &Site) -> ClientSettings {
        let Profile { client, form, .. } = &*self.profile;
        let claims = client.claims.iter();
        ClientSettings {
            algorithm: client.algorithm.clone(),
            rsa_bits: client.rsa_bits,
            names_key_by: client.names_key_by.as_str(),
            key_id: client.key_id.clone(),
            audience: self.audiences(site).and_then(|all| all.into_iter().next()),
            typ: client.typ.clone(),
            subject: client.subject.clone(),
            scope: client.scope.clone(),
            lifetime_secs: client.lifetime_secs,
            grant_type: form.grant_type.clone(),
            assertion_field: form.assertion.as_str(),
            not_before: client.not_before,
            claims: claims
                .map(|(name, json)| (name.clone(), json.0.to_string()))
                .collect(),
            send_client_id: client.send_client_id,
            fields: client.fields.clone().into_iter().collect(),
            dpop: self.profile.server.dpop.is_some(),
            tls_certificate: self.profile.server.mutual_tls,
        }
    }

    /// Whether the site is known well enough to judge `aud`.
    #[must_use]
    pub fn can_judge_audience(&self, site: &Site) -> bool {
        self.audiences(site).is_some()
    }

    /// The server's objections to an assertion at `now`, the first one first.
    ///
    /// Does not check the registration and the signature, which need the client's keys: see
    /// [`PublicKeys`](crate::PublicKeys). Only the server knows whether a `jti` is new.
    #[must_use]
    pub fn judge_assertion(&self, compact: &str, site: &Site, now: Timestamp) -> Vec<Objection> {
        match Assertion::parse(compact) {
            Ok(assertion) => {
                let mut objections = self.of_header(assertion.header());
                objections.extend(self.of_claims(&assertion, site, now));
                objections
            }
            Err(_) => vec![malformed()],
        }
    }

    /// The server's objections to the whole body of a token request, a form.
    #[must_use]
    pub fn judge_form(&self, body: &[u8], site: &Site, now: Timestamp) -> Vec<Objection> {
        let form = match Form::parse(body) {
            Ok(form) => form,
            Err(twice) => return vec![duplicate(&twice)],
        };
        let mut objections = self.of_form_kind(&form);
        // The code above objects to an assertion in the wrong field. Judge its content like one in the right field.
        let mut fields = ["client_assertion", "assertion"].into_iter();
        let Some(compact) = fields.find_map(|name| form.get(name)) else {
            return objections;
        };
        objections.extend(self.judge_assertion(compact, site, now));
        let assertion = Assertion::parse(compact);
        let client_id = assertion
            .as_ref()
            .ok()
            .and_then(|it| it.claims().text("iss"));
        objections.extend(self.of_other_fields(&form, client_id.unwrap_or_default()));
        objections
    }

    /// The server's refusal.
    pub(crate) fn refuse(
        &self,
        objection: &Objection,
        occasion: &Occasion<'_>,
        random: &mut Random,
    ) -> Response {
        answer::refuse(&self.profile, objection, occasion, random)
    }

    /// The server's answer with a token; and the token itself.
    pub(crate) fn grant(&self, occasion: &Occasion<'_>, random: &mut Random) -> (Response, String) {
        answer::grant(&self.profile.success, occasion, random)
    }

    /// The lifetime of a token, in seconds.
    pub(crate) fn token_lifetime_secs(&self) -> u32 {
        self.profile.success.lifetime_secs
    }

    pub(crate) fn of_header(&self, header: &Object) -> Vec<Objection> {
        header::objections(&self.profile.header, header)
    }

    pub(crate) fn of_claims(
        &self,
        assertion: &Assertion<'_>,
        site: &Site,
        now: Timestamp,
    ) -> Vec<Objection> {
        let (header, claims) = (assertion.header(), assertion.claims());
        let audiences = self.audiences(site);
        let mut objections =
            claims::objections(&self.profile, header, claims, audiences.as_deref());
        objections.extend(times::objections(
            &self.profile.times,
            claims,
            now.as_second(),
        ));
        objections
    }

    pub(crate) fn of_form_kind(&self, form: &Form) -> Vec<Objection> {
        fields::kind(&self.profile.form, form)
    }

    pub(crate) fn of_other_fields(&self, form: &Form, client_id: &str) -> Vec<Objection> {
        fields::others(&self.profile.form, form, client_id)
    }

    pub(crate) fn assertion_in<'f>(&self, form: &'f Form) -> Result<&'f str, Objection> {
        fields::assertion(&self.profile.form, form)
    }

    pub(crate) fn key_named_by(&self) -> impl Iterator<Item = KeyName> + '_ {
        self.profile.header.key_named_by.iter().copied()
    }

    pub(crate) fn least_rsa_bits(&self) -> usize {
        self.profile.header.rsa_bits
    }

    pub(crate) fn limit(&self) -> Option<Limit> {
        self.profile.server.limit
    }

    pub(crate) fn dpop(&self) -> Option<Dpop> {
        self.profile.server.dpop
    }

    pub(crate) fn wants_tls_certificate(&self) -> bool {
        self.profile.server.mutual_tls
    }

    pub(crate) fn is_open(&self) -> bool {
        self.profile.server.open
    }

    pub(crate) fn takes_jti_once(&self) -> bool {
        self.profile.jti.once
    }

    /// When a client may use the `jti` of these claims again.
    pub(crate) fn forgets_jti_at(&self, claims: &Object, now: Timestamp) -> Timestamp {
        let until = match self.profile.jti.remembered_secs {
            Some(secs) => now.as_second().saturating_add(secs),
            None => {
                let exp = claims.get("exp").and_then(serde_json::Value::as_i64);
                exp.unwrap_or(i64::MAX)
                    .saturating_add(self.profile.times.exp_past)
            }
        };
        Timestamp::from_second(until).unwrap_or(Timestamp::MAX)
    }

    /// The accepted values of `aud`, if all of them are known.
    fn audiences(&self, site: &Site) -> Option<Vec<String>> {
        let rules = &self.profile.audience;
        if let Some(chosen) = site.chosen_audience() {
            return Some(vec![chosen.to_owned()]);
        }
        if site.is_unknown() && !rules.known.is_empty() {
            return Some(rules.known.clone());
        }
        let values = site.values();
        rules.accepts.iter().map(|one| values.fill(one)).collect()
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rules").field(&self.name).finish()
    }
}

pub(crate) fn malformed() -> Objection {
    let text = "the assertion is not a compact JWS of two JSON objects";
    Objection::new(ObjectionKind::Malformed, "", text)
}

pub(crate) fn duplicate(Duplicate(name): &Duplicate) -> Objection {
    let text = format!("the form field {name} appears twice");
    Objection::new(ObjectionKind::DuplicateField, name, text)
}
