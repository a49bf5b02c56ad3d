use core::time::Duration;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use serde_json::Value;

use crate::support::Folder;

/// The names of the variables that it prints, the last one only where it speaks TLS.
const VARIABLES: [&str; 7] = [
    "REDOX_BASE_URL",
    "REDOX_UPLOAD_URL",
    "REDOX_CLIENT_ID",
    "REDOX_KEY_FILE",
    "REDOX_SOURCE_ID",
    "REDOX_DESTINATION_ID",
    "SSL_CERT_FILE",
];

/// A sandbox that runs until the test ends it, and the lines that it printed for a shell.
struct Running {
    child: Child,
    variables: String,
}

impl Running {
    fn start(folder: &Folder) -> Self {
        let (_, without_tls) = VARIABLES.split_last().unwrap();
        Self::start_with(folder, &[], without_tls)
    }

    fn start_with(folder: &Folder, options: &[&str], names: &[&str]) -> Self {
        let mut child = folder
            .call(&["sandbox", "--listen", "127.0.0.1:0"])
            .args(options)
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = |name| {
            let line = lines.next().unwrap().unwrap();
            assert!(line.starts_with(&format!("export {name}='")), "{line}");
            line + "\n"
        };
        Self {
            variables: names.iter().map(line).collect(),
            child,
        }
    }

    /// The value of one of the variables.
    fn value(&self, name: &str) -> &str {
        let (_, rest) = self
            .variables
            .split_once(&format!("export {name}='"))
            .unwrap();
        rest.split('\'').next().unwrap()
    }

