//! The headers of a request to the API, and the requests that never get a token.

use redox_auth_core::{
    AnswerError, Api, AuthorizeError, Client, Next, Policy, ServedBy, Server, Stopped, UrlError,
};

use crate::support::driver::{
    Driver, FakeSigner, Kind, legacy, legacy_token, migrating, oauth, token,
};

const URL: &str = "https://api.redoxengine.com/endpoint";
const APIS: [Api; 6] = [
    Api::DataModel,
    Api::Upload,
    Api::Fhir,
    Api::Platform,
    Api::Tefca,
    Api::Other,
];

type Authorizing = Driver<Client<'static, FakeSigner>>;

fn authorize(driver: &Authorizing, api: Api, url: &str) -> Result<String, AuthorizeError> {
    let authorized = driver.session.authorize(driver.now.instant, api, url)?;
    Ok(authorized.expose_token().expose().to_owned())
}

fn with_oauth_token(client: Client<'static, FakeSigner>, expires_in: u32) -> Authorizing {
    let mut driver = Authorizing::new(client);
    driver.get_token("token", expires_in);
    driver
}

fn with_legacy_token() -> Authorizing {
    let mut driver = Authorizing::new(legacy());
    let expires_at = driver.server_time.saturating_add(86_400);
    assert!(
        driver
            .exchange(200, &legacy_token("token", expires_at, "refresh"))
            .is_token()
    );
    driver
}

#[test]
fn a_token_goes_to_redoxs_hosts_and_nowhere_else() {
    let driver = with_oauth_token(oauth(1), 300);
    for url in [
        URL,
        "https://api.redoxengine.com/fhir/R4/redox-fhir-sandbox/Development/Patient/_search",
        "https://api.redoxengine.com:443/platform/v1/environments",
        "https://API.redoxengine.com/endpoint",
        "https://blob.redoxengine.com/upload",
    ] {
        assert_eq!(
            authorize(&driver, Api::DataModel, url).as_deref(),
            Ok("token"),
            "{url}"
        );
    }
    for url in [
        "https://redoxengine.com/endpoint",
        "https://api.ca.redoxengine.com/endpoint",
        "https://api.redoxengine.com.evil.example/endpoint",
        "https://evil.example/?https://api.redoxengine.com/endpoint",
        "https://api.redoxengine.com:8443/endpoint",
        "https://api.redoxengine.com@evil.example/endpoint",
        "http://api.redoxengine.com/endpoint",
        "ftp://api.redoxengine.com/endpoint",
        "//api.redoxengine.com/endpoint",
        "/endpoint",
        "",
    ] {
        for api in APIS {
            let got = authorize(&driver, api, url);
            assert!(matches!(got, Err(AuthorizeError::Url(_))), "{url}: {got:?}");
        }
    }
}

#[test]
fn the_token_endpoint_of_another_server_gets_no_token() {
    let server = Server::new("https://fhir.example/r4", "https://login.example/token").unwrap();
    let keys = [redox_auth_core::OAuthKey::new(
        "client-1",
        "key-1",
        &FakeSigner,
    )];
    let client = Client::new(server).with_oauth_keys(keys.to_vec().leak());
    let driver = with_oauth_token(client, 300);
    assert_eq!(
        authorize(&driver, Api::Other, "https://fhir.example/r4/Patient").as_deref(),
        Ok("token")
    );
    let got = authorize(&driver, Api::Other, "https://login.example/token");
    assert_eq!(got, Err(AuthorizeError::Url(UrlError::OtherOrigin)));
}

#[test]
fn there_is_nothing_to_send_before_the_first_token_and_after_the_last_tick_of_it() {
    let mut driver = Authorizing::new(oauth(1));
    assert_eq!(
        authorize(&driver, Api::DataModel, URL),
        Err(AuthorizeError::NoToken)
    );
    driver.get_token("token", 300);
    driver.pass_millis(299_999);
    assert_eq!(
        authorize(&driver, Api::DataModel, URL).as_deref(),
        Ok("token")
    );
    driver.pass_millis(1);
    assert_eq!(
        authorize(&driver, Api::DataModel, URL),
        Err(AuthorizeError::NoToken)
    );
}

#[test]
fn a_legacy_token_serves_the_data_model_and_its_files_only() {
    let driver = with_legacy_token();
    for api in APIS {
        let got = authorize(&driver, api, URL);
        match api {
            Api::DataModel | Api::Upload => assert_eq!(got.as_deref(), Ok("token"), "{api}"),
            _ => {
                assert_eq!(got, Err(AuthorizeError::LegacyToken(api)), "{api}");
                let shown = got.unwrap_err().to_string();
                assert!(shown.contains(&api.to_string()), "{shown}");
                assert!(shown.contains("OAuth"), "{shown}");
            }
        }
    }
}

