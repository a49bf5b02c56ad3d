//! Each row of the table in `NETWORK.md` about proxies: the error of the command, and the finding of `doctor`.

use std::sync::Arc;

use tokio::net::TcpSocket;

use crate::doctor::{checks, expect};
use crate::proxy::{Conduct, Proxy, server_of};
use crate::support::{Call, Folder, assert_hidden};
use crate::tls_server::{Authority, pem, start};

/// A folder with a key, and a server for a name that only a proxy leads to.
struct Clinic {
    folder: Folder,
    root: Arc<Authority>,
    /// Of the server on this machine.
    port: u16,
}

impl Clinic {
    fn new() -> Self {
        let folder = Folder::new();
        folder.make_key("key.pem", "ES256");
        let root = Arc::new(Authority::root("Clinic CA"));
        folder.write("ca.pem", pem(core::slice::from_ref(&root.certificate)));
        let (certificate, key) = server_of(&root, &["as.example", "0.0.0.0"]);
        let url = start(&[certificate], &key);
        let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
        Self { folder, root, port }
    }

    /// The command for this URL, which trusts the authority of the clinic and no other.
    fn call(&self, command: &str, url: &str, proxy: &str) -> Call {
        let call = self.folder.call(&[command, "--base-url", url]);
        call.args(&["--client-id", "client-1", "--key", "key.pem"])
            .env("SSL_CERT_FILE", "ca.pem")
            .env("HTTPS_PROXY", proxy)
    }

    /// The error of `token` about a proxy, and that of `doctor`. Both must be the same.
    #[track_caller]
    fn expect(&self, proxy: &str, parts: &[&str]) {
        let shown = self.call("token", SERVER, proxy).run();
        let shown = shown.failed(3);
        let (code, lines) = checks(self.call("doctor", SERVER, proxy));
        assert_eq!(code, Some(3), "{lines:#?}");
        let failed: Vec<_> = lines.iter().filter(|it| it.0 == "proxy").collect();
        let (_, verdict, found) = failed.last().unwrap();
        assert_eq!(verdict, "FAIL", "{lines:#?}");
        for part in parts {
            assert!(shown.contains(part), "token: {part}: {shown}");
            assert!(found.contains(part), "doctor: {part}: {found}");
        }
    }
}

const SERVER: &str = "https://as.example";

#[test]
fn the_status_of_a_proxy_is_told_with_what_to_do() {
    let clinic = Clinic::new();
    for (answer, status, remedy) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"a\"\r\n\r\n",
            "407 (Proxy Authentication Required)",
            "it wants a user name and a password; write http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY",
        ),
        (
            "HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM\r\n\r\n",
            "407 (No)",
            "it does not accept Basic, the only way of authentication that is known here",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\n\r\n",
            "403 (Forbidden)",
            "it does not allow connections to as.example:443; ask its operator",
        ),
        (
            "HTTP/1.0 405 Method Not Allowed\r\n\r\n",
            "405 (Method Not Allowed)",
            "check that HTTPS_PROXY names a proxy and not a web server",
        ),
        (
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno",
            "503 (Service Unavailable)",
            "it does not reach as.example:443",
        ),
        ("HTTP/1.1 429\r\n\r\n", "429; ", "try again later"),
        ("HTTP/1.1 302 Found\r\n\r\n", "302 (Found)", "log in"),
        (
            "HTTP/1.1 418 Teapot\r\n\r\n",
            "418 (Teapot)",
            "ask its operator",
        ),
    ] {
        let proxy = Proxy::start(Conduct::Answer(answer));
        let named = format!(
            "the proxy {} (HTTPS_PROXY) answered CONNECT with status {status}",
            proxy.url()
        );
        clinic.expect(&proxy.url(), &[&named, remedy]);
    }
}

#[test]
fn what_is_no_proxy_is_told() {
    let clinic = Clinic::new();
    for (conduct, parts) in [
        (
            Conduct::Close,
            ["closed the connection without an answer", "socks5h://"],
        ),
        (
            Conduct::Banner("SSH-2.0-OpenSSH_9.6\r\n"),
            [
                "answered something else than HTTP",
                "the port of an HTTP proxy",
            ],
        ),
        (
            Conduct::OverTls(Arc::clone(&clinic.root)),
            ["speaks TLS", "write https:// in HTTPS_PROXY"],
        ),
        (
            Conduct::Answer(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>log in</html>",
            ),
            ["status 200, and then something else than TLS", "log in"],
        ),
    ] {
        let proxy = Proxy::start(conduct);
        let named = format!("the proxy {} (HTTPS_PROXY) ", proxy.url());
        clinic.expect(&proxy.url(), &[named.as_str(), parts[0], parts[1]]);
    }
}

