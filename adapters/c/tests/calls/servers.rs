use redox_auth::{redox_auth_jwt_type, redox_auth_server, redox_auth_status as Status};
use serde_json::Value;

use super::signing::claims_and_header;
use super::support::{Device, at, text};

#[test]
fn the_servers_of_redox_are_known() {
    for (server, host) in [
        (redox_auth_server::RedoxUs, "api.redoxengine.com"),
        (redox_auth_server::RedoxCa, "api.ca.redoxengine.com"),
    ] {
        let mut device = Device::new();
        device.config.server = server as i32;
        assert_eq!(device.init(), Status::Ok);
        assert_eq!(text(device.request(at(0)).host), host);
    }
}

#[test]
fn any_other_server_is_named_with_what_it_wants_to_hear() {
    let mut device = Device::new();
    device.config.server = redox_auth_server::Custom as i32;
    device.config.base_url = c"https://fhir.example/r4/".as_ptr();
    device.config.token_url = c"http://[::1]:8080/token?tenant=1".as_ptr();
    device.config.audience = c"https://issuer.example".as_ptr();
    device.config.jwt_type = redox_auth_jwt_type::ClientAuthentication as i32;
    device.config.scope = c"system/Patient.rs".as_ptr();
    assert_eq!(device.init(), Status::Ok);
    let request = device.request(at(0));
    assert!(!request.is_https);
    assert_eq!(request.port, 8080);
    assert_eq!(text(request.host), "[::1]");
    assert_eq!(text(request.path), "/token?tenant=1");
    assert!(text(request.body).contains("&scope=system%2FPatient.rs"));
    let (header, claims) = claims_and_header(&text(request.body));
    assert_eq!(header["typ"], Value::from("client-authentication+jwt"));
    assert_eq!(claims["aud"], Value::from("https://issuer.example"));
}
