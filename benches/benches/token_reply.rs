//! What it costs to read the answer of a token endpoint.

use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use redox_auth_core::TokenReply;

fn token_replies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("token reply");
    for (name, status, body) in [
        (
            "token",
            200,
            r#"{"access_token":"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl","scope":"","token_type":"Bearer","expires_in":300}"#,
        ),
        (
            "refusal",
            400,
            r#"{"error":"invalid_request","error_description":"Public key not found, check client_id, kid and Redox dashboard settings","error_uri":"https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"}"#,
        ),
    ] {
        // Nothing in it is escaped, so reading leaves it as it was.
        let mut body = body.as_bytes().to_vec();
        group.bench_function(name, |bencher| {
            bencher.iter(|| TokenReply::parse(status, black_box(&mut body)).is_ok());
        });
    }
    group.finish();
}

criterion_group!(benches, token_replies);
criterion_main!(benches);
