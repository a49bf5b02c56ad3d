use std::path::Path;

use redox_auth_core::{Algorithm, KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey};
use redox_auth_reqwest::Key;
use zeroize::Zeroizing;

use super::certificate;
use super::report::Report;
use crate::args::{ClientArgs, KeyArgs};
use crate::connect;
use crate::failure::Failure;
use crate::{permissions, secrets};

/// What of the credentials can be used.
#[derive(Default)]
pub(super) struct Credentials {
    pub(super) client_id: Option<String>,
    pub(super) keys: Vec<Key>,
    /// The legacy API key and its secret.
    pub(super) legacy: Option<(String, Zeroizing<String>)>,
}

/// Looks at every key and secret by itself; returns those that can be used.
pub(super) fn check(report: &mut Report, args: &ClientArgs) -> Result<Credentials, Failure> {
    let ClientArgs { key, legacy, .. } = args;
    let mut credentials = Credentials::default();
    if key.is_given() || legacy.legacy_key.is_none() {
        keys(report, key, &mut credentials)?;
    }
    if let Some(api_key) = &legacy.legacy_key {
        let secret = secrets::legacy_secret_path(legacy).and_then(|path| {
            permissions(report, &path)?;
            secrets::read_legacy_secret(&path)
                .map_err(|failure| failure.about("REDOX_LEGACY_SECRET_FILE"))
        });
        match secret {
            Ok(secret) => {
                report.ok("legacy secret", format_args!("for the API key {api_key:?}"))?;
                credentials.legacy = Some((api_key.clone(), secret));
            }
            Err(failure) => {
                report.fail("legacy secret", &failure, Some("give it a readable file"))?;
            }
        }
    }
    Ok(credentials)
}

fn keys(report: &mut Report, args: &KeyArgs, credentials: &mut Credentials) -> Result<(), Failure> {
    match connect::client_id(args) {
        Ok(client_id) => {
            report.ok("client ID", format_args!("{client_id:?}"))?;
            credentials.client_id = Some(client_id.to_owned());
        }
        Err(failure) => report.fail("client ID", &failure, Some("the Redox dashboard shows it"))?,
    }
    let paths = match secrets::key_paths(args) {
        Ok(paths) => paths,
        Err(failure) => {
            let make = "make one with: redox-auth key new";
            let advice = args.key.is_empty().then_some(make);
            return report.fail("key", &failure, advice);
        }
    };
    let mut key_ids = args.key_id.iter().map(String::as_str);
    let algorithm = args.alg.map(Algorithm::from);
    certificate::expect_fit(report, &args.certificates, paths.len())?;
    for (number, path) in paths.iter().enumerate() {
        let key_id = key_ids.next();
        permissions(report, path)?;
        let name = secrets::shown(path);
        let content = secrets::read_key(path).map_err(|failure| failure.about("REDOX_KEY_FILE"));
        let key = content.and_then(|content| {
            let key = connect::parse_key(&name, &content, key_id, algorithm)?;
            Ok((described(&content, key.algorithm()), key))
        });
        match key {
            Ok((form, key)) => {
                let found = format!("{name}: {form}, key ID {:?}", key.key_id());
                match key.algorithm() {
                    Algorithm::Rs384 | Algorithm::Es384 => report.ok("key", found)?,
                    _ => report.warn(
                        "key",
                        found,
                        "Redox's pages name RS384 and ES384 only; other servers may take it",
                    )?,
                }
                let key = certificate::check(report, &args.certificates, number, key)?;
                credentials.keys.extend(key);
            }
            Err(failure) => {
                report.fail("key", &failure, Some("expected PEM, DER or a private JWK"))?;
            }
        }
    }
    Ok(())
}

/// Who can read what holds a secret.
fn permissions(report: &mut Report, path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    if permissions::is_exposed(path) {
        let remedy = permissions::remedy(path);
        report.warn(
            "permissions",
            format_args!("others can read {shown}"),
            format_args!("fix that with: {remedy}"),
        )
    } else if path.is_file() {
        report.ok("permissions", format_args!("{shown} is its owner's only"))
    } else {
        Ok(())
    }
}

/// What a key that has been parsed before signs with, the form that it is in, and the length of what is RSA.
fn described(content: &[u8], algorithm: Algorithm) -> String {
    let mut scratch = Zeroizing::new([0; PRIVATE_KEY_SCRATCH_LEN]);
    let form = form(content);
    match PrivateKey::parse(content, scratch.as_mut_slice()).map(|key| key.material()) {
        Ok(KeyMaterial::Rsa(key)) => format!("{algorithm} with {} bits, {form}", bits(key.n)),
        _ => format!("{algorithm}, {form}"),
    }
}

fn form(content: &[u8]) -> &'static str {
    let text = core::str::from_utf8(content).unwrap_or("");
    let has = |label: &str| text.contains(&format!("-----BEGIN {label}-----"));
    if has("EC PRIVATE KEY") {
        "SEC1 in PEM"
    } else if has("RSA PRIVATE KEY") {
        "PKCS#1 in PEM"
    } else if has("PRIVATE KEY") {
        "PKCS#8 in PEM"
    } else if text.trim_start().starts_with('{') {
        "a JWK"
    } else {
        "DER"
    }
}

/// The length of a big-endian number.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let digits = number.get(zeros..).unwrap_or(&[]);
    let leading = digits.first().map_or(0, |byte| byte.leading_zeros());
    let leading = usize::try_from(leading).unwrap_or(0);
    digits.len().saturating_mul(8).saturating_sub(leading)
}

#[cfg(test)]
mod tests {
    use super::bits;

    #[test]
    fn zeros_before_a_number_do_not_count() {
        for (number, expected) in [
            (&[][..], 0),
            (&[0, 0], 0),
            (&[1], 1),
            (&[0, 0x80, 0], 16),
            (&[0x7f, 0xff], 15),
        ] {
            assert_eq!(bits(number), expected, "{number:x?}");
        }
    }
}
