use redox_auth_reqwest::{Api, Error, Key, Method, Redox, Response};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::args::{PlatformArgs, ServerArgs};
use crate::connect::{self, KeySource};
use crate::failure::Failure;
use crate::terminal::shown;
use crate::{body, permissions, secrets, verbose};

/// A client of Redox's Platform API.
pub(crate) struct Platform {
    redox: Redox,
    /// A given token, in place of a key.
    token: Option<Zeroizing<String>>,
}

impl Platform {
    /// A client with the credential in `args`; `None` if they have none.
    pub(crate) fn as_user(
        args: &PlatformArgs,
        server: &ServerArgs,
    ) -> Result<Option<Self>, Failure> {
        let key = (
            &args.platform_client_id,
            &args.platform_key,
            args.platform_key_id.as_deref(),
        );
        let builder = connect::builder_without_key(server)?;
        let (builder, token) = match (key, &args.platform_token_file) {
            ((None, None, None), None) => return Ok(None),
            ((None, None, None), Some(path)) => {
                permissions::note(path);
                let token = secrets::read_platform_token(path)
                    .map_err(|failure| failure.about("REDOX_PLATFORM_TOKEN_FILE"))?;
                (builder.no_key(), Some(token))
            }
            ((Some(id), Some(path), key_id), None) => {
                let key = KeySource::read_or_open(path, key_id, None, &server.pkcs11)
                    .and_then(|source| source.key());
                let key = key.map_err(|failure| failure.about("REDOX_PLATFORM_KEY_FILE"))?;
                (builder.oauth_key(id, key), None)
            }
            _ => {
                return Err(Failure::usage(format!(
                    "Platform API: expected {CREDENTIALS}, found {}",
                    given(args)
                )));
            }
        };
        let redox = builder.build()?;
        Ok(Some(Self { redox, token }))
    }

    /// A client with the OAuth API key itself: when the server refuses one of its keys, the client tries the next one.
    pub(crate) fn as_client(
        server: &ServerArgs,
        client_id: &str,
        keys: [Key; 2],
    ) -> Result<Self, Failure> {
        let [first, next] = keys;
        let builder = connect::builder_without_key(server)?.oauth_key(client_id, first);
        Ok(Self {
            redox: builder.also_key(next).build()?,
            token: None,
        })
    }

    /// The payload of the answer.
    pub(crate) async fn get(&self, path: &str) -> Result<Value, Failure> {
        payload(self.send(Method::GET, path, None).await?).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        change: Option<String>,
    ) -> Result<Response, Error> {
        let mut request = self.redox.request(method, path)?;
        if let Some(change) = change {
            request = request
                .header("content-type", "application/json")
                .body(change);
        }
        let Some(token) = &self.token else {
            return self.redox.send(Api::Platform, request).await;
        };
        let request = request.bearer_auth(token.as_str());
        let sent = match verbose::watch() {
            Some(watch) => watch.send(request).await,
            None => request.send().await,
        };
        sent.map_err(|error| match () {
            () if error.is_builder() => Error::NotBuilt(error),
            () if error.is_connect() => Error::Transport(error),
            () => Error::Ambiguous(error),
        })
    }
}

/// The given options.
fn given(args: &PlatformArgs) -> String {
    let options = [
        ("--platform-client-id", args.platform_client_id.is_some()),
        ("--platform-key", args.platform_key.is_some()),
        ("--platform-key-id", args.platform_key_id.is_some()),
        ("--platform-token-file", args.platform_token_file.is_some()),
    ];
    let given = options.iter().filter(|(_, is_given)| *is_given);
    given.map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// The path of an OAuth API key in the Platform API.
pub(crate) fn api_key_path(client_id: &str) -> Result<String, Failure> {
    if !can_stand_in_a_path(client_id) {
        return Err(Failure::usage(format!(
            "client ID: expected letters, digits, - and _, found {client_id:?}"
        )));
    }
    Ok(format!("/platform/v1/apikeys/{client_id}"))
}

/// Whether an ID is safe in a path.
pub(crate) fn can_stand_in_a_path(id: &str) -> bool {
    let can = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !id.is_empty() && id.bytes().all(can)
}

/// The payload of an answer; null if it has none.
pub(crate) async fn payload(response: Response) -> Result<Value, Failure> {
    let status = response.status();
    let head = ["location", "retry-after"].map(|name| {
        let value = response.headers().get(name)?;
        Some(shown(&String::from_utf8_lossy(value.as_bytes())))
    });
    let body = body::read(response, MAX_ANSWER).await?.ok_or_else(|| {
        Failure::no_answer(format!(
            "the Platform API's answer is longer than {MAX_ANSWER} bytes"
        ))
    })?;
    let mut answer: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    if !status.is_success() {
        let words = answer.pointer("/payload/message").and_then(Value::as_str);
        let failure = Failure::refused(format!(
            "the Platform API refused with status {}\n  server said:  {}\n  likely cause: {}",
            status.as_u16(),
            words.map_or_else(|| "none".to_owned(), shown),
            hint(status.as_u16())
        ));
        let [location, retry_after] = head;
        let failure = location
            .iter()
            .fold(failure, |it, line| it.and("location", line));
        return Err(retry_after
            .iter()
            .fold(failure, |it, line| it.and("wait for", line)));
    }
    let payload = answer.get_mut("payload");
    Ok(payload.map_or(Value::Null, Value::take))
}

fn hint(status: u16) -> String {
    match status {
        400 => "the request is not valid for this API",
        401 => "the API did not accept the token",
        403 => return format!("Redox requires a user-level API key here: {CREDENTIALS}"),
        404 => "no OAuth API key has this client ID, or this token has no access to it",
        429 => "too many requests; wait and try again",
        500..=599 => "the API failed; try again later",
        _ => "check that this API and the token endpoint belong together",
    }
    .to_owned()
}

/// The required options.
pub(crate) const CREDENTIALS: &str =
    "--platform-client-id with --platform-key, or --platform-token-file";

/// In bytes: enough for a hundred keys of RS384, or a thousand sources.
const MAX_ANSWER: usize = 256 * 1024;
