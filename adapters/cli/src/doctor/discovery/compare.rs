use redox_auth_reqwest::{Discovered, JwtType, Key};

use super::{Compared, ENDPOINT, is_same_host};
use crate::args::GrantName;
use crate::doctor::report::Report;
use crate::failure::Failure;

/// Reports one line for each part in which the documents of real servers are incomplete or wrong.
impl Compared<'_> {
    pub(super) fn all(&self, report: &mut Report, keys: &[Key]) -> Result<(), Failure> {
        self.endpoint(report)?;
        self.audience(report)?;
        self.algorithms(report, keys)?;
        self.auth_methods(report)?;
        self.grants(report)?;
        self.scopes(report)?;
        self.dpop(report)?;
        self.udap(report)
    }

    fn endpoint(&self, report: &mut Report) -> Result<(), Failure> {
        let Some(found) = self.found.map(Discovered::token_url) else {
            return Ok(());
        };
        match &self.server.token_url {
            None => report.ok(ENDPOINT, format_args!("{found}, from the metadata")),
            Some(named) if named == found => {
                report.ok(ENDPOINT, format_args!("{found}, as configured"))
            }
            Some(named) => report.warn(
                ENDPOINT,
                format_args!("the metadata names {found}, but {named} is configured"),
                "the command uses the configured URL, which is right if a gateway is in front of the server, as at VA Lighthouse; otherwise look for a typing mistake",
            ),
        }
    }

    fn audience(&self, report: &mut Report) -> Result<(), Failure> {
        let found = self.found.map(Discovered::token_url);
        let Some(endpoint) = self.server.token_url.as_deref().or(found) else {
            return Ok(());
        };
        let check = "audience";
        let is_long = JwtType::from(self.server.typ) == JwtType::ClientAuthentication;
        // With a token URL the command compares the metadata, and does not use it.
        let is_used = is_long && self.server.token_url.is_none();
        let by_typ = self.found.and_then(Discovered::issuer).filter(|_| is_used);
        let audience = self.server.audience.as_deref().or(by_typ);
        let audience = audience.unwrap_or(endpoint);
        match self.document.issuer() {
            Some(issuer) if audience == issuer => report.ok(
                check,
                "the issuer, as HelseID, IBM Verify and Singpass require; Okta and Medplum accept only the token endpoint",
            ),
            Some(issuer) if is_bare(audience, issuer) => report.warn(
                check,
                format_args!(
                    "{audience} differs from the issuer {issuer:?} only in the slash at the end"
                ),
                "use the server's spelling: Auth0 refuses any other",
            ),
            Some(issuer) if audience == endpoint && !is_same_host(issuer, endpoint) => report.warn(
                check,
                format_args!(
                    "the token endpoint, but the issuer {issuer:?} is on another host"
                ),
                "if the server refuses the audience, set --audience to the token endpoint at that host: VA Lighthouse and athenahealth have Okta behind them",
            ),
            Some(issuer) if audience == endpoint => report.ok(
                check,
                format_args!(
                    "the token endpoint, as most servers require; HelseID, IBM Verify, Singpass and Auth0 require the issuer: --audience {issuer:?}"
                ),
            ),
            None if audience == endpoint => report.skip(
                check,
                "the token endpoint, as most servers require; the metadata names no issuer to compare it with",
            ),
            _ => report.warn(
                check,
                format_args!("{audience} is neither the token endpoint nor the issuer"),
                "VA Lighthouse requires such an audience, a URL at Okta; most servers refuse it",
            ),
        }
    }

    fn algorithms(&self, report: &mut Report, keys: &[Key]) -> Result<(), Failure> {
        let check = "algorithm";
        let Some(list) = self
            .document
            .algorithms()
            .filter(|it| it.clone().count() > 0)
        else {
            return report.warn(
                check,
                "the metadata lists no algorithm, like that of eClinicalWorks and NextGen",
                "read the server's documentation: eClinicalWorks accepts only RS384, and Epic accepts EC keys only from a JWKS URL",
            );
        };
        if keys.is_empty() {
            let found = format!("the metadata lists {list}; there is no key to compare with it");
            return report.skip(check, found);
        }
        for algorithm in keys.iter().map(Key::algorithm) {
            if list.has(algorithm.as_str()) {
                report.ok(check, format_args!("{algorithm}, which the metadata lists"))?;
                continue;
            }
            let found = format!("the key signs with {algorithm}, and the metadata lists {list}");
            if self.server.token_url.is_some() {
                let advice = "the server may refuse the algorithm; for an RSA key, --alg selects another one";
                report.warn(check, found, advice)?;
            } else {
                let advice = "make a key for a listed algorithm, or select one for an RSA key with --alg; if the list is wrong, give --token-url instead";
                report.fail(check, &Failure::usage(found), Some(advice))?;
            }
        }
        Ok(())
    }

    fn auth_methods(&self, report: &mut Report) -> Result<(), Failure> {
        let check = "auth method";
        let mut capabilities = self.document.capabilities().into_iter().flatten();
        let is_smart = capabilities.any(|it| it == "client-confidential-asymmetric");
        match self.document.auth_methods() {
            Some(list) if list.has("private_key_jwt") => {
                report.ok(check, "private_key_jwt, which the metadata lists")
            }
            _ if is_smart => report.ok(
                check,
                "client-confidential-asymmetric, which is private_key_jwt",
            ),
            Some(list) => report.warn(
                check,
                format_args!("the metadata lists {list}, without private_key_jwt"),
                "the metadata may belong to another server, as Redox's does; ask the server's operator",
            ),
            None => report.warn(
                check,
                "the metadata lists no method, which means client_secret_basic (RFC 8414 section 2)",
                "many servers leave the list out; ask the operator if the server refuses the assertion",
            ),
        }
    }

    fn grants(&self, report: &mut Report) -> Result<(), Failure> {
        let check = "grant";
        let asked = match self.server.dialect.grant {
            Some(GrantName::JwtBearer) => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Some(GrantName::ClientCredentials) | None => "client_credentials",
        };
        match self.document.grant_types() {
            Some(list) if list.has(asked) => report.ok(
                check,
                format_args!(
                    "{asked}, which the metadata lists. The server may still refuse it to this client: MEDITECH's sandbox lists client_credentials and answers unauthorized_client"
                ),
            ),
            Some(list) => report.warn(
                check,
                format_args!("the metadata lists {list}, without {asked}"),
                "the list may be incomplete, or belong to another server, as Redox's does",
            ),
            None => report.skip(
                check,
                format_args!("the metadata lists no grant; the command uses {asked}"),
            ),
        }
    }

    fn scopes(&self, report: &mut Report) -> Result<(), Failure> {
        let check = "scopes";
        let scope = self.server.scope.as_deref().unwrap_or_default();
        let mut asked = scope.split(' ').filter(|name| !name.is_empty()).peekable();
        let Some(list) = self.document.scopes() else {
            return Ok(());
        };
        if asked.peek().is_none() {
            let count = list.count();
            return report.skip(
                check,
                format_args!("the command requests no scope, which Epic accepts and most SMART servers refuse (--scope); the metadata lists {count}"),
            );
        }
        let unknown: Vec<_> = asked.filter(|name| !list.has(name)).collect();
        if unknown.is_empty() {
            return report.ok(check, "the metadata lists every requested scope");
        }
        report.warn(
            check,
            format_args!("the metadata does not list {}", unknown.join(", ")),
            "a server may leave scopes out of the list (RFC 8414 section 2), and may refuse these",
        )
    }

    fn dpop(&self, report: &mut Report) -> Result<(), Failure> {
        match self.document.dpop_algorithms() {
            Some(list) if list.clone().count() > 0 => report.skip(
                "DPoP",
                format_args!(
                    "the metadata lists {list}: the server can bind tokens to a key, and may require that of this client, as HelseID does"
                ),
            ),
            _ => Ok(()),
        }
    }

    fn udap(&self, report: &mut Report) -> Result<(), Failure> {
        match self.document.udap_versions() {
            Some(list) => report.warn(
                "UDAP",
                format_args!("the metadata lists version {list}"),
                "such a server requires the client's certificate in `x5c`, and the claim `extensions`",
            ),
            None => Ok(()),
        }
    }
}

/// Whether the two differ only in slashes at the end.
fn is_bare(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}
