use std::time::SystemTime;

use redox_auth_core::Url;
use redox_auth_reqwest::{BuildError, Connections, Proxy, ProxyProblem, TlsFailure};
use reqwest::Response;
use reqwest::header::{AGE, DATE};
use tokio::net::TcpStream;

use super::patience::PATIENCE;
use super::report::Report;
use super::route::Route;
use super::tls;
use crate::args::ServerArgs;
use crate::failure::Failure;
use crate::verbose;

/// Checks the route to the token endpoint, and the server's time.
pub(super) async fn check(
    report: &mut Report,
    token_url: &str,
    connections: &Connections,
) -> Result<(), Failure> {
    let url = parse(token_url)?;
    if url.is_https() {
        authorities(report, connections)?;
    }
    match connections.proxy(token_url) {
        Ok(proxy) => {
            if let Some(proxy) = connections.excepted_proxy(token_url) {
                excepted(report, url, &proxy)?;
            }
            let route = Route::new(url, proxy, connections);
            way(report, &route, url.is_https()).await?;
        }
        Err(error) => report.fail(PROXY, &Failure::from(&error), None)?,
    }
    for entry in connections.ignored_no_proxy() {
        report.warn(
            PROXY,
            format_args!("NO_PROXY: the entry {entry:?} is neither a host nor a network"),
            "write a host (clinic.example), a host with a port, an address or a network (10.0.0.0/8)",
        )?;
    }
    clock(report, token_url, connections).await
}

/// Leaves out an unusable file of authorities: the other checks continue without it.
pub(super) fn leave_out_unusable(
    report: &mut Report,
    server: &mut ServerArgs,
) -> Result<(), Failure> {
    let Some(path) = &server.ca_file else {
        return Ok(());
    };
    match Connections::new().ca_file(path) {
        Ok(_) => Ok(()),
        Err(error) => {
            let failure = Failure::from(BuildError::CaFile(Box::new(error)));
            server.ca_file = None;
            report.fail(AUTHORITIES, &failure, None)
        }
    }
}

/// Reports the authorities that connections trust.
fn authorities(report: &mut Report, connections: &Connections) -> Result<(), Failure> {
    let check = AUTHORITIES;
    let authorities = match connections.authorities() {
        Ok(authorities) => authorities,
        Err(error) => {
            let advice = TlsFailure::of(&error);
            let (found, advice) = match &advice {
                Some(failure) => (failure.problem().to_owned(), Some(failure.remedy())),
                None => (error.to_string(), None),
            };
            return report.fail(check, &Failure::usage(found), advice);
        }
    };
    report.ok(check, &authorities)?;
    for source in authorities.sources() {
        if let Some(broken) = source.broken {
            report.warn(
                check,
                format_args!("{}: {broken}", source.name),
                "the command uses the other certificates; copy the file again",
            )?;
        }
    }
    Ok(())
}

/// Reports a proxy that `NO_PROXY` excludes.
fn excepted(report: &mut Report, url: Url<'_>, proxy: &Proxy) -> Result<(), Failure> {
    report.ok(
        PROXY,
        format_args!(
            "none for {}: NO_PROXY excludes it from the proxy of {}",
            url.host(),
            proxy.variable()
        ),
    )
}

/// Checks name, port, proxy and TLS.
async fn way(report: &mut Report, route: &Route<'_>, is_over_tls: bool) -> Result<(), Failure> {
    let Some(stream) = connect(report, route).await? else {
        return Ok(());
    };
    let Route { host, port, .. } = route;
    match &route.proxy {
        None if !is_over_tls => report.ok(
            CONNECTION,
            format_args!("port {port}, without TLS as is right for loopback"),
        ),
        None => tls::check(report, route, Box::new(stream)).await,
        Some(proxy) if proxy.is_socks() => report.warn(
            PROXY,
            format_args!(
                "{proxy} accepts connections; the command does not check whether it forwards them"
            ),
            "the proxy may cause failures below",
        ),
        Some(proxy) => match route.go_through(proxy, stream).await {
            Ok(stream) => {
                report.ok(
                    PROXY,
                    format_args!("{proxy} answered CONNECT {host}:{port} with status 200"),
                )?;
                tls::check(report, route, stream).await
            }
            Err(error) => report.fail(PROXY, &Failure::from(&error), None),
        },
    }
}

/// Connects to the server, or to the proxy before it.
async fn connect(report: &mut Report, route: &Route<'_>) -> Result<Option<TcpStream>, Failure> {
    let Route { host, port, .. } = route;
    let proxy = route.proxy.as_ref();
    let failed = |proxy: &Proxy, problem| Failure::from(&proxy.failed(problem, host, *port));
    let addresses = match (route.addresses().await, proxy) {
        (Ok(addresses), _) => addresses,
        (Err(problem), Some(proxy)) => {
            let failure = failed(proxy, ProxyProblem::NoAddress(problem));
            report.fail(PROXY, &failure, None)?;
            return Ok(None);
        }
        (Err(problem), None) => {
            let failure = Failure::no_answer(format!("{host} has no address: {problem}"));
            let advice = "check the name and this machine's DNS";
            report.fail(DNS, &failure, Some(advice))?;
            return Ok(None);
        }
    };
    let shown: Vec<String> = addresses.iter().map(|it| it.ip().to_string()).collect();
    let shown = shown.join(", ");
    match proxy {
        Some(proxy) => report.ok(PROXY, format_args!("{proxy} is {shown}"))?,
        None => report.ok(DNS, format_args!("{host} is {shown}"))?,
    }
    match (Route::connect(&addresses).await, proxy) {
        (Ok(stream), _) => return Ok(Some(stream)),
        (Err(problem), Some(proxy)) => {
            let failure = failed(proxy, ProxyProblem::NoConnection(problem));
            report.fail(PROXY, &failure, None)?;
        }
        (Err(problem), None) => {
            let failure = Failure::no_answer(format!("port {port} of {host}: {problem}"));
            let advice = "check the firewall, and whether a proxy is needed (HTTPS_PROXY)";
            report.fail(CONNECTION, &failure, Some(advice))?;
        }
    }
    Ok(None)
}

/// Compares this machine's time with the server's.
async fn clock(
    report: &mut Report,
    token_url: &str,
    connections: &Connections,
) -> Result<(), Failure> {
    let answer = match get(connections, token_url).await {
        Ok(answer) => answer,
        Err(failure) => {
            return report.fail(
                "clock",
                &failure,
                Some("the server's time is in its answers"),
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
            "not compared: the server's answer does not show the server's time",
            "compare it with another clock",
        );
    };
    let now = SystemTime::now();
    // `Date` has whole seconds.
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
        "the command uses the server's time for tokens; set this machine's clock, preferably with NTP",
    )
}

/// Sends one request without a secret, over the route of all requests.
pub(super) async fn get(connections: &Connections, url: &str) -> Result<Response, Failure> {
    parse(url)?;
    let client = connections.client_for(url)?;
    let request = client.get(url).timeout(PATIENCE);
    let sent = match verbose::watch() {
        Some(watch) => watch.send(request).await,
        None => request.send().await,
    };
    match sent {
        Ok(answer) => Ok(answer),
        Err(error) => Err(connections.explained(error).await.into()),
    }
}

fn parse(url: &str) -> Result<Url<'_>, Failure> {
    Url::parse(url).map_err(|error| Failure::usage(format!("{url}: {error}")))
}

const DNS: &str = "DNS";
const CONNECTION: &str = "connection";
const AUTHORITIES: &str = "authorities";
const PROXY: &str = "proxy";

/// How far `iat` may be ahead at Redox.
const TOLERANCE_SECS: u64 = 10;
