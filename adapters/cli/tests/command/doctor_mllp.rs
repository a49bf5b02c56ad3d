use std::net::TcpListener;
use std::thread;

use crate::doctor::{checks, expect};
use crate::send_mllp::{Server, Then};
use crate::support::Folder;

#[test]
fn a_port_that_keeps_the_connection_is_fine() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let folder = Folder::new();
    let call = folder.call(&["doctor", "--mllp", &address, "--source", "127.0.0.1"]);
    let (code, lines) = checks(call);
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(
        &lines,
        "route",
        &[("ok", "packets to 127.0.0.1 leave from 127.0.0.1")],
    );
    expect(
        &lines,
        "connection",
        &[("ok", "from 127.0.0.1: a program listens at this port")],
    );
    expect(
        &lines,
        "heartbeat",
        &[("ok", "the server keeps the connection")],
    );
}

#[test]
fn a_port_that_closes_at_once_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || listener.incoming().for_each(drop));
    let (code, lines) = checks(Folder::new().call(&["doctor", "--mllp", &address]));
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(
        &lines,
        "heartbeat",
        &[("warn", "Redox does so while an integration is incomplete")],
    );
}

#[test]
fn an_interface_that_acknowledges_one_that_refuses_and_a_silent_one_are_told_apart() {
    let folder = Folder::new();
    let message = "MSH|^~\\&|A|B|C|D|20261130||ADT^A01|PROBE1|P|2.3\rEVN|A01\r";
    folder.write("probe.hl7", message);
    folder.write("adt.json", "{}");
    for (script, file, code, verdict, part) in [
        (Then::Say("AA", ""), "probe.hl7", 0, "ok", "AA after "),
        (
            Then::Say("AE", "no such patient"),
            "probe.hl7",
            1,
            "FAIL",
            "refused this message: no such patient",
        ),
        (
            Then::HangUp,
            "probe.hl7",
            3,
            "FAIL",
            "the interface sent no acknowledgment: no acknowledgment of this message: the receiver closed the connection",
        ),
        (
            Then::Silence,
            "probe.hl7",
            3,
            "FAIL",
            "the interface sent no acknowledgment: no acknowledgment of this message: nothing within 1000 ms",
        ),
        (
            Then::Silence,
            "adt.json",
            2,
            "FAIL",
            "a message must begin with MSH: this is JSON",
        ),
        (Then::Silence, "none.hl7", 2, "FAIL", "cannot read it"),
    ] {
        let server = Server::start(Box::leak(Box::new([script])));
        let call = folder.call(&["doctor", "--mllp", server.address(), "--probe", file]);
        let (found, lines) = checks(call.args(&["--ack-timeout", "1"]));
        expect(&lines, "heartbeat", &[("ok", "keeps the connection")]);
        expect(&lines, "acknowledgment", &[(verdict, part)]);
        assert_eq!(found, Some(code), "{lines:#?}");
    }
    let without = folder.run(&["doctor", "--probe", "probe.hl7"]);
    assert_eq!(without.code, Some(2), "{without:#?}");
}

#[test]
fn a_closed_port_an_address_of_others_and_a_wrong_name_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    for (args, check, part) in [
        (
            &["--mllp", &closed][..],
            "connection",
            "refused. The route works",
        ),
        (
            &["--mllp", &closed, "--source", "192.0.2.1"],
            "route",
            "this machine does not have that address",
        ),
        (
            &["--mllp", "[::1]:9960", "--source", "127.0.0.1"],
            "route",
            "--source is an IPv4 address, and the host has none; give an IPv6 address",
        ),
        (
            &["--mllp", "127.0.0.1:9960", "--source", "::1"],
            "route",
            "--source is an IPv6 address, and the host has none; give an IPv4 address",
        ),
        (
            &["--mllp", "no-such-host.invalid:9960"],
            "route",
            "the name was not found",
        ),
    ] {
        let (code, lines) = checks(Folder::new().call(&["doctor"]).args(args));
        assert_eq!(code, Some(3), "{lines:#?}");
        expect(&lines, check, &[("FAIL", part)]);
    }
}
