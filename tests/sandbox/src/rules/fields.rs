use super::found::found;
use super::objection::{Objection, ObjectionKind};
use super::profile::{self, AssertionField};
use crate::form::Form;

/// The objections to the fields that identify the kind of request.
pub(super) fn kind(rules: &profile::Form, form: &Form) -> Vec<Objection> {
    let found = [
        one_of_a_kind(
            form,
            "grant_type",
            &rules.grant_type,
            ObjectionKind::GrantType,
        ),
        match rules.assertion {
            AssertionField::ClientAssertion => one_of_a_kind(
                form,
                "client_assertion_type",
                ASSERTION_TYPE,
                ObjectionKind::AssertionType,
            ),
            AssertionField::Grant => None,
        },
        assertion(rules, form).err(),
        form.get("client_secret").map(|_| {
            let text =
                "the form has client_secret in addition to the assertion; send only one of them";
            Objection::new(ObjectionKind::SecondAuthentication, "client_secret", text)
        }),
    ];
    found.into_iter().flatten().collect()
}

/// The assertion.
pub(super) fn assertion<'f>(rules: &profile::Form, form: &'f Form) -> Result<&'f str, Objection> {
    let name = rules.assertion.as_str();
    form.get(name).ok_or_else(|| {
        let text = format!("the form field {name} is missing");
        Objection::new(ObjectionKind::AssertionMissing, name, text)
    })
}

/// The objections to the other fields.
pub(super) fn others(rules: &profile::Form, form: &Form, client_id: &str) -> Vec<Objection> {
    let other = form.get("client_id").filter(|id| *id != client_id);
    let other = other.map(|_| {
        let text = "the form field client_id names another client than iss";
        Objection::new(ObjectionKind::SecondAuthentication, "client_id", text)
    });
    let needs = rules.needs.iter().filter_map(|need| need.of_form(form));
    other.into_iter().chain(needs).collect()
}

fn one_of_a_kind(form: &Form, name: &str, own: &str, kind: ObjectionKind) -> Option<Objection> {
    let text = match form.get(name) {
        Some(value) if value == own => return None,
        Some(value) => format!(
            "{name} is {}; the server accepts {own}",
            found(&value.into())
        ),
        None => format!("{name} is missing; the server accepts {own}"),
    };
    Some(Objection::new(kind, name, text))
}

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
