//! `send --mllp` and `doctor --mllp` through a VPN as Redox asks for it: policy-based, `IKEv2`, DH group 14 or 21.

#![expect(
    clippy::unwrap_used,
    reason = "a test: a panic is a failure with a place"
)]

use std::fs;

use redox_auth_interop::Namespaces;
use tempfile::TempDir;

#[test]
fn with_dh_group_14_a_message_is_acknowledged_through_the_tunnel_and_not_sent_without_it() {
    through_the_tunnel("modp2048", "MODP_2048");
}

#[test]
fn with_dh_group_21_a_message_is_acknowledged_through_the_tunnel_and_not_sent_without_it() {
    through_the_tunnel("ecp521", "ECP_521");
}

fn through_the_tunnel(group: &str, negotiated: &str) {
    let (_folder, message) = message();
    let mut vpn = Namespaces::vpn(group);
    vpn.must("receiver 9960");
    let send = format!("send --mllp {PORT} --source 10.1.0.1 {message}");
    let doctor = format!("doctor --mllp {PORT} --source 10.1.0.1");
    for _ in 0..2 {
        let (code, output) = vpn.redox_auth(&send);
        assert_eq!(code, 3, "before the tunnel: {output}");
        assert!(output.contains(r#""outcome":"not_sent""#), "{output}");
        assert!(output.contains("no route from this machine"), "{output}");
        let (code, output) = vpn.redox_auth(&doctor);
        assert_eq!(code, 3, "{output}");
        assert!(output.starts_with("FAIL  route: "), "{output}");
        assert!(output.contains("no route from this machine"), "{output}");

        vpn.must("tunnel_up");
        let (code, output) = vpn.redox_auth(&send);
        assert_eq!(code, 0, "through the tunnel: {output}");
        assert!(output.contains(r#""outcome":"ok","ack":"AA""#), "{output}");
        let state = vpn.must("tunnel_state");
        assert!(
            state.contains("IKEv2") && state.contains(negotiated),
            "{state}"
        );
        for way in [" in ", " out "] {
            let line = state.lines().find(|line| line.contains(way)).unwrap();
            assert!(!line.contains(" 0 packets"), "{state}");
        }
        let (code, output) = vpn.redox_auth(&format!("{doctor} --probe {message}"));
        assert_eq!(code, 0, "{output}");
        assert!(
            output.contains("ok    acknowledgment: AA after "),
            "{output}"
        );

        vpn.must("tunnel_down");
    }
}

#[test]
fn doctor_tells_a_tunnel_that_is_down_a_missing_route_a_closed_port_and_a_silent_interface_apart() {
    let (_folder, message) = message();
    let mut vpn = Namespaces::vpn("modp2048");
    vpn.must("receiver 9960");
    vpn.must("receiver 9961 --fault mllp:silent");
    let mut doctor = |setting: &str, arguments: &str, expected: &[&str]| {
        vpn.must(setting);
        let (code, output) = vpn.redox_auth(&format!("doctor {arguments}"));
        assert_eq!(code, 3, "{output}");
        for part in expected {
            assert!(output.contains(part), "{part}: {output}");
        }
    };
    let route = "ok    route: packets to 10.153.0.1 leave from 10.1.0.1";
    doctor(
        "tunnel_up",
        &format!("--mllp 10.153.0.1:9961 --probe {message} --ack-timeout 1"),
        &[
            route,
            "FAIL  acknowledgment: the interface sent no acknowledgment",
        ],
    );
    doctor(
        "true",
        "--mllp 10.153.0.1:9962",
        &[route, "FAIL  connection: ", "refused. The route works"],
    );
    let from = format!("--mllp {PORT} --source 10.1.0.1");
    doctor(
        "tunnel_down",
        &from,
        &["FAIL  route: ", "no route from this machine"],
    );
    // Packets of this machine reach the other side, and no answer returns without the tunnel.
    doctor(
        "ip route add default via 192.0.2.2",
        &from,
        &[
            route,
            "FAIL  connection: ",
            "no answer within 10 s. This machine has a route. The VPN tunnel is down",
        ],
    );
    // A gateway that is not there.
    doctor(
        "ip route replace default via 192.0.2.9",
        &from,
        &[
            route,
            "FAIL  connection: ",
            "unreachable. This machine has a route",
        ],
    );
}

fn message() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("adt.hl7");
    fs::write(
        &file,
        "MSH|^~\\&|ADT1|MCM|REDOX|RDX|20261130101500||ADT^A01|MSG00001|P|2.5.1\rEVN|A01\r",
    )
    .unwrap();
    let path = file.to_str().unwrap().to_owned();
    (folder, path)
}

/// Of Redox's range for US East, and of its ports.
const PORT: &str = "10.153.0.1:9960";
