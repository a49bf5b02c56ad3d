use core::net::IpAddr;
use core::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::report::Report;
use crate::dial::dial;
use crate::failure::Failure;

/// The way to a port for MLLP: a connection that closes without a byte, which Redox calls a TCP heartbeat.
pub(super) async fn check(
    report: &mut Report,
    to: &str,
    source: Option<IpAddr>,
) -> Result<(), Failure> {
    let port = to.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    if port.is_some_and(|port: u16| !REDOX_PORTS.contains(&port)) {
        report.warn(
            "port",
            format_args!(
                "the ports of Redox for MLLP are {} to {}",
                REDOX_PORTS.start(),
                REDOX_PORTS.end()
            ),
            "nothing is wrong with another one if this server is not Redox",
        )?;
    }
    match dial(to, source).await {
        Ok(stream) => heartbeat(report, to, stream).await,
        Err(error) => report.fail("connection", &Failure::no_answer(error.to_string()), None),
    }
}

/// Looks whether the server keeps the connection.
async fn heartbeat(report: &mut Report, to: &str, mut stream: TcpStream) -> Result<(), Failure> {
    let from = stream
        .local_addr()
        .map_or_else(|_| String::new(), |it| format!(" from {}", it.ip()));
    report.ok(
        "connection",
        format_args!("to {to}{from}: somebody listens there"),
    )?;
    match timeout(MOMENT, stream.read_u8()).await {
        Err(_) => report.ok("heartbeat", "the server keeps the connection; closed without a byte"),
        Ok(Ok(_)) => report.warn(
            "heartbeat",
            "the server speaks before it is asked, which no receiver of MLLP does",
            "check the port",
        ),
        Ok(Err(_)) => report.warn(
            "heartbeat",
            "the server closes the connection at once",
            "Redox does so while an integration is incomplete; elsewhere check which addresses the server accepts",
        ),
    }
}

/// Redox's page on transit of data.
const REDOX_PORTS: core::ops::RangeInclusive<u16> = 9960..=11794;

/// How long a server may take to close a connection that it does not want.
const MOMENT: Duration = Duration::from_millis(500);
