use core::time::Duration;
use std::time::SystemTime;

use redox_auth_reqwest::Token;
use serde_json::{Map, Value};

use crate::args::TokenArgs;
use crate::failure::Failure;
use crate::inspect::Jwt;
use crate::{connect, input, notes, print, watch};

/// Gets a token, or one after the other, and prints it, alone or as JSON.
pub(crate) async fn run(args: TokenArgs) -> Result<(), Failure> {
    let shown = |token: &Token| match args.json {
        true => Value::Object(members(token, lifetime(token))).to_string(),
        false => token.expose().to_owned(),
    };
    if let Some(path) = &args.assertion {
        let assertion = input::read_text(path, "assertion", MAX_ASSERTION)?;
        Jwt::parse(&assertion)?;
        let redox = connect::builder_without_key(&args.server)
            .no_key()
            .build()?;
        return print(&shown(&redox.exchange(&assertion).await?));
    }
    let redox = connect::builder(&args.server, &args.key, &args.legacy)?.build()?;
    if args.watch {
        return watch::run(&redox, shown).await;
    }
    let token = redox.token().await?;
    notes::print(&redox, &token);
    print(&shown(&token))
}

/// The members of RFC 6749 §5.1; `expires_in` is what is left of the token.
pub(crate) fn members(token: &Token, expires_in: Option<Duration>) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    put("access_token", token.expose().into());
    put("token_type", "Bearer".into());
    if let Some(expires_in) = expires_in {
        put("expires_in", expires_in.as_secs().into());
    }
    if let Some(scope) = token.scope() {
        put("scope", scope.into());
    }
    members
}

/// What is left of it, where the server named the time at which it ends.
pub(crate) fn lifetime(token: &Token) -> Option<Duration> {
    let until = token.expires_at();
    let left = |until: SystemTime| until.duration_since(SystemTime::now()).ok();
    token.expires_in().or_else(|| until.and_then(left))
}

/// The longest assertion that is read, in bytes; one of RS384 takes about 1,000.
const MAX_ASSERTION: u64 = 64 * 1024;
