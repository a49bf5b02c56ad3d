use std::net::TcpListener;
use std::thread;

use crate::doctor::{checks, expect};
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
        "connection",
        &[("ok", "from 127.0.0.1: somebody listens there")],
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
fn a_closed_port_an_address_of_others_and_a_wrong_name_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    for (args, part) in [
        (&["--mllp", &closed][..], "refused. The way to it works"),
        (
            &["--mllp", &closed, "--source", "192.0.2.1"],
            "this machine does not have that address",
        ),
        (
            &["--mllp", "[::1]:9960", "--source", "127.0.0.1"],
            "the host has no IPv4 address, and --source is one; give an IPv6 address",
        ),
        (
            &["--mllp", "127.0.0.1:9960", "--source", "::1"],
            "the host has no IPv6 address",
        ),
        (
            &["--mllp", "no-such-host.invalid:9960"],
            "the name was not found",
        ),
    ] {
        let (code, lines) = checks(Folder::new().call(&["doctor"]).args(args));
        assert_eq!(code, Some(3), "{lines:#?}");
        expect(&lines, "connection", &[("FAIL", part)]);
    }
}
