use core::time::Duration;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::command::{Failure, Run, target_dir};
use crate::journal::{Stopwatch, Time};
use crate::{install, tools};

/// Sends messages of 2 KiB over MLLP to the sandbox, one at a time: with our command, with `mllp_send` of PyPI's `hl7`, and
/// with `node-hl7-client`. Checks every acknowledgment. The clients take turns, and their medians are compared: another
/// program on the machine slows all of them alike.
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
    let (ours, all) = (ours.display(), all.display());
    let mut clients = [
        Client {
            name: "redox-auth send --mllp",
            line: format!("exec '{ours}' send --mllp {host}:{port} '{all}'"),
            accept: OURS,
            times: Vec::new(),
        },
        Client {
            name: "mllp_send (PyPI hl7)",
            line: format!("exec .venv/bin/mllp_send --loose --file '{all}' --port {port} {host}"),
            accept: "MSA|AA|",
            times: Vec::new(),
        },
        Client {
            name: "node-hl7-client",
            line: format!("exec node mllp_clients.mjs <'{}'", question.display()),
            accept: "MSA|AA|",
            times: Vec::new(),
        },
    ];
    for _ in 0..ROUNDS {
        for client in &mut clients {
            client.send(&folder.join("printed"))?;
        }
    }
    fs::remove_dir_all(&folder)?;
    clients.iter().for_each(Client::print);
    compare(&clients)
}

/// Ours is the first.
fn compare(clients: &[Client]) -> Result<(), Failure> {
    let ratio_of = |take: fn(&Time) -> Option<Duration>| {
        let mut medians = clients.iter().map(|it| it.median(take));
        let ours = medians.next()??;
        let fastest = medians.min()??;
        Some(fastest.as_secs_f64() / ours.as_secs_f64())
    };
    if let Some(ratio) = ratio_of(|time| time.processors) {
        println!(
            "  ours takes the processors for 1/{ratio:.1} of the time of the lesser of the others"
        );
    }
    let ratio = ratio_of(|time| Some(time.clock)).unwrap_or_default();
    println!("  ours is {ratio:.1} times as fast as the faster of the others");
    if ratio < LEAST_RATIO {
        let what = format!("expected at least {LEAST_RATIO} times as fast, found {ratio:.1}");
        return Err(Failure::new(what));
    }
    Ok(())
}

/// A program that sends the messages.
struct Client {
    name: &'static str,
    /// For the shell.
    line: String,
    /// What it prints of an acknowledgment.
    accept: &'static str,
    /// What each round took.
    times: Vec<Time>,
}

impl Client {
    /// Sends all messages once. It prints to a file: the reader of a pipe would run beside it, and wake for each line.
    fn send(&mut self, printed: &Path) -> Result<(), Failure> {
        let line = format!("{} >'{}'", self.line, printed.display());
        let run = Run::new("sh").within(FOLDER).arg("-c").arg(line);
        let stopwatch = Stopwatch::start();
        run.output()?;
        self.times.push(stopwatch.read());
        let (name, accept) = (self.name, self.accept);
        let printed = fs::read_to_string(printed)?;
        let before = if accept == OURS {
            "\"control_id\":\""
        } else {
            accept
        };
        let ids = printed.split(before).skip(1);
        let ids: BTreeSet<_> = ids.filter_map(|rest| rest.get(..ID_LEN)).collect();
        let mut missing = (1..=MESSAGES)
            .map(control_id)
            .filter(|id| !ids.contains(id.as_str()));
        if let Some(id) = missing.next() {
            let what = format!("{name} printed no acknowledgment of {id}");
            return Err(run.failure(&what));
        }
        let accepted = printed.matches(accept).count();
        if accepted != MESSAGES {
            return Err(run.failure(&format!("{name} printed {accepted} acknowledgments")));
        }
        Ok(())
    }

    fn median(&self, take: fn(&Time) -> Option<Duration>) -> Option<Duration> {
        let mut times: Vec<_> = self.times.iter().filter_map(take).collect();
        times.sort_unstable();
        times.get(times.len().div_euclid(2)).copied()
    }

    fn print(&self) {
        let rate = |time: Duration| MESSAGES as f64 / time.as_secs_f64();
        let clocks = || self.times.iter().map(|time| time.clock);
        let median = self.median(|time| Some(time.clock)).unwrap_or_default();
        let slowest = clocks().max().unwrap_or_default();
        let fastest = clocks().min().unwrap_or_default();
        let processors = self.median(|time| time.processors).unwrap_or_default();
        let each = processors.as_secs_f64() * 1e6 / MESSAGES as f64;
        println!(
            "  {:<24}{:>7.0} messages a second ({:.0} to {:.0}), {each:.0} µs of the processors each",
            self.name,
            rate(median),
            rate(slowest),
            rate(fastest),
        );
    }
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

/// How long a control ID is.
const ID_LEN: usize = "MSG00000001".len();

/// How our command prints an acknowledgment.
const OURS: &str = "\"outcome\":\"ok\",\"ack\":\"AA\"";

const OBSERVATION: &str = "OBX|1|NM|8867-4^Heart rate^LN||72|/min|60-100|N|||F|||20261130080000\r";

const LEN: usize = 2048;
const MESSAGES: usize = 10_000;
const ROUNDS: usize = 5;

/// What the project promises.
const LEAST_RATIO: f64 = 3.0;

/// Where the clients of others are installed.
const FOLDER: &str = "tests/interop";
