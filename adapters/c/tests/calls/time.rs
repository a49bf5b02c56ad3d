use redox_auth::{
    redox_auth_action, redox_auth_channel, redox_auth_now, redox_auth_outcome, redox_auth_stop,
};

use super::support::{Answer, DATE, Device, at, text};

const NO_CLOCK: redox_auth_now = redox_auth_now {
    instant_ms: 5_000,
    unix_secs: 0,
};

#[test]
fn a_device_without_a_clock_learns_the_time_first() {
    let mut device = Device::begun();
    assert_eq!(device.unix_time(NO_CLOCK), 0);
    let request = device.request(NO_CLOCK);
    // SAFETY: the library's own text.
    let method = unsafe { core::ffi::CStr::from_ptr(request.method) };
    assert_eq!(method, c"GET");
    assert_eq!(text(request.body), "");
    assert!(request.content_type.data.is_null());

    let received = device.receive(
        request.ticket,
        NO_CLOCK,
        &mut Answer::new(405, "").date(DATE),
    );
    assert_eq!(received.outcome, redox_auth_outcome::Time);
    assert_eq!(device.unix_time(NO_CLOCK), at(0).unix_secs);
    assert!(!text(device.request(NO_CLOCK).body).is_empty());
}

#[test]
fn a_stranger_tells_no_time() {
    let mut device = Device::begun();
    let ticket = device.request(NO_CLOCK).ticket;
    let mut answer = Answer::new(405, "").date(DATE);
    answer.channel = redox_auth_channel::Unauthenticated;
    let received = device.receive(ticket, NO_CLOCK, &mut answer);
    assert_eq!(received.outcome, redox_auth_outcome::NoTime);
    let next = device.next(NO_CLOCK);
    assert_eq!(next.action, redox_auth_action::Stop);
    assert_eq!(next.stop, redox_auth_stop::ClockUnknown);
}

#[test]
fn a_cache_that_marks_every_answer_hides_no_time() {
    for (age, cache_control, expected) in [
        ("0", None, redox_auth_outcome::Time),
        ("121", None, redox_auth_outcome::NoTime),
        ("121", Some("private, no-store"), redox_auth_outcome::Time),
    ] {
        let mut device = Device::begun();
        let ticket = device.request(NO_CLOCK).ticket;
        let mut answer = Answer::new(405, "").date(DATE);
        answer.age = Some(age);
        answer.cache_control = cache_control;
        let received = device.receive(ticket, NO_CLOCK, &mut answer);
        assert_eq!(received.outcome, expected, "{age} {cache_control:?}");
    }
}

#[test]
fn a_firmware_knows_the_date_of_its_own_build() {
    let mut device = Device::new();
    device.config.earliest_time = at(100).unix_secs;
    device.init();
    assert_eq!(device.unix_time(at(99)), 0);
    assert_eq!(device.unix_time(at(100)), at(100).unix_secs);
}
