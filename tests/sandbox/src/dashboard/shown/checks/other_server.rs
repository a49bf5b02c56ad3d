use super::list::List;
use crate::fault::IN_PLACE;
use crate::rules::{Objection, ObjectionKind};
use crate::traffic::Exchange;
use crate::{Rules, Site};

/// Applies the rules of the server that the sandbox behaves like. Lists all objections, not only the first. The reason
/// of the answer decides rules about the sandbox's memory.
pub(super) fn check(exchange: &Exchange, rules: &Rules, site: &Site, list: &mut List) {
    let body = exchange.whole_request().unwrap_or_default();
    let objections = rules.judge_form(body, site, exchange.at);
    for (group, kinds) in GROUPS {
        let mut own = objections.iter();
        let own = own.find(|it| kinds.contains(&it.kind()));
        let found = own.map_or_else(|| "as expected".to_owned(), Objection::to_string);
        let expected = format!("a request that {} accepts", rules.title());
        list.add(group, own.is_none(), expected, found);
    }
    let told = exchange.reason().filter(|reason| *reason != IN_PLACE);
    let is_new = |reason: &&str| !objections.iter().any(|it| it.to_string() == *reason);
    if let Some(reason) = told.filter(is_new) {
        list.add("key, signature and memory", false, "no objection", reason);
    } else if told.is_none() && exchange.reason().is_none() {
        let found = "no objection";
        list.add("key, signature and memory", true, "no objection", found);
    }
}

use ObjectionKind as Kind;

const GROUPS: [(&str, &[Kind]); 4] = [
    (
        "form",
        &[
            Kind::ContentType,
            Kind::DuplicateField,
            Kind::GrantType,
            Kind::AssertionType,
            Kind::AssertionMissing,
            Kind::SecondAuthentication,
            Kind::FieldMissing,
            Kind::FieldWrong,
            Kind::Malformed,
        ],
    ),
    (
        "header",
        &[
            Kind::Alg,
            Kind::KeyUnnamed,
            Kind::KidForm,
            Kind::Typ,
            Kind::Crit,
            Kind::Certificate,
        ],
    ),
    (
        "claims",
        &[
            Kind::Iss,
            Kind::Sub,
            Kind::Aud,
            Kind::AudList,
            Kind::ClaimMissing,
            Kind::ClaimWrong,
            Kind::ClaimUnknown,
            Kind::JtiLong,
        ],
    ),
    (
        "times",
        &[
            Kind::TimeForm,
            Kind::Expired,
            Kind::ExpAhead,
            Kind::Lifetime,
            Kind::IatAhead,
            Kind::IatOld,
            Kind::NbfAhead,
        ],
    ),
];