#[test]
fn an_oauth_token_serves_every_api() {
    let driver = with_oauth_token(oauth(1), 300);
    for api in APIS {
        assert_eq!(
            authorize(&driver, api, URL).as_deref(),
            Ok("token"),
            "{api}"
        );
    }
}

#[test]
fn tefca_takes_no_token_that_lives_a_day_or_longer() {
    for (expires_in, allowed) in [
        (300, true),
        (86_399, true),
        (86_400, false),
        (u32::MAX, false),
    ] {
        let driver = with_oauth_token(oauth(1), expires_in);
        let got = authorize(&driver, Api::Tefca, URL);
        let too_long = AuthorizeError::LivesTooLong {
            found_secs: expires_in,
        };
        let expected = if allowed { Ok("token") } else { Err(&too_long) };
        assert_eq!(got.as_deref(), expected, "{expires_in} s");
        assert!(
            authorize(&driver, Api::DataModel, URL).is_ok(),
            "{expires_in} s"
        );
    }
}

#[test]
fn a_policy_of_tefca_takes_no_such_token_in_the_first_place() {
    for (expires_in, allowed) in [
        (300, true),
        (86_399, true),
        (86_400, false),
        (u32::MAX, false),
    ] {
        let mut driver = Authorizing::new(oauth(1).with_policy(Policy::Tefca));
        let received = driver.exchange(200, &token("token", expires_in));
        assert_eq!(received.is_token(), allowed, "{expires_in} s");
        if !allowed {
            let error = AnswerError::LivesTooLong {
                found_secs: expires_in,
            };
            assert_eq!(received, Kind::Unusable(error), "{expires_in} s");
            let Next::Stop { reason, .. } = driver.next() else {
                panic!("{expires_in} s: {:?}", driver.next());
            };
            assert_eq!(reason, Stopped::Answer(error), "{expires_in} s");
        }
    }
}

#[test]
fn a_policy_of_tefca_does_not_fall_back_to_a_legacy_key() {
    let mut driver = Authorizing::new(migrating().with_policy(Policy::Tefca));
    driver.exchange(401, "Invalid request");
    assert!(
        matches!(driver.next(), Next::Stop { .. }),
        "{:?}",
        driver.next()
    );
}

#[test]
fn what_is_authorized_says_which_token_and_which_source_it_is() {
    let mut driver = Authorizing::new(oauth(1).with_source_id("5b1a-source"));
    let minted = driver.get_token("token", 300);
    let authorized = driver
        .session
        .authorize(driver.now.instant, Api::Fhir, URL)
        .unwrap();
    assert_eq!(authorized.generation(), minted.generation);
    assert_eq!(
        authorized.expose_token().served_by(),
        ServedBy::OAuth { key: 0 }
    );
    assert_eq!(authorized.source_id(), Some("5b1a-source"));
}

#[test]
fn a_source_id_that_would_break_out_of_its_header_is_refused() {
    for source_id in [
        "source\r\nX-Evil: 1",
        "source\n",
        "\rsource",
        "sour\u{0}ce",
        "sour ce",
        "sour\tce",
        "sourc\u{e9}",
        "\u{7f}",
        "",
    ] {
        let driver = with_oauth_token(oauth(1).with_source_id(source_id), 300);
        for api in APIS {
            let got = authorize(&driver, api, URL);
            assert_eq!(got, Err(AuthorizeError::SourceId), "{source_id:?}");
        }
    }
    // The same for the source ID of a legacy key.
    let key = redox_auth_core::LegacyKey::new("legacy\r\nX-Evil: 1", "secret");
    let driver = with_oauth_token(oauth(1).with_legacy_key(key), 300);
    assert_eq!(
        authorize(&driver, Api::Fhir, URL),
        Err(AuthorizeError::SourceId)
    );
}

#[test]
fn errors_say_what_to_do_and_hold_nothing_of_the_url() {
    let secret = "https://evil.example/?patient=secret-patient";
    let driver = with_oauth_token(oauth(1), 300);
    let error = authorize(&driver, Api::Fhir, secret).unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(
            !shown.contains("patient") && !shown.contains("evil"),
            "{shown}"
        );
    }
    for error in [
        AuthorizeError::NoToken,
        AuthorizeError::SourceId,
        AuthorizeError::LivesTooLong { found_secs: 86_400 },
        AuthorizeError::LegacyToken(Api::Fhir),
    ] {
        assert!(!error.to_string().is_empty(), "{error:?}");
    }
}
