use std::process::{Child, Command, Stdio};

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
        let child = Command::new("dnsmasq")
            .args([
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--pid-file=",
            ])
            .args(["--no-hosts", "--no-resolv", "--bind-interfaces", "--user="])
            .arg(format!("--listen-address={address}"))
            .arg(format!("--address=/{host}/{address}"))
            .stdin(Stdio::null())
            .spawn();
        Self(child.expect("dnsmasq is installed"))
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
