use redox_auth_sandbox::{Disconnect, Fault, Junk, Mix, Place, Response, Sandbox, Times};

use crate::support::*;

/// The answers to this many good messages in a row, of which the first `times` go through the mix.
fn run(mix: Mix, messages: u32, times: Times) -> (Vec<Response>, Sandbox) {
    let (mut sandbox, token) = ready();
    sandbox.inject_mix(Place::Api, mix, times);
    let post = message(&good_meta()).bearer(&token);
    let answers = (0..messages).map(|_| sandbox.handle(at(NOW), &post));
    (answers.collect(), sandbox)
}

#[test]
fn a_mix_strikes_in_the_same_way_for_the_same_seed() {
    let answers = |seed| run(Mix::new(seed), 100, Times::UntilCleared).0;
    assert_eq!(answers(1), answers(1));
    assert_ne!(answers(1), answers(2));
}

#[test]
fn a_mix_has_every_fault_in_it_and_spares_about_as_many_answers_as_told() {
    let faults = [
        Fault::Undated,
        Fault::Junk(Junk::Html),
        Fault::Disconnect(Disconnect::AfterAnswer),
    ];
    let (answers, sandbox) = run(
        Mix::new(3).faults(faults).spared(1),
        400,
        Times::UntilCleared,
    );
    let count = |such: fn(&Response) -> bool| answers.iter().filter(|it| such(it)).count();
    let kinds = [
        count(|it| header_of(it, "date").is_empty()),
        count(|it| it.body.starts_with(b"<html>")),
        count(|it| it.delivery != redox_auth_sandbox::Delivery::Prompt),
    ];
    for kind in kinds {
        assert!((60..140).contains(&kind), "{kinds:?}");
    }
    let struck: usize = kinds.iter().sum();
    assert_eq!(sandbox.counters().faults, u64::try_from(struck).unwrap());
    assert!((60..140).contains(&(400 - struck)), "{kinds:?}");
}

#[test]
fn a_mix_without_faults_spares_everything_and_one_that_spares_nothing_always_strikes() {
    let (_, spared) = run(Mix::new(1).faults([]).spared(0), 20, Times::UntilCleared);
    assert_eq!(spared.counters().faults, 0);
    let only = Mix::new(1).faults([Fault::Undated]).spared(0);
    let (_, struck) = run(only, 20, Times::UntilCleared);
    assert_eq!(struck.counters().faults, 20);
}

#[test]
fn what_a_mix_spares_counts_among_its_times() {
    let only = Mix::new(1).faults([Fault::Junk(Junk::Html)]).spared(1);
    let (answers, sandbox) = run(only, 60, Times::Next(30));
    let (through, after) = answers.split_at(30);
    let struck = |answers: &[Response]| {
        let html = answers.iter().filter(|it| it.body.starts_with(b"<html>"));
        html.count()
    };
    assert!((5..25).contains(&struck(through)), "{}", struck(through));
    assert_eq!(struck(after), 0);
    assert_eq!(
        sandbox.counters().messages_accepted,
        60 - sandbox.counters().faults
    );
}
