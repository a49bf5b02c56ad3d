use core::hint::black_box;

use redox_auth_contender::{Task, Work};
use redox_auth_core::{OAuthKey, TokenRequest};

use super::work;
use crate::inputs::{ALGORITHMS, NOW, jwt_id, names, signing_key};
use crate::null_signer::NullSigner;
use crate::offer::OURS;

/// Assertions and token requests but for their signatures, which a signer leaves out that takes no time.
pub(super) fn works(task: &Task) -> Vec<Work> {
    let mut works = Vec::new();
    for (algorithm, name) in ALGORITHMS {
        let signer: &'static NullSigner =
            Box::leak(Box::new(NullSigner::instead_of(signing_key(task, name))));
        let task = names(task);
        let key: OAuthKey<'static, _> = OAuthKey::new(&task.client_id, &task.key_id, signer);
        let jwt_id: &'static _ = Box::leak(Box::new(jwt_id(1)));
        let assertion = move || key.assertion(&task.audience, black_box(jwt_id), black_box(NOW));

        let group = format!("assertion but for its signature, {algorithm}");
        let text = vec![0; 1024].leak();
        let template = assertion().write_template(text).expect("a template");
        let mut buffer = vec![0; 2048];
        works.push(work(
            &group,
            OURS,
            "`AssertionTemplate::write`",
            move || {
                let written = template.write(black_box(jwt_id), black_box(NOW), &mut buffer);
                written.expect("an assertion").len()
            },
        ));
        let mut buffer = vec![0; 2048];
        works.push(work(
            &group,
            "redox-auth, without a template",
            "`Assertion::write`",
            move || assertion().write(&mut buffer).expect("an assertion").len(),
        ));

        let group = format!("token request but for its signature, {algorithm}");
        let mut buffer = vec![0; 2048];
        works.push(work(&group, OURS, "`TokenRequest::write`", move || {
            let request = TokenRequest::new(assertion());
            request.write(&mut buffer).expect("a request").len()
        }));
    }
    works
}
