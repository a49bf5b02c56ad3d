use core::hint::black_box;

use redox_auth_contender::{KeyName, Task, Work};
use redox_auth_core::{Claims, Dialect, HeaderMembers, OAuthKey};

use crate::inputs::null_signer::NullSigner;
use crate::inputs::offer::{OURS, work};
use crate::inputs::task::{NOW, jwt_id, names, signing_key};

/// An assertion as UDAP wants it, with a chain of two certificates and three further claims, but for its signature.
pub(super) fn work_in_dialect(task: &Task) -> Work {
    let signer: &'static NullSigner = Box::leak(Box::new(NullSigner::instead_of(signing_key(
        task,
        KeyName::Rs256Of2048,
    ))));
    // The length of a certificate of an RSA key with the usual extensions, in base64.
    let certificate = "MIIE".repeat(400);
    let header = format!(r#"{{"x5c":["{certificate}","{certificate}"]}}"#).leak();
    let dialect: &'static Dialect<'static> = Box::leak(Box::new(
        Dialect::USUAL
            .without_key_id()
            .with_header(HeaderMembers::parse(header).expect("a header"))
            .with_claims(Claims::parse(CLAIMS).expect("claims")),
    ));
    let task = names(task);
    let key: OAuthKey<'static, _> = OAuthKey::new(&task.client_id, &task.key_id, signer);
    let jwt_id: &'static _ = Box::leak(Box::new(jwt_id(1)));
    let text = vec![0; 8192].leak();
    let template = key
        .assertion_in(dialect, &task.audience, jwt_id, NOW)
        .write_template(text)
        .expect("a template");
    let mut buffer = vec![0; 8192];
    work(
        "assertion but for its signature, RS256 with x5c and three claims",
        OURS,
        "`AssertionTemplate::write`",
        move || {
            let written = template.write(black_box(jwt_id), black_box(NOW), &mut buffer);
            written.expect("an assertion").len()
        },
    )
}

const CLAIMS: &str = r#"{"extensions":{"hl7-b2b":{"version":"1","organization_id":"https://fhir.example/Organization/1","purpose_of_use":["urn:oid:2.16.840.1.113883.5.8#TREAT"]}},"tefca_ias":{"version":"1","purpose_of_use":["T-IAS"]},"purposeId":"2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11"}"#;
