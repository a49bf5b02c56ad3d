//! `serve` as a service of systemd: what it reports, and the sockets that it takes. The tests stand for systemd, by its
//! protocol: a datagram socket for the one, a file descriptor for the other.

use core::time::Duration;
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

use crate::running::Running;
use crate::serve::{Reply, ask};
use crate::support::{Call, Redox};

/// The messages to a service manager.
struct Manager(UnixDatagram);

impl Manager {
    fn at(redox: &Redox) -> Self {
        let socket = UnixDatagram::bind(redox.folder.path("notify")).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Self(socket)
    }

    fn next(&self) -> String {
        let mut message = [0; 4096];
        let len = self.0.recv(&mut message).unwrap();
        String::from_utf8(message[..len].to_vec()).unwrap()
    }

    /// Reads until there is a message with this line.
    fn until(&self, line: &str) -> String {
        loop {
            let message = self.next();
            if message.lines().any(|it| it.starts_with(line)) {
                return message;
            }
        }
    }
}

#[test]
fn each_change_of_its_state_is_reported() {
    let redox = Redox::start();
    let manager = Manager::at(&redox);
    let call = redox.call(&["serve", "--socket", "s"]);
    let notify = redox.folder.path("notify");
    let call = call.env("NOTIFY_SOCKET", notify.to_str().unwrap());
    let running = Running::start(call.env("WATCHDOG_USEC", "100000"));
    assert_eq!(manager.next(), "READY=1\n");
    // After this message a client can connect.
    UnixStream::connect(redox.folder.path("s")).unwrap();
    assert_eq!(manager.until("STATUS="), "STATUS=The token is available\n");
    for _ in 0..3 {
        manager.until("WATCHDOG=1");
    }
    running.signal("-HUP");
    let reloading = manager.until("RELOADING=1");
    let time = reloading
        .lines()
        .find_map(|it| it.strip_prefix("MONOTONIC_USEC="));
    assert!(time.unwrap().parse::<u64>().is_ok(), "{reloading}");
    manager.until("READY=1");
    running.signal("-TERM");
    manager.until("STOPPING=1");
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn why_there_is_no_token_is_reported_and_kept_from_nobody() {
    let redox = Redox::start();
    let manager = Manager::at(&redox);
    redox.folder.make_key("unknown.pem", "ES384");
    let call = redox.folder.call(&["serve", "--socket", "s"]);
    let call = call.args(&["--base-url", redox.server.base_url(), "--client-id"]);
    let call = call.args(&[&redox.client_id, "--key", "unknown.pem"]);
    let notify = redox.folder.path("notify");
    let running = Running::start(call.env("NOTIFY_SOCKET", notify.to_str().unwrap()));
    assert_eq!(manager.next(), "READY=1\n");
    let status = manager.until("STATUS=");
    assert!(status.starts_with("STATUS=No token: "), "{status}");
    assert!(status.contains("Public key not found"), "{status}");
    assert_eq!(status.lines().count(), 1, "{status}");
    // Without WATCHDOG_USEC nobody waits for more.
    running.signal("-TERM");
    assert_eq!(manager.next(), "STOPPING=1\n");
}

#[test]
fn a_service_manager_that_went_away_ends_nothing() {
    let redox = Redox::start();
    let call = redox.call(&["serve", "--socket", "s"]);
    let running = Running::start(call.env("NOTIFY_SOCKET", "/no/such/socket"));
    assert_eq!(running.line(), "s");
    assert!(
        running
            .said()
            .contains("cannot report to the service manager (NOTIFY_SOCKET)")
    );
    assert_eq!(get(&redox, "s").status, 200);
}

/// The command as systemd starts it, with the test's standard input as its socket.
fn passed(redox: &Redox, options: &str) -> Call {
    passed_of(redox, options, 1)
}

/// The same of so many.
fn passed_of(redox: &Redox, options: &str, number: u32) -> Call {
    let run = format!(
        "LISTEN_PID=$$ LISTEN_FDS={number} exec \"$0\" serve --base-url {} --client-id {} --key key.pem {options} 3<&0",
        redox.server.base_url(),
        redox.client_id,
    );
    redox
        .folder
        .call_by("/bin/sh", &["-c", &run, env!("CARGO_BIN_EXE_redox-auth")])
}

fn get(redox: &Redox, socket: &str) -> Reply {
    let stream = UnixStream::connect(redox.folder.path(socket)).unwrap();
    ask(stream, "GET /token", "any", &[])
}

fn unix_listener(redox: &Redox, name: &str, mode: u32) -> OwnedFd {
    let path = redox.folder.path(name);
    let listener = UnixListener::bind(&path).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    listener.into()
}

#[test]
fn a_socket_of_a_socket_unit_is_served_and_stays() {
    let redox = Redox::start();
    let socket = unix_listener(&redox, "s", 0o660);
    let running = Running::start_at(passed(&redox, ""), socket);
    assert!(running.line().ends_with("/s"));
    assert_eq!(get(&redox, "s").status, 200);
    assert_eq!(running.end_by("-TERM").0, Some(0));
    // It is the service manager's, which may start the service again.
    assert!(redox.folder.names().contains(&"s".to_owned()));
}

#[test]
fn a_port_of_a_socket_unit_needs_the_secret() {
    let redox = Redox::start();
    let listener = || TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = listener();
    let address = socket.local_addr().unwrap().to_string();
    let call = passed(&redox, "--secret-file secret");
    let running = Running::start_at(call, OwnedFd::from(socket));
    assert_eq!(running.line(), format!("http://{address}"));
    let secret = format!("Authorization: Bearer {}", redox.folder.read("secret"));
    let ask = |headers: &[&str]| {
        let stream = std::net::TcpStream::connect(&address).unwrap();
        ask(stream, "GET /token", &address, headers).status
    };
    assert_eq!((ask(&[]), ask(&[&secret])), (401, 200));

    let refused = refused(passed(&redox, ""), OwnedFd::from(listener()));
    assert!(refused.contains("expected --secret-file"), "{refused}");
}

#[test]
fn a_socket_that_every_user_can_open_needs_the_secret_as_well() {
    let redox = Redox::start();
    // The mode of a socket unit that sets none.
    let refused = refused(passed(&redox, ""), unix_listener(&redox, "s", 0o666));
    assert!(refused.contains("set `SocketMode=0660`"), "{refused}");
    fs::remove_file(redox.folder.path("s")).unwrap();

    let socket = unix_listener(&redox, "s", 0o666);
    let running = Running::start_at(passed(&redox, "--secret-file secret"), socket);
    running.line();
    assert_eq!(get(&redox, "s").status, 401);
    let secret = format!("Authorization: Bearer {}", redox.folder.read("secret"));
    let stream = UnixStream::connect(redox.folder.path("s")).unwrap();
    assert_eq!(ask(stream, "GET /token", "any", &[&secret]).status, 200);
}

#[test]
fn what_is_no_listening_socket_is_refused_with_the_setting_to_change() {
    let redox = Redox::start();
    let (connection, _other) = UnixStream::pair().unwrap();
    let datagrams = UnixDatagram::unbound().unwrap();
    let file = fs::File::open(redox.folder.path("key.pem")).unwrap();
    let everywhere = TcpListener::bind("0.0.0.0:0").unwrap();
    for (socket, options, expected) in [
        (OwnedFd::from(connection), "", "set `Accept=no`"),
        (datagrams.into(), "", "expected a stream socket"),
        (file.into(), "", "expected a stream socket"),
        (
            everywhere.into(),
            "--secret-file secret",
            "of the loopback interface",
        ),
        (
            unix_listener(&redox, "s", 0o600),
            "--socket other",
            "leave out --socket",
        ),
    ] {
        let refused = refused(passed(&redox, options), socket);
        assert!(refused.contains(expected), "{expected}: {refused}");
    }
    let two = passed_of(&redox, "", 2);
    let refused = refused(two, unix_listener(&redox, "t", 0o600));
    assert!(
        refused.contains("expected one socket, found 2"),
        "{refused}"
    );
}

fn refused(call: Call, socket: OwnedFd) -> String {
    let (code, said) = Running::start_at(call, socket).end();
    let said = said.join("\n");
    assert_eq!(code, Some(2), "{said}");
    said
}
