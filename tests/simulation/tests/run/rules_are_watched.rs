use redox_auth_simulation::{Rule, Simulation};

use crate::broken::{Broken, Defect};

#[test]
fn a_session_with_a_defect_breaks_the_rule_against_it() {
    for (defect, rule) in [
        (Defect::LosesTheTime, Rule::Window),
        (Defect::RepeatsJwtIds, Rule::JwtId),
        (Defect::SendsTwoAtOnce, Rule::OneInFlight),
        (Defect::ServesTheDead, Rule::Expired),
        (Defect::ServesGarbage, Rule::Foreign),
        (Defect::DropsForAnyRejection, Rule::Dropped),
        (Defect::DropsForAFailure, Rule::Dropped),
        (Defect::Hammers, Rule::BackOff),
        (Defect::DropsWithEveryRejection, Rule::BackOff),
        (Defect::SendsUnasked, Rule::Unasked),
        (Defect::Fidgets, Rule::Pure),
        (Defect::PromisesTooMuch, Rule::Pure),
        (Defect::AsksInVain, Rule::Pure),
        (Defect::TakesDamagedRecords, Rule::Inert),
        (Defect::GivesUp, Rule::Recovery),
        (Defect::NeverCorrectsItsClock, Rule::Recovery),
    ] {
        let simulation = Simulation::of(8, move |credentials| {
            Box::new(Broken::new(defect, credentials))
        });
        match simulation.run(50_000) {
            Ok(_) => panic!("{defect:?} went unnoticed"),
            Err(violation) => {
                assert_eq!(violation.rule, rule, "{defect:?}\n{violation}");
                assert_eq!(violation.seed, 8);
                assert!(!violation.trace.is_empty());
            }
        }
    }
}
