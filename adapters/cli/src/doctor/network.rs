use core::net::SocketAddr;
use std::env;
use std::time::SystemTime;

use redox_auth_core::Url;
use redox_auth_reqwest::Error;
use reqwest::header::{AGE, DATE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tokio::net::{TcpStream, lookup_host};

use super::patience::{PATIENCE, within};
use super::report::Report;
use super::tls;
use crate::failure::Failure;

/// The way to the token endpoint, and the time there.
pub(super) async fn check(report: &mut Report, token_url: &str) -> Result<(), Failure> {
    let url = parse(token_url)?;
    match proxy().filter(|_| !url.is_loopback()) {
        Some(variable) => report.warn(
            "connection",
            format_args!("not looked at, for {variable} names a proxy on the way"),
            "what fails below may be the proxy",
        )?,
        None => direct(report, url).await?,
    }
    clock(report, token_url).await
}

/// Name, port and TLS.
async fn direct(report: &mut Report, url: Url<'_>) -> Result<(), Failure> {
    // The brackets of an IPv6 address are the URL's.
    let host = url.host().trim_matches(['[', ']']);
    let port = url.port();
    let addresses: Vec<SocketAddr> = match within(lookup_host((host, port))).await {
        Ok(addresses) => addresses.collect(),
        Err(problem) => {
            let failure = Failure::no_answer(format!("{host} has no address: {problem}"));
            return report.fail(
                "DNS",
                &failure,
                Some("check the name and this machine's DNS"),
            );
        }
    };
    let shown: Vec<String> = addresses.iter().map(|it| it.ip().to_string()).collect();
    report.ok("DNS", format_args!("{host} is {}", shown.join(", ")))?;

    let stream = match within(TcpStream::connect(addresses.as_slice())).await {
        Ok(stream) => stream,
        Err(problem) => {
            let failure = Failure::no_answer(format!("port {port} of {host}: {problem}"));
            return report.fail("connection", &failure, Some("check firewall and proxy"));
        }
    };
    if !url.is_https() {
        return report.ok(
            "connection",
            format_args!("port {port}, without TLS as is right for loopback"),
        );
    }
    tls::check(report, host, port, stream).await
}

/// This machine's time beside the server's.
async fn clock(report: &mut Report, token_url: &str) -> Result<(), Failure> {
    let answer = match get(token_url).await {
        Ok(answer) => answer,
        Err(failure) => {
            return report.fail(
                "clock",
                &failure,
                Some("without an answer there is no time"),
            );
        }
    };
    let date = answer
        .headers()
        .get(DATE)
        .and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let Some(date) = date.filter(|_| !answer.headers().contains_key(AGE)) else {
        return report.warn(
            "clock",
            "not compared, for the server's answer shows no time of its own",
            "compare it with another clock",
        );
    };
    let now = SystemTime::now();
    // `Date` is cut to whole seconds.
    let (offset, direction) = match now.duration_since(date) {
        Ok(ahead) => (ahead.as_secs(), "ahead of"),
        Err(behind) => (behind.duration().as_secs(), "behind"),
    };
    if offset <= TOLERANCE_SECS {
        return report.ok("clock", format_args!("{offset} s {direction} the server's"));
    }
    report.warn(
        "clock",
        format_args!("{offset} s {direction} the server's"),
        "tokens are got by the server's time; set this machine's, best by NTP",
    )
}

/// One request, without a secret.
pub(super) async fn get(url: &str) -> Result<Response, Failure> {
    let parsed = parse(url)?;
    let mut client = Client::builder().redirect(Policy::none()).timeout(PATIENCE);
    if parsed.is_loopback() {
        client = client.no_proxy();
    }
    if !parsed.is_https() {
        // Over plain http the system's certificates need not be there.
        client = client.tls_certs_only([]);
    }
    let client = client.build().map_err(|error| wrong(url, &error))?;
    let answer = client.get(url).send().await;
    answer.map_err(|error| Error::Transport(error).into())
}

fn parse(url: &str) -> Result<Url<'_>, Failure> {
    Url::parse(url).map_err(|error| wrong(url, &error))
}

fn wrong(url: &str, error: &dyn core::error::Error) -> Failure {
    Failure::usage(format!("{url}: {error}"))
}

/// The variable that leads requests to other machines over another one.
fn proxy() -> Option<&'static str> {
    let variables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let is_set = |name: &&str| env::var_os(name).is_some_and(|value| !value.is_empty());
    variables.into_iter().find(is_set)
}

/// How far `iat` may be ahead at Redox.
const TOLERANCE_SECS: u64 = 10;
