use clap::ValueEnum;
use redox_auth_core::Algorithm;
use redox_auth_sandbox::ClientSettings;
use serde_json::Value;

use crate::args::{AlgorithmName, RsaBits};
use crate::failure::Failure;

/// The algorithm of the client's key.
pub(super) fn algorithm(settings: &ClientSettings) -> Result<Algorithm, Failure> {
    let name = settings.algorithm.as_str();
    let algorithm = AlgorithmName::from_str(name, false);
    algorithm.map(Algorithm::from).map_err(|_| {
        Failure::usage(format!(
            "this server requires {name}, which this command cannot sign with; give --like another server"
        ))
    })
}

/// The length of an RSA key that the server accepts.
pub(super) fn rsa_bits(settings: &ClientSettings) -> RsaBits {
    match settings.rsa_bits {
        Some(4096) => RsaBits::Of4096,
        _ => RsaBits::default(),
    }
}

/// The variables for the server's requirements.
pub(super) fn variables(settings: &ClientSettings, jwks: &str) -> Vec<(&'static str, String)> {
    let mut variables = vec![("REDOX_ALG", settings.algorithm.clone())];
    let texts = [
        ("REDOX_KEY_ID", &settings.key_id),
        ("REDOX_AUDIENCE", &settings.audience),
        ("REDOX_TYP", &settings.typ),
        ("REDOX_SCOPE", &settings.scope),
        ("REDOX_SUBJECT", &settings.subject),
    ];
    for (name, text) in texts {
        variables.extend(text.clone().map(|text| (name, text)));
    }
    variables.extend(
        settings
            .lifetime_secs
            .map(|secs| ("REDOX_LIFETIME", secs.to_string())),
    );
    let claims = settings.claims.iter().cloned();
    let fields = settings.fields.iter();
    let fields = fields.map(|(name, text)| (name.clone(), Value::from(text.as_str()).to_string()));
    let objects = [
        ("REDOX_CLAIMS", object(claims)),
        ("REDOX_FIELDS", object(fields)),
        ("REDOX_HEADER", object(key_in_header(settings, jwks))),
    ];
    variables.extend(objects.into_iter().filter(|(_, object)| object != "{}"));
    if settings.names_key_by.starts_with("x5") {
        variables.push(("REDOX_CERTIFICATE_AS", settings.names_key_by.to_owned()));
    }
    let switches = [
        ("REDOX_NBF", settings.not_before),
        ("REDOX_SEND_CLIENT_ID", settings.send_client_id),
        ("REDOX_NO_KID", settings.names_key_by != "kid"),
        ("REDOX_DPOP", settings.dpop),
    ];
    let switches = switches.into_iter().filter(|(_, is_on)| *is_on);
    variables.extend(switches.map(|(name, _)| (name, "true".to_owned())));
    if settings.assertion_field == "assertion" {
        variables.push(("REDOX_GRANT", "jwt-bearer".to_owned()));
    }
    variables
}

/// The requirements that the variables cannot express.
pub(super) fn notes(settings: &ClientSettings, is_tls: bool) -> impl Iterator<Item = &'static str> {
    let by_certificate = settings.names_key_by.starts_with("x5");
    let notes = [
        (
            by_certificate,
            "this server requires a certificate of the key: make one, and set REDOX_CERTIFICATE_FILE to its file",
        ),
        (
            settings.tls_certificate && !is_tls,
            "this server requires a client certificate (mutual TLS), which the sandbox can request only with --tls",
        ),
    ];
    let notes = notes.into_iter().filter(|(is_true, _)| *is_true);
    notes.map(|(_, note)| note)
}

/// The JSON object of these members, each a name and JSON.
fn object(members: impl Iterator<Item = (String, String)>) -> String {
    let members = members.map(|(name, json)| format!("{}:{json}", Value::from(name)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// The public key for the header, if the server requires one: the only key in the JWK Set.
fn key_in_header(settings: &ClientSettings, jwks: &str) -> impl Iterator<Item = (String, String)> {
    let jwk = jwks
        .strip_prefix("{\"keys\":[")
        .and_then(|it| it.strip_suffix("]}"));
    let jwk = jwk.filter(|_| settings.names_key_by == "jwk");
    jwk.map(|jwk| ("jwk".to_owned(), jwk.to_owned()))
        .into_iter()
}

/// A value in quotes for a shell, whatever its content.
pub(super) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_quote_in_a_value_does_not_end_it() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
    }
}
