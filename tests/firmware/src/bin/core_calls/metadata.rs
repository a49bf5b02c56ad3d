use core::hint::black_box;

use board::{ok, show, text};
use redox_auth_core::{MetadataError, MetadataKind, MetadataUrl, ServerMetadata};

pub(crate) fn all() -> Option<()> {
    let mut url = [0; 64];
    for kind in [MetadataKind::OAuth, MetadataKind::OpenId] {
        let asked = MetadataUrl::new(black_box(kind), text("https://as.example/a")).ok()?;
        ok(asked.write(black_box(url.as_mut_slice())))?;
    }
    let mut body = *br#"{"issuer":"https:\/\/as.example","scopes_supported":["a","\u0062"],
        "token_endpoint":"https://login.example:8443/token"}"#;
    let metadata = ok(ServerMetadata::parse(black_box(body.as_mut_slice())))?;
    show(&metadata.scopes()?)?;
    black_box((
        metadata.scopes()?.has(text("b")),
        metadata.issuer(),
        metadata.token_endpoint(),
        metadata.jwks_uri(),
        metadata.is_signed(),
        metadata.algorithms().is_some(),
        metadata.auth_methods().is_some(),
        metadata.grant_types().is_some(),
        metadata.capabilities().is_some(),
        metadata.udap_versions().is_some(),
        metadata.dpop_algorithms().is_some(),
    ));
    let asked = MetadataUrl::new(black_box(MetadataKind::OAuth), text("https://as.example"));
    let asked = asked.ok()?;
    let confirmed = [text("a.example"), text("login.example:8443")];
    ok(metadata.verify(&asked, &confirmed))?;
    let error = metadata.verify(&asked, &[]).err()?;
    show(&error)?;
    (error == MetadataError::OtherHost).then_some(())
}
