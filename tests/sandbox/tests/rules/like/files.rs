//! The files of servers: each can be read, and a mistake in one is found.

use redox_auth_sandbox::{Rules, RulesError};

#[test]
fn every_server_has_rules_and_the_issue_names_34_of_them() {
    for name in Rules::names() {
        let rules = Rules::named(name).unwrap();
        assert_eq!(rules.name(), name);
        assert!(
            !rules.title().is_empty() && rules.token_path().starts_with('/'),
            "{name}"
        );
    }
    // Besides those there are Redox, Duende's server and the two standards.
    assert_eq!(Rules::names().count(), 28 + 6 + 4);
}

#[test]
fn a_name_that_is_none_is_said() {
    let error = Rules::named("epik").unwrap_err();
    assert_eq!(error, RulesError::Unknown("epik".to_owned()));
}

#[test]
fn a_file_of_ones_own_extends_one_of_these() {
    let rules = Rules::parse("mine", "extends = \"okta\"\ntitle = \"Mine\"").unwrap();
    assert_eq!((rules.name(), rules.title()), ("mine", "Mine"));
    assert_eq!(rules.token_path(), "/oauth2/default/v1/token");
}

#[test]
fn a_mistake_in_a_file_is_found() {
    for (change, found) in [
        (
            "[header]\nalgorithm = [\"RS384\"]",
            "unknown field `algorithm`",
        ),
        ("[times]\nexp_ahead = \"300\"", "invalid type: string"),
        (
            "[refusals]\nexp-far = { status = 400 }",
            "unknown variant `exp-far`",
        ),
        (
            "[refusals]\naud = { status = 200 }",
            "mine: refusals.aud.status: expected the status of a refusal, found 200",
        ),
        (
            "[refusals]\n\"claim-missing:exp\" = { status = 99 }",
            "mine: refusals.claim-missing:exp.status: expected the status of a refusal, found 99",
        ),
        (
            "[refusals]\naud = { headers = { \"a b\" = \"c\" } }",
            "mine: refusals.aud.headers: \"a b\" is no header",
        ),
        (
            "[refusal]\nheaders = { warning = \"a\\nb\" }",
            "mine: refusal.headers: expected visible characters in warning, found \"a\\nb\"",
        ),
        (
            "[refusal]\nwords = \"{wrds}\"",
            "mine: refusal.words: the placeholder {wrds} is unknown here; known: {about}, {client}",
        ),
        (
            "[refusals]\naud = { body = '{\"token\":\"{token}\"}' }",
            "mine: refusals.aud.body: the placeholder {token} is unknown here",
        ),
        (
            "[success]\nbody = '{\"error\":\"{words}\"}'",
            "mine: success.body: the placeholder {words} is unknown here",
        ),
        (
            "[server]\nissuer = \"{issuer}\"",
            "mine: server.issuer: the placeholder {issuer} is unknown here",
        ),
        (
            "[client.fields]\ncode = \"{uuid}\"",
            "mine: client.fields.code: the placeholder {uuid} is unknown here; this text has no placeholders",
        ),
        ("[refusal]\nbody = \"{\"", "expected JSON, found EOF"),
        (
            "[refusal]\nbody = '\"{words}\"'",
            "expected a JSON object, found \"{words}\"",
        ),
        (
            "[client.claims]\nscope = \"a b\"",
            "in `client.claims.scope`",
        ),
        (
            "[header]\nkey_named_by = [\"x5u\"]",
            "unknown variant `x5u`",
        ),
        (
            "[claims]\nneeds = [{ at = \"/a\", eq = \"b\" }]",
            "unknown field `eq`",
        ),
        ("[server]\ndpop = \"maybe\"", "unknown variant `maybe`"),
        ("what = 1", "unknown field `what`"),
    ] {
        let file = format!("extends = \"rfc7523\"\n{change}");
        let error = Rules::parse("mine", &file).unwrap_err().to_string();
        assert!(error.starts_with("rules of the server mine: "), "{error}");
        assert!(error.contains(found), "{change}: {error}");
    }
    let error = Rules::parse("mine", "title = \"Mine\"")
        .unwrap_err()
        .to_string();
    assert!(error.contains("missing field `server`"), "{error}");
}
