/// Whether this is the name of a secret: a header, a member of JSON, a field of a form or of a query.
pub(super) fn is_secret(name: &str) -> bool {
    let name = letters(name);
    let is_public = PUBLIC_ENDS.iter().any(|end| name.ends_with(end)) || name.contains("endpoint");
    !is_public && SECRET_PARTS.iter().any(|part| name.contains(part))
}

/// The same for a query, which also holds signatures and codes.
pub(super) fn is_secret_in_query(name: &str) -> bool {
    is_secret(name) || SECRET_IN_QUERIES.contains(&letters(name).as_str())
}

/// Whether the value of this name may be shown, in a token request or in its answer.
pub(super) fn is_public_of_token(name: &str) -> bool {
    PUBLIC_OF_TOKENS.contains(&letters(name).as_str())
}

/// Whether a JWK has a part of a private or a symmetric key under this name (RFC 7518 §6).
pub(super) fn is_secret_of_jwk(name: &str) -> bool {
    ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].contains(&name)
}

/// `client_secret`, `clientSecret` and `Client-Secret` alike.
fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Parts of the names of secrets.
const SECRET_PARTS: [&str; 14] = [
    "token",
    "secret",
    "assertion",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "apikey",
    "privatekey",
    "credential",
    "authorization",
    "cookie",
    "jwt",
    "proof",
];

/// The ends of names that have such a part, but not a secret as their value.
const PUBLIC_ENDS: [&str; 8] = [
    "type",
    "types",
    "supported",
    "expiresin",
    "expires",
    "uri",
    "url",
    "required",
];

const SECRET_IN_QUERIES: [&str; 8] = [
    "code",
    "key",
    "sig",
    "signature",
    "xamzsignature",
    "xgoogsignature",
    "session",
    "ticket",
];

const PUBLIC_OF_TOKENS: [&str; 18] = [
    "apikey",
    "audience",
    "clientassertiontype",
    "clientid",
    "error",
    "errordescription",
    "erroruri",
    "expires",
    "expiresat",
    "expiresin",
    "extexpiresin",
    "granttype",
    "issuedtokentype",
    "notbefore",
    "requestedtokentype",
    "resource",
    "scope",
    "tokentype",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_marks_a_secret() {
        for name in [
            "access_token",
            "refreshToken",
            "client_secret",
            "Secret",
            "client_assertion",
            "x-api-key",
            "Set-Cookie",
            "Proxy-Authorization",
            "id_token_hint",
            "user_password",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "token_type",
            "token_endpoint",
            "client_assertion_type",
            "token_endpoint_auth_methods_supported",
            "refresh_token_expires_in",
            "Patient",
            "code",
            "dpop-nonce",
            "www-authenticate",
            "scope",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
