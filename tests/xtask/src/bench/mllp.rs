use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::command::{Failure, Run, target_dir};
use crate::{install, tools};

/// Sends messages of 2 KiB over MLLP to the sandbox, one at a time: by our command, `mllp_send` of PyPI's `hl7`, and
/// `node-hl7-client`. Every acknowledgment is checked.
///
/// # Errors
///
/// A client fails or lacks an acknowledgment, or ours is not three times as fast as the faster of the others.
pub(super) fn measure() -> Result<(), Failure> {
    tools::ensure(&[tools::NODE, tools::NPM, tools::PYTHON])?;
    install::npm(FOLDER)?;
    install::python(FOLDER)?;
    Run::cargo("build --release -p redox-auth-cli").run()?;
    let ours = target_dir().join("release/redox-auth");
    let folder = target_dir().join("mllp");
    fs::create_dir_all(&folder)?;
    let server = Server::start(&ours)?;
    let all = folder.join("all.hl7");
    let texts: Vec<_> = (1..=MESSAGES).map(message).collect();
    fs::write(&all, texts.concat())?;
    let question = folder.join("question.json");
    fs::write(&question, server.question(&texts))?;
    let (host, port) = server.address.rsplit_once(':').unwrap_or_default();

    let send = Run::new(ours.display().to_string());
    let send = send.args("send --mllp").arg(&server.address).path(&all);
    let hl7 = Run::new(".venv/bin/mllp_send").within(FOLDER);
    let hl7 = hl7
        .args("--loose --file")
        .path(&all)
        .args("--port")
        .arg(port)
        .arg(host);
    let node = Run::new("sh").within(FOLDER).arg("-c");
    let node = node.arg(format!(
        "exec node mllp_clients.mjs <'{}'",
        question.display()
    ));
    let mut rates = Vec::new();
    for (name, run, accept) in [
        ("redox-auth send --mllp", send, OURS),
        ("mllp_send (PyPI hl7)", hl7, "MSA|AA|"),
        ("node-hl7-client", node, "MSA|AA|"),
    ] {
        let start = Instant::now();
        let printed = run.output()?;
        let elapsed = start.elapsed();
        for number in 1..=MESSAGES {
            let expected = match accept {
                OURS => format!("\"control_id\":\"{}\"", control_id(number)),
                _ => format!("{accept}{}", control_id(number)),
            };
            if !printed.contains(&expected) {
                return Err(run.failure(&format!("{name} printed no {expected}")));
            }
        }
        let accepted = printed.matches(accept).count();
        if accepted != MESSAGES {
            return Err(run.failure(&format!("{name} printed {accepted} acknowledgments")));
        }
        let rate = MESSAGES as f64 / elapsed.as_secs_f64();
        println!("  {name:<24}{rate:>8.0} messages a second");
        rates.push(rate);
    }
    fs::remove_dir_all(&folder)?;
    let [ours, others @ ..] = rates.as_slice() else {
        return Ok(());
    };
    let fastest = others.iter().copied().fold(0.0, f64::max);
    let ratio = ours / fastest;
    println!("  ours is {ratio:.1} times as fast as the faster of the others");
    if ratio < LEAST_RATIO {
        let what = format!("expected at least {LEAST_RATIO} times as fast, found {ratio:.1}");
        return Err(Failure::new(what));
    }
    Ok(())
}

/// The sandbox; ended when dropped.
struct Server {
    command: Child,
    address: String,
}

impl Server {
    fn start(program: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(program)
            .args(["sandbox", "--mllp", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = command.stdout.take();
        let mut this = Self {
            command,
            address: String::new(),
        };
        for line in output.into_iter().flat_map(|it| BufReader::new(it).lines()) {
            if let Some(address) = line?.strip_prefix("export REDOX_MLLP=") {
                this.address = address.trim_matches('\'').to_owned();
                return Ok(this);
            }
        }
        Err(Failure::new("the sandbox ended before it listened"))
    }

    /// What the script of the npm packages reads. No text has a quotation mark.
    fn question(&self, texts: &[String]) -> String {
        let (host, port) = self.address.rsplit_once(':').unwrap_or_default();
        let texts = texts.iter().map(|it| {
            let it = it.replace('\\', "\\\\").replace('\r', "\\r");
            format!("\"{it}\"")
        });
        let texts = texts.collect::<Vec<_>>().join(",");
        format!(
            "{{\"which\":\"node-hl7-client\",\"host\":\"{host}\",\"port\":{port},\"messages\":[{texts}]}}"
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only where it is gone already.
        let _ = self.command.kill();
        let _ = self.command.wait();
    }
}

/// A message of 2 KiB.
fn message(number: usize) -> String {
    let id = control_id(number);
    let mut text = format!(
        "MSH|^~\\&|ADT1|MCM|LAB|MCM|20261130101500||ORU^R01|{id}|P|2.5.1\r\
         PID|1||123456^^^MCM||Bixby^Timothy||20080106|M\r"
    );
    let room = LEN.saturating_sub(text.len());
    text.push_str(&OBSERVATION.repeat(room.div_euclid(OBSERVATION.len())));
    text
}

fn control_id(number: usize) -> String {
    format!("MSG{number:08}")
}

/// How our command prints an acknowledgment.
const OURS: &str = "\"outcome\":\"ok\",\"ack\":\"AA\"";

const OBSERVATION: &str = "OBX|1|NM|8867-4^Heart rate^LN||72|/min|60-100|N|||F|||20261130080000\r";

const LEN: usize = 2048;
const MESSAGES: usize = 10_000;

/// What the project promises.
const LEAST_RATIO: f64 = 3.0;

/// Where the clients of others are installed.
const FOLDER: &str = "tests/interop";
