use core::time::Duration;

use jiff::Timestamp;
use redox_auth_reqwest::{Error, Redox, Token};
use serde_json::{Map, Value};

use crate::args::TokenArgs;
use crate::failure::Failure;
use crate::inspect::Jwt;
use crate::{connect, input, notes, print, watch};

/// Obtains one token, or one after the other, and prints each alone or as JSON.
pub(crate) async fn run(args: TokenArgs) -> Result<(), Failure> {
    let shown = |redox: &Redox, token: &Token| match args.json {
        true => Value::Object(members(token, lifetime(redox, token))).to_string(),
        false => token.expose().to_owned(),
    };
    if let Some(path) = &args.assertion {
        let assertion = input::read_text(path, "assertion", MAX_ASSERTION)?;
        let jwt = Jwt::parse(&assertion)?;
        let server = &args.client.server;
        let mut builder = connect::builder_without_key(server)?.no_key();
        if let Some(client_id) = &args.client.key.client_id {
            builder = builder.client_id(client_id);
        }
        let redox = builder.build()?;
        let token = redox.exchange(&assertion).await.map_err(|error| {
            let is_refusal = matches!(error.cause(), Error::Refused(_));
            let failure = Failure::from(error);
            match is_refusal {
                true => failure.and("assertion", &from_file(&jwt)),
                false => failure,
            }
        })?;
        notes::print_with_token(&redox, &token);
        return print(&shown(&redox, &token));
    }
    if args.watch {
        let redox = connect::builder_for_long(&args.client)?.build()?;
        return watch::run(&redox, |token| shown(&redox, token)).await;
    }
    let redox = connect::builder(&args.client)?.build()?;
    let token = redox.token().await?;
    notes::print_with_token(&redox, &token);
    print(&shown(&redox, &token))
}

/// Explains to a person why a server may have refused the assertion in a file.
fn from_file(jwt: &Jwt) -> String {
    let another = "sign another with: redox-auth assertion";
    let now = Timestamp::now();
    match (jwt.time("exp"), jwt.time("iat")) {
        (Some(exp), _) if exp <= now => format!("it expired at {exp}; {another}"),
        (_, Some(iat)) if iat > now => {
            format!("its `iat` is {iat}, in the future of this machine's clock; {another}")
        }
        (Some(exp), _) => format!(
            "a server accepts each assertion only once; this one is valid until {exp}, but may have been used before; {another}"
        ),
        (None, _) => format!("it has no `exp`, which servers require; {another}"),
    }
}

/// The members of RFC 6749 §5.1; `expires_in` is the remaining lifetime of the token.
pub(crate) fn members(token: &Token, expires_in: Duration) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("access_token", token.expose().into());
    put("token_type", token.token_type().as_str().into());
    put("expires_in", expires_in.as_secs().into());
    if let Some(scope) = token.scope() {
        put("scope", scope.into());
    }
    members
}

/// The lifetime of a new token, or its remaining lifetime if the server gave the time of its end.
pub(crate) fn lifetime(redox: &Redox, token: &Token) -> Duration {
    token.expires_in().unwrap_or_else(|| redox.time_left(token))
}

/// The longest assertion, in bytes; one with RS384 has about 1,000.
const MAX_ASSERTION: u64 = 64 * 1024;
