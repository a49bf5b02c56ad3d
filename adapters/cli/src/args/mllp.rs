use core::net::IpAddr;
use std::path::PathBuf;

use super::seconds::seconds;

/// How to send messages over MLLP.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "HL7 v2 over MLLP")]
pub(crate) struct MllpArgs {
    /// Send HL7 v2 messages over MLLP to this host and port, one at a time and in order, without a token. A file may hold
    /// one message or many
    #[arg(
        long,
        value_name = "HOST:PORT",
        value_parser = host_and_port,
        conflicts_with_all = ["upload", "ndjson", "jobs", "rate"]
    )]
    pub(crate) mllp: Option<String>,
    /// Connect from this address of this machine: a policy-based VPN selects traffic by its source address
    #[arg(long, value_name = "ADDRESS", requires = "mllp")]
    pub(crate) source: Option<IpAddr>,
    /// The longest wait for an acknowledgment: `30` and `30s` are seconds, `2m` are minutes
    #[arg(
        long,
        value_name = "TIME",
        requires = "mllp",
        default_value_t = 30,
        value_parser = seconds
    )]
    pub(crate) ack_timeout: u16,
    /// Open a new connection for each message: some servers close the connection after each acknowledgment
    #[arg(long, requires = "mllp")]
    pub(crate) reconnect: bool,
    /// Continue after a message whose outcome is `unknown`. Later messages may then arrive although this message did
    /// not
    #[arg(long, requires = "mllp")]
    pub(crate) keep_going: bool,
}

/// How to check the connection for MLLP.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "HL7 v2 over MLLP")]
pub(crate) struct DoctorMllpArgs {
    /// Check the route and a connection to this host and port for HL7 v2 over MLLP, instead of tokens. The connection
    /// closes without sending a byte
    #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port)]
    pub(crate) mllp: Option<String>,
    /// Connect from this address of this machine: a policy-based VPN selects traffic by its source address
    #[arg(long = "source", value_name = "ADDRESS", requires = "mllp")]
    source_address: Option<IpAddr>,
    /// Also send the first HL7 v2 message of this file, and wait for its acknowledgment. The receiver processes it like any
    /// other message
    #[arg(long, value_name = "FILE", requires = "mllp")]
    pub(crate) probe: Option<PathBuf>,
    /// The longest wait for an acknowledgment: `30` and `30s` are seconds, `2m` are minutes
    #[arg(
        long,
        value_name = "TIME",
        requires = "probe",
        default_value_t = 30,
        value_parser = seconds
    )]
    ack_timeout: u16,
}

impl DoctorMllpArgs {
    /// The same options, to send a message.
    pub(crate) fn to_send(&self) -> MllpArgs {
        MllpArgs {
            mllp: self.mllp.clone(),
            source: self.source_address,
            ack_timeout: self.ack_timeout,
            reconnect: false,
            keep_going: false,
        }
    }
}

/// Checks that the text has a host and a port.
fn host_and_port(text: &str) -> Result<String, String> {
    let wrong = "expected HOST:PORT, such as 10.153.0.1:9960 or [::1]:9960";
    let (host, port) = text.rsplit_once(':').ok_or(wrong)?;
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    let is_host = !host.is_empty() && (is_bracketed || !host.contains([':', '/']));
    match port.parse::<u16>() {
        Ok(1..) if is_host => Ok(text.to_owned()),
        _ => Err(wrong.to_owned()),
    }
}
