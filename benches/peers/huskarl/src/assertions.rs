//! Assertions by `huskarl`, as it authenticates a client with `private_key_jwt`.

use std::io;

use huskarl::core::EndpointUrl;
use huskarl::core::client_auth::{
    AuthenticationContext, AuthenticationParams, ClientAuthentication, FormValue, JwtBearer,
};
use jiff::Timestamp;
use peer_huskarl::{jwt_bearer, parsed};
use redox_auth_contender::{Class, ISSUED_AT, KeyName, Offer, Task, Work, serve};
use tokio::runtime;

fn main() -> io::Result<()> {
    serve(|task| {
        KeyName::ALL
            .into_iter()
            .filter_map(|name| assertion(task, name))
            .collect()
    })
}

fn assertion(task: &Task, name: KeyName) -> Option<Work> {
    let offer = Offer {
        group: name.as_str().to_owned(),
        name: "huskarl".to_owned(),
        version: String::new(),
        backend: "RustCrypto".to_owned(),
        class: Class::Rust,
        how: "`JwtBearer` is made once; `authentication_context` for each, on a tokio of one thread, with `jti` a UUID \
              of its own; the tables of p256 and p384 switched on by us"
            .to_owned(),
        bare: false,
    };
    // They live as long as the process: what comes out borrows from them.
    let key = parsed(task.key(name), name, &task.key_id)?;
    let client: &'static JwtBearer = Box::leak(Box::new(jwt_bearer(key)));
    let client_id: &'static str = task.client_id.clone().leak();
    let endpoint: EndpointUrl = task.audience.parse().expect("an endpoint");
    let endpoint: &'static EndpointUrl = Box::leak(Box::new(endpoint));
    let runtime = runtime::Builder::new_current_thread().build();
    let runtime: &'static runtime::Runtime = Box::leak(Box::new(runtime.expect("a runtime")));
    let now = Timestamp::from_second(ISSUED_AT.cast_signed()).expect("a time of this era");

    let write = move |_| {
        let context = AuthenticationContext::builder()
            .now(now)
            .client_id(client_id)
            .target_endpoint(endpoint)
            .build();
        runtime
            .block_on(client.authentication_context(context))
            .expect("an assertion")
    };
    Some(Work::new(offer, write, shown))
}

fn shown(params: AuthenticationParams<'static>) -> String {
    let form = params.form_params.expect("a form");
    let (_, assertion) = form
        .into_iter()
        .find(|(field, _)| *field == "client_assertion")
        .expect("an assertion");
    match assertion {
        FormValue::NonSensitive(text) => text.into_owned(),
        FormValue::Sensitive(secret) => secret.expose_secret().to_owned(),
        _ => String::new(),
    }
}
