use redox_auth::{
    redox_auth_action, redox_auth_api, redox_auth_outcome, redox_auth_preference,
    redox_auth_rotation, redox_auth_served_by, redox_auth_session_prefer,
    redox_auth_session_rotation, redox_auth_status as Status,
};

use super::support::{Answer, DATE, Device, at, text};

const LEGACY_TOKEN: &str = r#"{"accessToken":"legacy","expires":"2027-01-16T08:00:00.000Z",
    "refreshToken":"refresh"}"#;

/// A device with a legacy API key only, and its token.
fn with_legacy_token() -> Box<Device> {
    let mut device = Device::new();
    device.with_legacy_key().config.oauth_key_count = 0;
    assert_eq!(device.init(), Status::Ok);
    let ticket = device.request(at(0)).ticket;
    let received = device.receive(
        ticket,
        at(0),
        &mut Answer::new(200, LEGACY_TOKEN).date(DATE),
    );
    assert_eq!(received.outcome, redox_auth_outcome::Token);
    assert_eq!(received.served_by, redox_auth_served_by::Legacy);
    device
}

#[test]
fn a_legacy_key_is_sent_to_where_it_belongs() {
    let mut device = Device::new();
    device.with_legacy_key().config.oauth_key_count = 0;
    assert_eq!(device.init(), Status::Ok);
    let request = device.request(at(0));
    assert_eq!(text(request.host), "api.redoxengine.com");
    // One slash between the two, and not the one of a URL without a path, too.
    assert_eq!(text(request.path), "");
    assert_eq!(text(request.path_rest), "/auth/authenticate");
    assert_eq!(text(request.content_type), "application/json");
    assert_eq!(
        text(request.body),
        r#"{"apiKey":"legacy-id","secret":"legacy-secret"}"#
    );
}

#[test]
fn a_legacy_token_is_good_for_the_data_model_api_only() {
    let device = with_legacy_token();
    let (status, authorized) = device.authorize(
        at(1),
        redox_auth_api::DataModel,
        c"https://api.redoxengine.com/endpoint",
    );
    assert_eq!(status, Status::Ok);
    assert_eq!(text(authorized.token.text), "legacy");
    assert_eq!(authorized.token.served_by, redox_auth_served_by::Legacy);
    let (status, _) = device.authorize(
        at(1),
        redox_auth_api::Fhir,
        c"https://api.redoxengine.com/fhir/R4/x",
    );
    assert_eq!(status, Status::LegacyToken);
}

#[test]
fn a_legacy_token_is_renewed_with_its_refresh_token() {
    let mut device = with_legacy_token();
    let due = device.next(at(24 * 3_600 - 10));
    assert_eq!(due.action, redox_auth_action::Renew);
    let request = device.request(at(24 * 3_600 - 10));
    assert_eq!(text(request.path_rest), "/auth/refreshToken");
    assert!(text(request.body).contains(r#""refreshToken":"refresh""#));
}

#[test]
fn the_secret_of_a_legacy_key_may_go_once_the_other_key_has_proven_itself() {
    let mut device = Device::new();
    device.with_legacy_key();
    assert_eq!(device.init(), Status::Ok);
    assert_eq!(rotation(&device), redox_auth_rotation::NotServedByOauth);
    device.fetch(at(0));
    assert_eq!(rotation(&device), redox_auth_rotation::TooFewTokens);
    device.fetch(at(250));
    device.fetch(at(500));
    assert_eq!(rotation_at(&device, 500), redox_auth_rotation::Ready);

    prefer(&mut device, redox_auth_preference::LegacyOnly);
    assert_eq!(
        rotation_at(&device, 500),
        redox_auth_rotation::LegacyPreferred
    );
    // The token of the other key is no reason to wait.
    assert_eq!(device.next(at(500)).action, redox_auth_action::Renew);
    assert_eq!(
        text(device.request(at(500)).path_rest),
        "/auth/authenticate"
    );
    assert_eq!(
        rotation(&with_legacy_token()),
        redox_auth_rotation::NoOauthKey
    );
}

fn prefer(device: &mut Device, preference: redox_auth_preference) {
    // SAFETY: it is there.
    let status = unsafe { redox_auth_session_prefer(&raw mut device.session, preference as i32) };
    assert_eq!(status, Status::Ok);
}

fn rotation(device: &Device) -> redox_auth_rotation {
    rotation_at(device, 0)
}

fn rotation_at(device: &Device, secs: u64) -> redox_auth_rotation {
    let mut rotation = redox_auth_rotation::default();
    // SAFETY: both are there.
    let status = unsafe {
        redox_auth_session_rotation(
            &raw const device.session,
            at(secs).instant_ms,
            &raw mut rotation,
        )
    };
    assert_eq!(status, Status::Ok);
    rotation
}
