//! What an assertion costs: its signature alone, the whole, and all of it but the signature.

use core::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use redox_auth_benches::{NullSigner, assertion, jwt_id, new_key};
use redox_auth_core::{Algorithm, Signer};

fn assertions(criterion: &mut Criterion) {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::Rs384] {
        let key = new_key(algorithm);
        let null = NullSigner::instead_of(&key);
        let jwt_id = jwt_id();
        let mut buffer = [0; 1024];
        let mut signature = [0; 512];
        let signature = signature
            .get_mut(..key.signature_len())
            .expect("room for any signature");
        let token = assertion(&key, &jwt_id).write(&mut buffer);
        let token = token.expect("an assertion").to_owned();
        let (signing_input, _) = token.rsplit_once('.').expect("a signature");

        let mut group = criterion.benchmark_group(algorithm.as_str());
        group.bench_function("signature alone", |bencher| {
            bencher.iter(|| key.sign(black_box(signing_input.as_bytes()), signature));
        });
        group.bench_function("whole assertion", |bencher| {
            bencher.iter(|| {
                assertion(black_box(&key), &jwt_id)
                    .write(&mut buffer)
                    .is_ok()
            });
        });
        group.bench_function("all but the signature", |bencher| {
            bencher.iter(|| {
                assertion(black_box(&null), &jwt_id)
                    .write(&mut buffer)
                    .is_ok()
            });
        });
        group.finish();
    }
}

criterion_group!(benches, assertions);
criterion_main!(benches);