#[test]
fn http_and_https_to_the_proxy_are_not_the_same() {
    let clinic = Clinic::new();
    let plain = Proxy::start(Conduct::Answer("HTTP/1.1 403 Forbidden\r\n\r\n"));
    let url = format!("https://127.0.0.1:{}", plain.port);
    clinic.expect(
        &url,
        &["does not speak TLS", "write http:// in HTTPS_PROXY"],
    );
    let secure = Proxy::start(Conduct::OverTls(Arc::clone(&clinic.root)));
    let url = format!("https://localhost:{}", secure.port);
    clinic.expect(&url, &["https://localhost", "status 403 (Forbidden)"]);
    let url = format!("http://localhost:{}", secure.port);
    clinic.expect(&url, &["speaks TLS; write https:// in HTTPS_PROXY"]);
}

#[test]
fn a_proxy_with_a_certificate_of_a_stranger_is_not_taken_for_the_server() {
    let clinic = Clinic::new();
    let stranger = Arc::new(Authority::root("Proxy CA"));
    let proxy = Proxy::start(Conduct::OverTls(stranger));
    let url = format!("https://localhost:{}", proxy.port);
    let named = format!("the proxy {url} (HTTPS_PROXY) does not speak TLS as expected: ");
    clinic.expect(&url, &[&named, "trust its authority (--ca-file)"]);

    // Behind a proxy that is trusted, the certificate is the server's.
    let inspection = Arc::new(Authority::root("Inspection CA"));
    let proxy = Proxy::start(Conduct::InterceptOverTls(
        Arc::clone(&clinic.root),
        inspection,
    ));
    let url = format!("https://localhost:{}", proxy.port);
    let shown = clinic.call("token", SERVER, &url).run().failed(3);
    let through = format!("no answer through the proxy {url} (HTTPS_PROXY): ");
    for part in [through.as_str(), "its issuer is \"CN=Inspection CA\""] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_told() {
    let clinic = Clinic::new();
    // A label has 63 letters at most (RFC 1035 section 2.3.4), and no server is asked for a longer one.
    let name = "a".repeat(70);
    let named = format!("the proxy http://{name}:3128 (HTTPS_PROXY) has no address");
    clinic.expect(
        &format!("http://{name}:3128"),
        &[&named, "correct the name"],
    );
    // Taken, so that nobody else gets it, and not listening.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    clinic.expect(
        &url,
        &["takes no connection", "check host and port in HTTPS_PROXY"],
    );
}

#[test]
fn a_variable_that_names_no_proxy_is_wrong_use() {
    let clinic = Clinic::new();
    for (value, part) in [
        (
            "http://",
            "HTTPS_PROXY: expected a proxy as http://HOST:PORT",
        ),
        (
            "ftp://proxy:21",
            "expected a proxy that begins with http://, https:// or socks5h://, found \"ftp\"",
        ),
    ] {
        let shown = clinic.call("token", SERVER, value).run().failed(2);
        assert!(shown.contains(part), "{shown}");
        let (code, lines) = checks(clinic.call("doctor", SERVER, value));
        assert_eq!(code, Some(2), "{lines:#?}");
        expect(&lines, "proxy", &[("FAIL", part)]);
    }
}

#[test]
fn no_password_is_shown_and_the_right_one_is_sent() {
    let clinic = Clinic::new();
    let refusal = "HTTP/1.1 407 No\r\nproxy-authenticate: Basic\r\n\r\n";
    let proxy = Proxy::start(Conduct::Answer(refusal));
    let url = format!("http://nurse:p%40ss-to-be-hidden@127.0.0.1:{}", proxy.port);
    let part = "it does not accept user name and password of HTTPS_PROXY; write @ as %40";
    clinic.expect(&url, &[part]);
    for command in ["token", "doctor"] {
        let call = clinic.call(command, SERVER, &url).args(&["--log", "trace"]);
        let outcome = call.run();
        for shown in [&outcome.stdout, &outcome.stderr] {
            for secret in ["ss-to-be-hidden", "bnVyc2U6cEBzcy10by1iZS1oaWRkZW4="] {
                assert_hidden(shown, secret);
            }
        }
    }
    let sent = "Proxy-Authorization: Basic bnVyc2U6cEBzcy10by1iZS1oaWRkZW4=\r\n";
    for head in proxy.heads() {
        let head = head.replace("proxy-authorization", "Proxy-Authorization");
        assert!(
            head.starts_with("CONNECT as.example:443 HTTP/1.1\r\n"),
            "{head}"
        );
        assert!(head.contains(sent), "{head}");
    }
}

#[test]
fn what_gets_through_is_checked_behind_the_proxy() {
    let clinic = Clinic::new();
    let proxy = Proxy::start(Conduct::Tunnel(clinic.port));
    let token = clinic.call("token", SERVER, &proxy.url()).run();
    assert_eq!(token.done(), "granted");
    let (_, lines) = checks(clinic.call("doctor", SERVER, &proxy.url()));
    let named = format!("{} (HTTPS_PROXY)", proxy.url());
    expect(
        &lines,
        "proxy",
        &[
            ("ok", &format!("{named} is 127.0.0.1")),
            (
                "ok",
                &format!("{named} answered CONNECT as.example:443 with status 200"),
            ),
        ],
    );
    let connection = format!("port 443 through the proxy {named}, TLS 1.3, certificate accepted");
    expect(&lines, "connection", &[("ok", &connection)]);
    expect(&lines, "DNS", &[]);
    expect(&lines, "token", &[("ok", "obtained a token")]);
}

