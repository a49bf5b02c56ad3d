use redox_auth_simulation::{Report, Simulation};

fn run(seed: u64) -> Report {
    let simulation = Simulation::new(seed).keep_trace();
    simulation
        .run(20_000)
        .unwrap_or_else(|violation| panic!("{violation}"))
}

#[test]
fn one_seed_gives_one_trace_byte_for_byte() {
    for seed in [5, u64::MAX] {
        let (one, same) = (run(seed), run(seed));
        assert!(one.trace.as_ref().is_some_and(|lines| lines.len() > 5_000));
        assert_eq!(one.trace, same.trace, "seed {seed}");
        assert_eq!(one, same, "seed {seed}");
    }
}

#[test]
fn another_seed_gives_another_trace() {
    let (one, other) = (run(6), run(7));
    assert_ne!(one.digest, other.digest);
    assert_ne!(one.trace, other.trace);
}

#[test]
fn a_trace_that_is_not_kept_has_the_same_digest() {
    let forgotten = Simulation::new(5)
        .run(20_000)
        .unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(forgotten.trace, None);
    assert_eq!(forgotten.digest, run(5).digest);
}
