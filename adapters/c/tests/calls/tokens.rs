use redox_auth::{
    REDOX_AUTH_MAX_RECORD_LEN, redox_auth_action, redox_auth_api, redox_auth_now,
    redox_auth_rejected, redox_auth_served_by, redox_auth_session_reconfigure,
    redox_auth_session_restore, redox_auth_session_save, redox_auth_status as Status,
};

use super::support::{Answer, Device, TOKEN, at, text};

const ENDPOINT: &core::ffi::CStr = c"https://api.redoxengine.com/endpoint";

#[test]
fn a_token_is_used_then_renewed_then_dead() {
    let device = Device::with_token();
    let fresh = device.next(at(0));
    assert_eq!(fresh.action, redox_auth_action::Use);
    assert_eq!(text(fresh.token.text), "opaque");
    assert_eq!(fresh.token.generation, 1);
    assert_eq!(fresh.token.served_by, redox_auth_served_by::Oauth);
    assert!((200_000..=240_000).contains(&fresh.until_ms));

    let due = device.next(redox_auth_now {
        instant_ms: fresh.until_ms,
        unix_secs: 0,
    });
    assert_eq!(due.action, redox_auth_action::Renew);
    assert_eq!(text(due.token.text), "opaque");

    let dead = device.next(at(300));
    assert_eq!(dead.action, redox_auth_action::Fetch);
    assert!(dead.token.text.data.is_null());
}

#[test]
fn a_request_says_where_it_goes() {
    let mut device = Device::begun();
    let request = device.request(at(0));
    // SAFETY: the library's own text.
    let method = unsafe { core::ffi::CStr::from_ptr(request.method) };
    assert_eq!(method, c"POST");
    assert!(request.is_https);
    assert_eq!(request.port, 443);
    assert_eq!(text(request.host), "api.redoxengine.com");
    assert_eq!(text(request.path), "/v2/auth/token");
    assert_eq!(text(request.path_rest), "");
    assert_eq!(
        text(request.content_type),
        "application/x-www-form-urlencoded"
    );
    assert!(text(request.body).starts_with("grant_type=client_credentials&client_assertion_type="));
}

#[test]
fn the_body_of_an_answer_with_a_token_is_wiped() {
    let mut device = Device::begun();
    let ticket = device.request(at(0)).ticket;
    let mut answer = Answer::new(200, TOKEN);
    device.receive(ticket, at(1), &mut answer);
    assert!(answer.body.iter().all(|byte| *byte == 0));
}

#[test]
fn a_token_goes_to_its_own_server_only() {
    let device = Device::with_token();
    let (status, authorized) = device.authorize(at(1), redox_auth_api::DataModel, ENDPOINT);
    assert_eq!(status, Status::Ok);
    assert_eq!(text(authorized.token.text), "opaque");
    assert!(authorized.source_id.data.is_null());
    let (status, authorized) = device.authorize(
        at(1),
        redox_auth_api::DataModel,
        c"https://evil.example/endpoint",
    );
    assert_eq!(status, Status::UrlOtherOrigin);
    assert!(authorized.token.text.data.is_null());
    let (status, _) = device.authorize(at(300), redox_auth_api::DataModel, ENDPOINT);
    assert_eq!(status, Status::NoToken);
}

#[test]
fn a_rejected_token_is_dropped_once_and_by_its_number() {
    let mut device = Device::with_token();
    assert_eq!(device.rejected(7, at(1)), redox_auth_rejected::Replaced);
    assert_eq!(device.rejected(1, at(1)), redox_auth_rejected::Dropped);
    assert_eq!(device.next(at(1)).action, redox_auth_action::Fetch);
    device.fetch(at(2));
    assert_eq!(device.next(at(2)).token.generation, 2);
    assert_eq!(device.rejected(1, at(3)), redox_auth_rejected::Replaced);
    assert_eq!(device.rejected(2, at(3)), redox_auth_rejected::Kept);
    assert_eq!(device.next(at(3)).action, redox_auth_action::Use);
}

#[test]
fn a_saved_token_survives_a_reboot_and_can_be_rejected_then() {
    let before = Device::with_token();
    let mut record = [0; REDOX_AUTH_MAX_RECORD_LEN];
    let mut len = 0;
    // SAFETY: all of them are there.
    let status = unsafe {
        redox_auth_session_save(
            &raw const before.session,
            at(10),
            record.as_mut_ptr(),
            record.len(),
            &raw mut len,
        )
    };
    assert_eq!(status, Status::Ok);

    let mut after = Device::begun();
    // The clock of the device began anew; the one on the wall went on.
    let now = redox_auth_now {
        instant_ms: 0,
        unix_secs: at(20).unix_secs,
    };
    // SAFETY: both are there.
    let status =
        unsafe { redox_auth_session_restore(&raw mut after.session, now, record.as_ptr(), len) };
    assert_eq!(status, Status::Ok);
    let next = after.next(now);
    assert_eq!(text(next.token.text), "opaque");
    assert_eq!(
        after.rejected(next.token.generation, now),
        redox_auth_rejected::Dropped
    );
}

#[test]
fn a_session_with_other_settings_keeps_its_token() {
    let mut device = Device::with_token();
    device.config.source_id = c"source-1".as_ptr();
    // SAFETY: both are there.
    let status = unsafe {
        redox_auth_session_reconfigure(&raw mut device.session, &raw const device.config)
    };
    assert_eq!(status, Status::Ok);
    let (_, authorized) = device.authorize(at(1), redox_auth_api::DataModel, ENDPOINT);
    assert_eq!(text(authorized.token.text), "opaque");
    assert_eq!(text(authorized.source_id), "source-1");
}
