use core::hint::black_box;

use board::{ok, show, text};
use redox_auth_core::{Environment, JwtType, Region, Server, Target, Url, UrlError};

pub(crate) fn servers() -> Option<()> {
    let mut out = [0; 128];
    let out = black_box(out.as_mut_slice());
    let redox = Server::redox(black_box(Region::Us));
    for region in [Region::Us, Region::Ca] {
        let region = black_box(region);
        black_box((region.base_url(), region.token_url(), region.upload_url()));
    }
    ok(redox.write_fhir_base(text("clinic"), black_box(Environment::Staging), out))?;
    let escape = redox.write_fhir_base(text("../x"), black_box(Environment::Production), out);
    show(&escape.err()?)?;
    ok(redox.may_receive_token(text("https://api.redoxengine.com/endpoint")))?;

    let trusted = [ok(Url::parse(text("https://other.example")))?];
    let server = ok(Server::new(
        text("https://fhir.example/r4/"),
        text("https://login.example/token"),
    ))?
    .with_audience(text("https://login.example"))
    .with_typ(black_box(JwtType::Jwt))
    .with_scope(text("system/*.rs"))
    .also_trust(black_box(&trusted));
    let server = ok(server.with_upload_url(text("https://files.example/")))?;
    black_box((
        server.base_url(),
        server.token_url(),
        server.audience(),
        server.typ(),
        server.scope(),
        server.upload_url(),
    ));
    ok(server.may_receive_token(text("https://other.example/x")))?;
    let target = black_box(Target::Token);
    black_box((
        target.method().as_str(),
        target.url(&server),
        target.path(),
        target.content_type(),
    ));
    let elsewhere = server.may_receive_token(text("https://evil.example/"));
    (elsewhere == Err(UrlError::OtherOrigin)).then_some(())
}

pub(crate) fn urls() -> Option<()> {
    for url in ["http://127.0.0.1:8080/a?b", "https://[2001:db8::1]"] {
        let url = ok(Url::parse(text(url)))?;
        black_box((
            url.as_str(),
            url.scheme(),
            url.is_https(),
            url.host(),
            url.is_loopback(),
            url.port(),
            url.path(),
        ));
        url.same_origin(black_box(url)).then_some(())?;
    }
    show(&Url::parse(text("http://a.example")).err()?)
}
