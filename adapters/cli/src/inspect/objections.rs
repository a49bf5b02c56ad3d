use jiff::Timestamp;
use redox_auth_core::{MAX_LIFETIME_SECS, Region, TOKEN_PATH};
use serde_json::{Map, Value};

/// What Redox would find wrong with an assertion at the time `now`, by its pages "Authenticate an OAuth API key" and
/// "Troubleshoot OAuth API key errors"; where those are silent, by SMART.
pub(super) fn all(
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Vec<String> {
    let mut objections = of_header(header);
    objections.extend(of_names(claims));
    objections.extend(of_times(claims, now.as_second()));
    objections
}

fn of_header(header: &Map<String, Value>) -> Vec<String> {
    let mut objections = Vec::new();
    match text(header, "alg") {
        Some("RS384" | "ES384") => {}
        Some(alg) => objections.push(format!("alg is {alg}; its pages name RS384 and ES384 only")),
        None => objections.push("alg is missing; expected RS384 or ES384".to_owned()),
    }
    match text(header, "kid") {
        Some(kid) if !kid.is_empty() => {}
        _ => objections.push("kid is missing; every assertion must name its key".to_owned()),
    }
    match header.get("typ") {
        None => {}
        Some(typ) if typ == "JWT" => {}
        Some(typ) => objections.push(format!("typ is {typ}; expected \"JWT\"")),
    }
    objections
}

fn of_names(claims: &Map<String, Value>) -> Vec<String> {
    let mut objections = Vec::new();
    for name in ["iss", "sub", "aud", "jti"] {
        if text(claims, name).is_none_or(str::is_empty) {
            objections.push(format!("{name} is missing or no text"));
        }
    }
    if claims.get("iss") != claims.get("sub") {
        objections.push("iss and sub differ; both are the client ID".to_owned());
    }
    let redox = [Region::Us, Region::Ca].map(|region| format!("{}{TOKEN_PATH}", region.base_url()));
    if let Some(aud) = text(claims, "aud")
        && !redox.iter().any(|url| url == aud)
    {
        objections.push(format!(
            "aud is {aud:?}; its token endpoint in the US is {}",
            redox[0]
        ));
    }
    objections
}

fn of_times(claims: &Map<String, Value>, now: i64) -> Vec<String> {
    let mut objections = Vec::new();
    let mut whole = |name: &str| match claims.get(name) {
        Some(value) if value.is_i64() => value.as_i64(),
        Some(value) => {
            objections.push(format!(
                "{name} is {value}; expected whole seconds since 1970"
            ));
            None
        }
        None => {
            objections.push(format!("{name} is missing"));
            None
        }
    };
    let (iat, exp) = (whole("iat"), whole("exp"));
    if let Some(iat) = iat {
        let age = now.saturating_sub(iat);
        if age > MAX_AGE_SECS {
            objections.push(format!(
                "iat is {age} s old; at most {MAX_AGE_SECS} s are taken"
            ));
        }
        if age < -MAX_AHEAD_SECS {
            let ahead = age.saturating_neg();
            objections.push(format!(
                "iat is {ahead} s ahead of this machine's clock; at most {MAX_AHEAD_SECS} s are taken"
            ));
        }
    }
    if let Some(exp) = exp {
        if exp <= now {
            let ago = now.saturating_sub(exp);
            objections.push(format!("exp was {ago} s ago"));
        }
        if iat.is_some_and(|iat| exp.saturating_sub(iat) > i64::from(MAX_LIFETIME_SECS)) {
            objections.push(format!(
                "exp is more than {MAX_LIFETIME_SECS} s after iat (SMART's limit)"
            ));
        }
    }
    objections
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

/// The oldest `iat` that Redox takes: 5 minutes and 10 seconds between the clocks.
const MAX_AGE_SECS: i64 = 310;

/// How far `iat` may be ahead at Redox.
const MAX_AHEAD_SECS: i64 = 10;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::all;

    const NOW: i64 = 1_800_000_000;

    fn objections(change: impl Fn(&mut Value, &mut Value)) -> Vec<String> {
        let mut header = json!({"alg": "ES384", "kid": "key-1", "typ": "JWT"});
        let mut claims = json!({
            "iss": "client", "sub": "client", "aud": "https://api.redoxengine.com/v2/auth/token",
            "iat": NOW - 5, "exp": NOW + 295, "jti": "a-random-string",
        });
        change(&mut header, &mut claims);
        all(
            header.as_object().unwrap(),
            claims.as_object().unwrap(),
            Timestamp::from_second(NOW).unwrap(),
        )
    }

    #[test]
    fn a_good_assertion_has_no_objection() {
        assert_eq!(objections(|_, _| {}), Vec::<String>::new());
        assert_eq!(
            objections(|header, _| drop(header.as_object_mut().unwrap().remove("typ"))),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_fault_is_named_alone() {
        type Change = fn(&mut Value, &mut Value);
        let cases: [(Change, &str); 14] = [
            (|header, _| header["alg"] = "RS256".into(), "alg is RS256"),
            (|header, _| header["kid"] = "".into(), "kid is missing"),
            (|header, _| header["typ"] = "at+jwt".into(), "typ is"),
            (
                |_, claims| claims["sub"] = "other".into(),
                "iss and sub differ",
            ),
            (
                |_, claims| claims["aud"] = "https://as.example".into(),
                "aud is",
            ),
            (
                |_, claims| claims["aud"] = json!(["a"]),
                "aud is missing or no text",
            ),
            (|_, claims| claims["jti"] = Value::Null, "jti is missing"),
            (
                |_, claims| claims["iat"] = json!(NOW - 311),
                "iat is 311 s old",
            ),
            (
                |_, claims| claims["iat"] = json!(NOW + 11),
                "iat is 11 s ahead",
            ),
            (
                |_, claims| claims["iat"] = json!("2026"),
                "expected whole seconds",
            ),
            (
                |_, claims| claims["iat"] = json!(1.5),
                "expected whole seconds",
            ),
            (|_, claims| claims["exp"] = json!(NOW), "exp was 0 s ago"),
            (
                |_, claims| claims["exp"] = json!(NOW + 296),
                "more than 300 s after iat",
            ),
            (
                |_, claims| drop(claims.as_object_mut().unwrap().remove("exp")),
                "exp is missing",
            ),
        ];
        for (change, expected) in cases {
            let found = objections(change);
            assert!(
                found.iter().any(|objection| objection.contains(expected)),
                "{expected}: {found:?}"
            );
        }
    }
}
