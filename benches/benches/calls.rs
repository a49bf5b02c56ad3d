//! Every call, by Criterion: how its time is spread, and how it has changed since the last run here.

use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use redox_auth_benches::{calls, new_task};

fn every_call(criterion: &mut Criterion) {
    for mut work in calls(&new_task()) {
        let group = work.offer().group.clone();
        let name = work.offer().name.clone();
        criterion
            .benchmark_group(group)
            .bench_function(name, |bencher| {
                bencher.iter_custom(|count| {
                    let start = Instant::now();
                    work.run(count);
                    start.elapsed()
                });
            });
    }
}

criterion_group!(benches, every_call);
criterion_main!(benches);
