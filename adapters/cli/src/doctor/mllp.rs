use core::time::Duration;
use std::path::Path;
use std::time::Instant;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::report::Report;
use crate::args::MllpArgs;
use crate::dial::{dial, route};
use crate::failure::Failure;
use crate::send::{ProbeError, send_one};

/// Checks the route to a port for MLLP, a connection without data, which Redox calls a TCP heartbeat, and a message if
/// one is given.
pub(super) async fn check(
    report: &mut Report,
    args: &MllpArgs,
    probe: Option<&Path>,
) -> Result<(), Failure> {
    let to = args.mllp.as_deref().unwrap_or_default();
    let port = to.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    if port.is_some_and(|port: u16| !REDOX_PORTS.contains(&port)) {
        report.warn(
            "port",
            format_args!(
                "the ports of Redox for MLLP are {} to {}",
                REDOX_PORTS.start(),
                REDOX_PORTS.end()
            ),
            "a server other than Redox may use any port",
        )?;
    }
    match route(to, args.source).await {
        Ok((address, from)) => report.ok(
            "route",
            format_args!("packets to {} leave from {from}", address.ip()),
        )?,
        Err(error) => {
            return report.fail("route", &Failure::no_answer(error.to_string()), None);
        }
    }
    match dial(to, args.source).await {
        Ok(stream) => heartbeat(report, to, stream, probe).await?,
        Err(error) => {
            let failure = Failure::no_answer(error.to_string());
            return report.fail("connection", &failure, None);
        }
    }
    match probe {
        Some(file) => acknowledgment(report, args, file).await,
        None => Ok(()),
    }
}

/// Sends a message: only a message shows whether an interface is behind the port.
async fn acknowledgment(report: &mut Report, args: &MllpArgs, file: &Path) -> Result<(), Failure> {
    let check = "acknowledgment";
    let start = Instant::now();
    let outcome = send_one(args, file).await;
    let elapsed = start.elapsed().as_millis();
    match outcome {
        Ok(code) => report.ok(check, format_args!("{code} after {elapsed} ms")),
        Err(ProbeError::Refused(words)) => report.fail(
            check,
            &Failure::refused(format!("the interface works, and refused this message: {words}")),
            Some("correct the message"),
        ),
        Err(ProbeError::Unknown(words)) => report.fail(
            check,
            &Failure::no_answer(format!("the interface sent no acknowledgment: {words}")),
            Some("the connection to the port works; ask the operator whether the interface runs, and whether the message arrived"),
        ),
        Err(ProbeError::NotSent(failure)) => report.fail(check, &failure, None),
    }
}

/// Checks whether the server keeps the connection open.
async fn heartbeat(
    report: &mut Report,
    to: &str,
    mut stream: TcpStream,
    probe: Option<&Path>,
) -> Result<(), Failure> {
    let from = stream
        .local_addr()
        .map_or_else(|_| String::new(), |it| format!(" from {}", it.ip()));
    report.ok(
        "connection",
        format_args!("to {to}{from}: a program listens at this port"),
    )?;
    match timeout(MOMENT, stream.read_u8()).await {
        Err(_) => report.ok(
            "heartbeat",
            match probe {
                Some(_) => "the server keeps the connection open; this command closed it without a byte",
                None => {
                    "the server keeps the connection open; this command closed it without a byte. --probe FILE shows whether an \
                 interface acknowledges messages"
                }
            },
        ),
        Ok(Ok(_)) => report.warn(
            "heartbeat",
            "the server sent data first, which no receiver of MLLP does",
            "check the port",
        ),
        Ok(Err(_)) => report.warn(
            "heartbeat",
            "the server closes the connection at once",
            "Redox does so while an integration is incomplete; for other servers, check which addresses the server accepts",
        ),
    }
}

/// Redox's page on transit of data.
const REDOX_PORTS: core::ops::RangeInclusive<u16> = 9960..=11794;

/// How long to wait for a server that closes unwanted connections.
const MOMENT: Duration = Duration::from_millis(500);
