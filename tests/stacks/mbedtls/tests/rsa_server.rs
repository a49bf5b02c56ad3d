//! nginx with an RSA certificate, in front of the sandbox.

use std::ffi::CString;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use mbedtls_rs::{Certificate, Tls, TlsVersion, X509};
use rand::{Rng as _, TryCryptoRng, TryRng};
use redox_auth_core::Url;
use redox_auth_gateway::{Connect as _, EmbeddedNal, Endpoint};
use redox_auth_stacks::{Sandbox, StdTcp, deliver_async_at, deliver_at};
use redox_auth_stacks_mbedtls::{Awaited, Blocking, MbedTls};
use tempfile::TempDir;

/// The random numbers of this machine.
struct Random;

impl TryRng for Random {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(rand::rng().next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(rand::rng().next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        rand::rng().fill_bytes(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Random {}

/// nginx in a folder of its own, until this is dropped.
struct Nginx {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Nginx {
    /// In front of `behind`, with this version of TLS alone.
    fn start(behind: &str, version: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let openssl = |arguments: &str| {
            let status = Command::new("openssl")
                .args(arguments.split(' '))
                .current_dir(folder.path())
                .stderr(Stdio::null())
                .status();
            assert!(status.unwrap().success(), "openssl {arguments}");
        };
        openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem -addext keyUsage=critical,keyCertSign",
        );
        openssl(
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -CA ca.pem -CAkey ca.key -keyout server.key -out server.pem -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE",
        );
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .unwrap()
            .port();
        let configuration = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr warn;
             events {{}}
             http {{
                 access_log off;
                 client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
                 server {{
                     listen 127.0.0.1:{port} ssl;
                     ssl_certificate server.pem; ssl_certificate_key server.key; ssl_protocols {version};
                     location / {{ proxy_pass {behind}; proxy_http_version 1.1; }}
                 }}
             }}"
        );
        fs::write(folder.path().join("nginx.conf"), configuration).unwrap();
        let child = Command::new("nginx")
            .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
            .arg(folder.path())
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "nginx takes no connection");
            thread::yield_now();
        }
        Self {
            child,
            folder,
            port,
        }
    }

    fn authority(&self) -> Certificate<'static> {
        certificate(&self.folder.path().join("ca.pem"))
    }

    fn base_url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

fn certificate(pem: &Path) -> Certificate<'static> {
    let pem = CString::new(fs::read(pem).unwrap()).unwrap();
    Certificate::new(X509::PEM(&pem)).unwrap()
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One test, because Mbed TLS is there once in a process.
#[test]
fn a_gateway_over_mbed_tls_delivers_to_a_server_with_an_rsa_certificate() {
    let tls = Tls::new(Box::leak(Box::new(Random))).unwrap();
    let sandbox = Sandbox::start(&[]);
    let stack = std_embedded_nal_async::Stack::default();
    for (protocol, version) in [
        ("TLSv1.2", TlsVersion::Tls1_2),
        ("TLSv1.3", TlsVersion::Tls1_3),
    ] {
        let nginx = Nginx::start(sandbox.base_url(), protocol);
        let over = MbedTls::new(StdTcp, tls.reference(), nginx.authority(), version);
        deliver_at(&sandbox, &nginx.base_url(), Blocking(over));
        let tcp = EmbeddedNal::new(&stack, &stack);
        let over = MbedTls::new(tcp, tls.reference(), nginx.authority(), version);
        let base_url = nginx.base_url();
        let delivered = deliver_async_at(&sandbox, &base_url, Awaited(over));
        async_io::block_on(delivered);
        println!("{protocol}: delivered");

        let stranger = Nginx::start(sandbox.base_url(), protocol);
        let over = || MbedTls::new(StdTcp, tls.reference(), stranger.authority(), version);
        let url = format!("https://localhost:{}", nginx.port);
        let to = Endpoint::new(Url::parse(&url).unwrap(), None);
        assert!(
            Blocking(over()).connect(to).is_err(),
            "{protocol}: a stranger"
        );
    }
}
