use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;

/// Gives this machine an address on a TAP device.
///
/// # Panics
/// When it may not: in a network namespace of its own, any user may.
pub fn raise(device: &str, address: &str) {
    for arguments in [
        ["address", "add", address, "dev", device].as_slice(),
        &["link", "set", device, "up"],
    ] {
        let status = Command::new("ip").args(arguments).status();
        let succeeded = status.expect("iproute2 is installed").success();
        assert!(succeeded, "ip {}", arguments.join(" "));
    }
}

/// The name server `dnsmasq`, until this is dropped.
#[derive(Debug)]
pub struct DnsServer(Child);

impl DnsServer {
    /// Answers at this address that `host` has the same address.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(address: &str, host: &str) -> Self {
        // Debugging keeps it from becoming another user, which it cannot everywhere.
        let child = Command::new("dnsmasq")
            .args(["--no-daemon", "--conf-file=/dev/null", "--pid-file="])
            .args(["--no-hosts", "--no-resolv", "--bind-interfaces"])
            .arg(format!("--listen-address={address}"))
            .arg(format!("--address=/{host}/{address}"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut server = Self(child.expect("dnsmasq is installed"));
        while TcpStream::connect((address, 53)).is_err() {
            let ended = server.0.try_wait().expect("it is our child");
            assert!(ended.is_none(), "dnsmasq does not start at {address}");
            thread::yield_now();
        }
        server
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