#[test]
fn socks_leads_to_the_server_too() {
    let clinic = Clinic::new();
    let proxy = Proxy::start(Conduct::Socks(clinic.port));
    let url = format!("socks5h://127.0.0.1:{}", proxy.port);
    assert_eq!(clinic.call("token", SERVER, &url).run().done(), "granted");
    let (_, lines) = checks(clinic.call("doctor", SERVER, &url));
    expect(
        &lines,
        "proxy",
        &[("ok", "is 127.0.0.1"), ("warn", "accepts connections")],
    );
    expect(&lines, "token", &[("ok", "obtained a token")]);
}

#[test]
fn an_interceptor_is_not_taken_for_a_wrong_authority() {
    let clinic = Clinic::new();
    let inspection = Arc::new(Authority::root("Inspection CA"));
    let proxy = Proxy::start(Conduct::Intercept(inspection));
    let (_, lines) = checks(clinic.call("doctor", SERVER, &proxy.url()));
    let found = "something between this machine and the server intercepts the connection";
    expect(&lines, "connection", &[("FAIL", found)]);
    expect(
        &lines,
        "connection",
        &[("FAIL", "its issuer is \"CN=Inspection CA\"")],
    );
    expect(
        &lines,
        "connection",
        &[("FAIL", "trust its authority with --ca-file")],
    );
    let shown = clinic.call("token", SERVER, &proxy.url()).run().failed(3);
    for part in [
        &format!(
            "no answer through the proxy {} (HTTPS_PROXY): ",
            proxy.url()
        ),
        "its issuer is \"CN=Inspection CA\"",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    let (certificate, key) = server_of(&Authority::root("Other CA"), &["as.example"]);
    let other = start(&[certificate], &key);
    let port = other.rsplit_once(':').unwrap().1.parse().unwrap();
    let proxy = Proxy::start(Conduct::Tunnel(port));
    let (_, lines) = checks(clinic.call("doctor", SERVER, &proxy.url()));
    let found =
        "no trusted authority issued the server's certificate: its issuer is \"CN=Other CA\"";
    expect(&lines, "connection", &[("FAIL", found)]);
    let line = lines.iter().find(|line| line.0 == "connection").unwrap();
    assert!(!line.2.contains("intercepts"), "{line:?}");
}

/// Linux leads 0.0.0.0 to this machine, and nothing takes it for loopback.
#[test]
fn no_proxy_is_followed_by_requests_and_doctor_alike() {
    let clinic = Clinic::new();
    let proxy = Proxy::start(Conduct::Answer("HTTP/1.1 403 Forbidden\r\n\r\n"));
    let url = format!("https://0.0.0.0:{}", clinic.port);
    let at_port = format!("0.0.0.0:{}", clinic.port);
    let network_at_port = format!("a.example, 0.0.0.0/8:{}", clinic.port);
    for no_proxy in ["0.0.0.0", &at_port, "0.0.0.0/8", &network_at_port, "*"] {
        let call = |command| {
            clinic
                .call(command, &url, &proxy.url())
                .env("NO_PROXY", no_proxy)
        };
        assert_eq!(call("token").run().done(), "granted", "{no_proxy}");
        let (_, lines) = checks(call("doctor"));
        expect(
            &lines,
            "proxy",
            &[("ok", "none for 0.0.0.0: NO_PROXY excludes it")],
        );
        expect(&lines, "connection", &[("ok", "certificate accepted")]);
        expect(&lines, "token", &[("ok", "obtained a token")]);
    }
    assert_eq!(proxy.heads(), [""; 0]);
    for no_proxy in ["", "0.0.0.0:1", "10.0.0.0/8", "0.0.0.0/8:1", "example"] {
        let call = |command| {
            clinic
                .call(command, &url, &proxy.url())
                .env("NO_PROXY", no_proxy)
        };
        let shown = call("token").run().failed(3);
        assert!(shown.contains("status 403"), "{no_proxy}: {shown}");
        let (_, lines) = checks(call("doctor"));
        expect(
            &lines,
            "proxy",
            &[("ok", "is 127.0.0.1"), ("FAIL", "status 403")],
        );
    }
}

#[test]
fn an_entry_of_no_proxy_that_excepts_nothing_is_pointed_out() {
    let clinic = Clinic::new();
    let proxy = Proxy::start(Conduct::Tunnel(clinic.port));
    let call = clinic.call("doctor", SERVER, &proxy.url());
    let (_, lines) = checks(call.env("NO_PROXY", "https://as.example, 10.0.0.0/40"));
    expect(
        &lines,
        "proxy",
        &[
            ("ok", "is 127.0.0.1"),
            ("ok", "status 200"),
            (
                "warn",
                "the entry \"https://as.example\" is neither a host nor a network",
            ),
            ("warn", "the entry \"10.0.0.0/40\""),
        ],
    );
}