    /// Runs a line in a shell that has the variables, and returns what it printed.
    fn shell(&self, folder: &Folder, line: &str) -> String {
        folder.write("variables", &self.variables);
        let program = env!("CARGO_BIN_EXE_redox-auth");
        let script = format!(". ./variables; redox_auth() {{ '{program}' \"$@\"; }}; {line}");
        let output = Command::new("sh")
            .args(["-e", "-u", "-c", &script])
            .current_dir(folder.path(""))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Sends a signal and waits for the end: the exit code, and what was said on standard error.
    fn end_by(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(kill.success());
        // Standard error ends when the process does. One that does not end must not keep the tests waiting.
        let mut errors = self.child.stderr.take().unwrap();
        let (ended, end) = mpsc::channel();
        std::thread::spawn(move || {
            let mut shown = String::new();
            errors.read_to_string(&mut shown).unwrap();
            ended.send(shown)
        });
        let shown = end.recv_timeout(Duration::from_secs(60)).unwrap();
        (self.child.wait().unwrap().code(), shown)
    }
}

impl Drop for Running {
    /// A test that fails leaves no server behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_it_prints_makes_token_and_send_work_and_it_cleans_up_when_it_is_ended() {
    for signal in ["-INT", "-TERM"] {
        let folder = Folder::new();
        let running = Running::start(&folder);
        let token = running.shell(&folder, "redox_auth token");
        assert!(token.trim().len() > 20, "{token}");
        let send = r#"echo "{\"Meta\":{\"DataModel\":\"Order\",\"EventType\":\"New\",
            \"Destinations\":[{\"ID\":\"$REDOX_DESTINATION_ID\"}]}}" | redox_auth send -"#;
        let answer: Value = serde_json::from_str(&running.shell(&folder, send)).unwrap();
        assert_eq!(
            answer["Meta"]["Source"]["ID"],
            running.value("REDOX_SOURCE_ID")
        );
        assert!(answer["Meta"]["Logs"][0]["ID"].is_string(), "{answer}");

        let key_file = running.value("REDOX_KEY_FILE").to_owned();
        assert!(
            key_file.starts_with(folder.path("").to_str().unwrap()),
            "{key_file}"
        );
        let (code, shown) = running.end_by(signal);
        assert_eq!(code, Some(0), "{signal}: {shown}");
        assert!(shown.contains("a local Redox until"), "{shown}");
        assert!(shown.contains("dashboard: http://127.0.0.1:"), "{shown}");
        // The folder of the key is gone, and there was nothing else.
        assert_eq!(folder.names(), ["variables"], "{signal}");
    }
}

#[test]
fn like_another_server_it_prints_what_a_client_has_to_set() {
    let (_, without_tls) = VARIABLES.split_last().unwrap();
    for (server, own) in [
        ("epic", &["REDOX_AUDIENCE"][..]),
        ("nhs", &["REDOX_AUDIENCE"]),
        ("dpc", &["REDOX_KEY_ID", "REDOX_AUDIENCE", "REDOX_SCOPE"]),
        ("va", &["REDOX_AUDIENCE", "REDOX_SCOPE"]),
    ] {
        let folder = Folder::new();
        let names = [without_tls, &["REDOX_TOKEN_URL", "REDOX_ALG"], own].concat();
        let running = Running::start_with(&folder, &["--like", server], &names);
        let token = running.shell(&folder, "redox_auth token");
        assert!(token.trim().len() > 20, "{server}: {token}");
        let inspect = format!("redox_auth assertion | redox_auth inspect --like {server}");
        let shown = running.shell(&folder, &inspect);
        assert!(
            shown.contains("would find nothing wrong"),
            "{server}: {shown}"
        );
        // A request without the required header is refused in the server's own words.
        let refused = running.shell(
            &folder,
            "! REDOX_AUDIENCE=https://x.example redox_auth token 2>&1",
        );
        assert!(
            refused.contains("the server refused with status"),
            "{server}: {refused}"
        );
        assert_eq!(running.end_by("-TERM").0, Some(0));
    }
}

#[test]
fn everything_that_a_server_wants_is_a_variable() {
    let (_, without_tls) = VARIABLES.split_last().unwrap();
    let folder = Folder::new();
    let own = [
        "REDOX_TOKEN_URL",
        "REDOX_ALG",
        "REDOX_KEY_ID",
        "REDOX_AUDIENCE",
        "REDOX_SUBJECT",
        "REDOX_CLAIMS",
        "REDOX_SEND_CLIENT_ID",
        "REDOX_GRANT",
    ];
    let names = [without_tls, &own].concat();
    let running = Running::start_with(&folder, &["--like", "proda"], &names);
    assert_eq!(running.value("REDOX_SUBJECT"), "device-1");
    let claims: Value = serde_json::from_str(running.value("REDOX_CLAIMS")).unwrap();
    assert!(claims["token.aud"].is_string(), "{claims}");
    assert_eq!(running.value("REDOX_GRANT"), "jwt-bearer");

    let folder = Folder::new();
    let own = [
        "REDOX_TOKEN_URL",
        "REDOX_ALG",
        "REDOX_AUDIENCE",
        "REDOX_SCOPE",
        "REDOX_CLAIMS",
        "REDOX_FIELDS",
        "REDOX_CERTIFICATE_AS",
        "REDOX_NO_KID",
    ];
    let names = [without_tls, &own].concat();
    let running = Running::start_with(&folder, &["--like", "udap"], &names);
    assert_eq!(running.value("REDOX_FIELDS"), r#"{"udap":"1"}"#);
    let (code, told) = running.end_by("-TERM");
    assert_eq!(code, Some(0));
    assert!(told.contains("requires a certificate of the key"), "{told}");
    assert!(told.contains("a server like UDAP until Ctrl-C"), "{told}");
}

#[test]
fn a_server_that_gives_no_token_says_so_in_one_line() {
    let (_, without_tls) = VARIABLES.split_last().unwrap();
    let common = [without_tls, &["REDOX_TOKEN_URL", "REDOX_ALG"]].concat();
    for (server, own, line) in [
        (
            "meditech",
            &["REDOX_AUDIENCE", "REDOX_SCOPE"][..],
            "redox-auth: no client obtains a token from MEDITECH Greenfield: its sandbox refuses every client\n",
        ),
        (
            "singpass",
            &["REDOX_AUDIENCE", "REDOX_LIFETIME", "REDOX_FIELDS"],
            "redox-auth: no client obtains a token from Singpass: a person has to log in first",
        ),
        ("keycloak", &["REDOX_AUDIENCE"], ""),
    ] {
        let folder = Folder::new();
        let names = [&common, own].concat();
        let running = Running::start_with(&folder, &["--like", server], &names);
        let (code, told) = running.end_by("-TERM");
        assert_eq!(code, Some(0));
        let lines = told.matches("no client obtains a token").count();
        assert_eq!(lines, usize::from(!line.is_empty()), "{server}: {told}");
        assert!(told.contains(line), "{server}: {told}");
    }
}

#[test]
fn a_server_that_wants_certificates_in_tls_gets_one() {
    let (_, without_tls) = VARIABLES.split_last().unwrap();
    let own = [
        "REDOX_TOKEN_URL",
        "REDOX_ALG",
        "REDOX_AUDIENCE",
        "REDOX_SEND_CLIENT_ID",
    ];
    let plain = [without_tls, &own].concat();
    let certificate = [
        "REDOX_TLS_CERTIFICATE_FILE",
        "REDOX_TLS_KEY_FILE",
        "SSL_CERT_FILE",
    ];
    let secure = [&*plain, &certificate].concat();
    let folder = Folder::new();
    let options = ["--like", "cdr", "--tls", "--host", "localhost"];
    let running = Running::start_with(&folder, &options, &secure);
    let token = running.shell(&folder, "redox_auth token");
    assert!(token.trim().len() > 20, "{token}");
    let without = "! REDOX_TLS_CERTIFICATE_FILE= REDOX_TLS_KEY_FILE= redox_auth token 2>&1";
    let refused = running.shell(&folder, without);
    assert!(
        refused.contains("the server requires a client certificate"),
        "{refused}"
    );
    let (code, told) = running.end_by("-TERM");
    assert_eq!(
        (code, told.contains("mutual TLS")),
        (Some(0), false),
        "{told}"
    );
    assert_eq!(folder.names(), ["variables"]);

    let running = Running::start_with(&folder, &["--like", "cdr"], &plain);
    let token = running.shell(&folder, "redox_auth token");
    assert!(token.trim().len() > 20, "{token}");
    let (_, told) = running.end_by("-TERM");
    assert!(
        told.contains("(mutual TLS), which the sandbox can request only with --tls"),
        "{told}"
    );
}

#[test]
fn a_server_that_no_key_can_serve_is_refused_before_it_starts() {
    let folder = Folder::new();
    let told = folder
        .run(&["sandbox", "--like", "health-gorilla"])
        .failed(2);
    assert!(told.contains("HS256"), "{told}");
    let told = folder.run(&["sandbox", "--like", "nobody"]);
    assert_eq!(told.code, Some(2));
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn with_a_legacy_api_key_a_migration_can_be_tried() {
    let folder = Folder::new();
    let (_, without_tls) = VARIABLES.split_last().unwrap();
    let legacy = ["REDOX_LEGACY_API_KEY", "REDOX_LEGACY_SECRET_FILE"];
    let names = [without_tls, &legacy].concat();
    let running = Running::start_with(&folder, &["--legacy"], &names);
    let told = running.shell(&folder, "redox_auth migrate --now");
    for line in [
        "legacy API key: obtains a token\n",
        "OAuth API key: obtains a token\n",
        "next: ",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert_eq!(running.end_by("-TERM").0, Some(0));
    assert_eq!(folder.names(), ["variables"]);
}

#[test]
fn with_tls_only_who_trusts_its_authority_gets_a_token() {
    let folder = Folder::new();
    let options = ["--tls", "--host", "localhost", "--ca-out", "kept.pem"];
    let running = Running::start_with(&folder, &options, &VARIABLES);
    let base_url = running.value("REDOX_BASE_URL");
    assert!(base_url.starts_with("https://localhost:"), "{base_url}");
    for trusted in ["", "SSL_CERT_FILE=kept.pem "] {
        let token = running.shell(&folder, &format!("{trusted}redox_auth token"));
        assert!(token.trim().len() > 20, "{token}");
    }
    let other = Folder::new();
    let stranger = Running::start_with(&other, &["--tls"], &VARIABLES);
    let wrong = stranger.value("SSL_CERT_FILE");
    let refused = running.shell(
        &folder,
        &format!("! SSL_CERT_FILE='{wrong}' redox_auth token 2>&1"),
    );
    assert!(refused.contains("certificate"), "{refused}");
    let (code, shown) = running.end_by("-TERM");
    assert_eq!(code, Some(0), "{shown}");
    let mut names = folder.names();
    names.sort();
    assert_eq!(names, ["kept.pem", "variables"]);
}

#[test]
fn it_goes_wrong_as_ordered_and_then_right() {
    let folder = Folder::new();
    let (_, without_tls) = VARIABLES.split_last().unwrap();
    let orders = [
        "--fault",
        "token:unknown-key:times=1",
        "--fault",
        "token:redirect=https://elsewhere.example/:status=307:times=1",
    ];
    let running = Running::start_with(&folder, &orders, without_tls);
    for told in ["Public key not found", "status 307"] {
        let shown = running.shell(&folder, "! redox_auth token 2>&1");
        assert!(shown.contains(told), "{shown}");
    }
    let token = running.shell(&folder, "redox_auth token");
    assert!(token.trim().len() > 20, "{token}");
}

#[test]
fn a_fault_that_is_none_is_named_and_help_tells_of_every_one() {
    let folder = Folder::new();
    let outcome = folder.run(&["sandbox", "--fault", "tokn:429"]);
    assert_eq!(outcome.code, Some(2));
    let told = "found 'tokn', expected a place";
    assert!(outcome.stderr.contains(told), "{outcome:?}");
    let help = folder.run(&["sandbox", "--help"]).done();
    for line in redox_auth_sandbox::FaultOrder::GRAMMAR.lines() {
        assert!(help.contains(line.trim_end()), "{line}");
    }
}

#[test]
fn a_certificate_is_written_only_where_there_is_one() {
    let folder = Folder::new();
    let outcome = folder.run(&["sandbox", "--ca-out", "ca.pem"]);
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.stderr.contains("--tls"), "{outcome:?}");
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn its_key_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let running = Running::start(&folder);
    let key_file = std::fs::metadata(running.value("REDOX_KEY_FILE")).unwrap();
    assert_eq!(key_file.permissions().mode() & 0o7777, 0o600);
}

#[test]
fn an_address_that_is_taken_is_refused() {
    let folder = Folder::new();
    let running = Running::start(&folder);
    let address = running
        .value("REDOX_BASE_URL")
        .strip_prefix("http://")
        .unwrap();
    let other = Folder::new();
    let shown = other.run(&["sandbox", "--listen", address]).failed(2);
    assert!(
        shown.contains(&format!("cannot listen on {address}")),
        "{shown}"
    );
    assert_eq!(other.names(), [""; 0]);
}
