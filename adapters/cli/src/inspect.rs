mod given;
mod jwt;
mod report;
mod signature;

pub(crate) use jwt::Jwt;

use jiff::Timestamp;
use redox_auth_sandbox::{Rules, Site};
use serde_json::json;

use crate::args::InspectArgs;
use crate::failure::Failure;
use crate::print;
use given::Given;
use report::{Found, Report};
use signature::Signature;

/// Prints the content of an assertion, a form or a token, and a server's objections; an objection is a failure.
pub(crate) fn run(args: &InspectArgs) -> Result<(), Failure> {
    let report = match Given::read(&args.jwt)? {
        Given::Token(token) => of_token(args, &token)?,
        Given::Assertion(compact) => of_assertion(args, &compact, None)?,
        Given::Form(form) => of_assertion(args, &given::assertion_in(&form)?, Some(&form))?,
    };
    print(&match args.json {
        true => report.json(),
        false => report.text(),
    })?;
    match (&report.server, report.objections.len()) {
        (_, 0) | (None, _) => Ok(()),
        (Some((_, title)), 1) => Err(Failure::refused(format!(
            "{title} would raise one objection"
        ))),
        (Some((_, title)), count) => Err(Failure::refused(format!(
            "{title} would raise {count} objections"
        ))),
    }
}

fn of_token(args: &InspectArgs, token: &str) -> Result<Report, Failure> {
    let judging = [
        ("--like", args.like.is_some()),
        ("--key", !args.key.is_empty() && !args.key_of_profile),
        ("--jwks", args.jwks.is_some()),
    ];
    if let Some((option, _)) = judging.iter().find(|(_, is_given)| *is_given) {
        return Err(Failure::usage(format!(
            "{option}: the input is an access token, which the command shows without judging it; leave the option out"
        )));
    }
    let mut report = Report::new(Signature::Unchecked);
    let is_jwt = token.split('.').count() == 3;
    let kind = match Jwt::parse(token) {
        Ok(jwt) => {
            report.jwt = Some(jwt);
            "this is an access token, which no server accepts as an assertion".to_owned()
        }
        Err(failure) if is_jwt => format!("this is an access token with a mistake: {failure}"),
        Err(_) => format!(
            "this is an access token of {} bytes that is no JWT",
            token.len()
        ),
    };
    report.notes.push(kind);
    report.note_scope(args.scope.as_deref());
    Ok(report)
}

fn of_assertion(args: &InspectArgs, compact: &str, form: Option<&str>) -> Result<Report, Failure> {
    let jwt = Jwt::parse(compact)?;
    let rules = rules(args)?;
    let site = site(args, &rules);
    let now = Timestamp::now();
    let objections = match form {
        Some(form) => rules.judge_form(form.as_bytes(), &site, now),
        None => rules.judge_assertion(compact, &site, now),
    };
    let mut report = Report::new(signature::check(args, compact)?);
    report.objections = objections.into_iter().map(Found::from).collect();
    report.objections.extend(of_signature(&report.signature));
    if !rules.can_judge_audience(&site) {
        let note = "aud was not compared; give the expected value with --token-url or --audience";
        report.notes.push(note.to_owned());
    }
    if let Some(audience) = args.audience.as_ref().filter(|it| !it.contains([':', '.'])) {
        report.notes.push(format!(
            "--audience is {audience:?}, which is neither a URL nor a name with a dot; servers require one of these, and `token` rejects any other"
        ));
    }
    if args.like.is_none() && args.token_url.is_some() {
        let note = "checked against RFC 7523 alone; --like NAME applies the rules of a server";
        report.notes.push(note.to_owned());
    }
    report.jwt = Some(jwt);
    report.note_scope(args.scope.as_deref());
    if let Some(form) = form {
        report.add_form(form);
    }
    report.server = Some((rules.name().to_owned(), rules.title().to_owned()));
    Ok(report)
}

fn of_signature(signature: &Signature) -> Option<Found> {
    let (kind, about, text) = match signature {
        Signature::ByNone => ("signature", "", "none of the keys made the signature"),
        Signature::By {
            is_in_set: Some(false),
            ..
        } => ("key-unknown", "kid", "no key in the JWK Set has this kid"),
        Signature::By { .. } | Signature::Unchecked => return None,
    };
    Some(Found {
        kind: json!(kind),
        about: about.to_owned(),
        text: text.to_owned(),
    })
}

/// The rules of the named server, of RFC 7523 for another token endpoint, or of Redox.
fn rules(args: &InspectArgs) -> Result<Rules, Failure> {
    let name = match (&args.like, &args.token_url) {
        (Some(name), _) => name,
        (None, None) => "redox",
        (None, Some(_)) => "rfc7523",
    };
    Rules::named(name).map_err(|error| Failure::usage(error.to_string()))
}

/// The server as the options describe it.
fn site(args: &InspectArgs, rules: &Rules) -> Site {
    let base_url = args.base_url.as_ref();
    let mut site = base_url.map_or_else(Site::new, |url| rules.site_at(url));
    if let Some(url) = &args.token_url {
        site = site.token_url(url);
    }
    if let Some(audience) = &args.audience {
        site = site.audience(audience);
    }
    site
}
