use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::send_mllp::{ack, id, message};
use crate::support::{Call, Folder};

/// When a run is killed.
#[derive(Clone, Copy)]
enum Moment {
    /// A message is there, and not acknowledged.
    Unacknowledged,
    /// Half of its acknowledgment is out.
    Half,
    /// Its acknowledgment is out, and so many turns of a loop are over.
    Acknowledged(u32),
    /// The number of bytes of the next message that arrived.
    Torn(usize),
}

/// A receiver that acknowledges every message, and kills the run that sends them when it is time.
#[derive(Default)]
struct State {
    /// How often each message arrived whole.
    came: BTreeMap<String, u32>,
    run: Option<Child>,
    /// After how many messages, and when then.
    kill: Option<(u32, Moment)>,
}

impl State {
    fn kill(&mut self) {
        self.kill = None;
        self.run.as_mut().unwrap().kill().unwrap();
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let (mut frame, mut byte) = (Vec::new(), [0]);
    while matches!(stream.read(&mut byte), Ok(1)) {
        frame.push(byte[0]);
        let mut state = state.lock().unwrap();
        if let Some((0, Moment::Torn(bytes))) = state.kill
            && frame.len() == bytes
        {
            return state.kill();
        }
        if !frame.ends_with(b"\x1c\r") {
            continue;
        }
        let id = id(&core::mem::take(&mut frame));
        let times = state.came.entry(id.clone()).or_default();
        *times = times.saturating_add(1);
        let answer = ack("AA", &id, "");
        match &mut state.kill {
            Some((0, Moment::Unacknowledged)) => return state.kill(),
            Some((0, Moment::Half)) => {
                _ = stream.write_all(&answer[..answer.len() / 2]);
                return state.kill();
            }
            Some((0, Moment::Acknowledged(turns))) => {
                let turns = *turns;
                _ = stream.write_all(&answer);
                (0..turns).for_each(|turn| _ = core::hint::black_box(turn));
                return state.kill();
            }
            Some((left, _)) => *left = left.saturating_sub(1),
            None => {}
        }
        drop(state);
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}

/// Runs it until it ends or is killed; its exit code, and the control IDs that it called unknown.
fn run(call: Call, state: &Mutex<State>) -> (Option<i32>, BTreeSet<String>) {
    let Call { mut command, .. } = call;
    let mut stdout = {
        let mut state = state.lock().unwrap();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        state.run = Some(child);
        stdout
    };
    let mut printed = Vec::new();
    stdout.read_to_end(&mut printed).unwrap();
    let mut child = state.lock().unwrap().run.take().unwrap();
    let code = child.wait().unwrap().code();
    let printed = String::from_utf8_lossy(&printed);
    // A run that was killed may have printed part of a line.
    let lines = printed
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let unknown = lines.filter(|line| line["outcome"] == "unknown");
    // A message has two lines.
    let ids = unknown.map(|line| format!("M{}", line["line"].as_u64().unwrap().div_ceil(2)));
    (code, ids.collect())
}

#[test]
fn a_run_that_is_killed_at_any_moment_is_resumed_and_sends_nothing_twice_but_what_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let state = Arc::new(Mutex::new(State::default()));
    let receiver = Arc::clone(&state);
    thread::spawn(move || {
        for stream in listener.incoming() {
            serve(stream.unwrap(), &receiver);
        }
    });
    let folder = Folder::new();
    let all: String = (1..=MESSAGES)
        .map(|it| message(&format!("M{it}")))
        .collect();
    folder.write("all.hl7", all);
    let send = |also: &[&str]| {
        let call = folder.call(&["send", "--mllp", &address, "all.hl7", "--results", "r"]);
        call.args(also)
    };
    let mut unknown = BTreeSet::new();
    // Numbers of a generator: the same moments in each run of the test.
    let mut number: u64 = 17;
    let mut below = |limit: u64| {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (number >> 33) % limit
    };
    for _ in 0..MOMENTS {
        let moment = match below(4) {
            0 => Moment::Unacknowledged,
            1 => Moment::Half,
            2 => Moment::Acknowledged(u32::try_from(below(200_000)).unwrap()),
            _ => Moment::Torn(usize::try_from(1 + below(50)).unwrap()),
        };
        let after = u32::try_from(below(3)).unwrap();
        state.lock().unwrap().kill = Some((after, moment));
        let (code, found) = run(send(&["--keep-going"]), &state);
        assert_eq!(code, None, "the run was killed");
        unknown.extend(found);
    }
    let (code, found) = run(send(&["--keep-going"]), &state);
    unknown.extend(found);
    assert!(matches!(code, Some(0 | 3)), "{code:?}");
    {
        let came = &state.lock().unwrap().came;
        let twice: Vec<_> = came.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        for number in 1..=MESSAGES {
            let id = format!("M{number}");
            let is_lost = !came.contains_key(&id) && !unknown.contains(&id);
            assert!(!is_lost, "{id} never came, and nothing said so");
        }
        assert!(unknown.len() > 20, "most moments leave an unknown message");
    }
    let (code, _) = run(send(&["--repeat-unknown"]), &state);
    assert_eq!(code, Some(0));
    let came = &state.lock().unwrap().came;
    assert_eq!(came.len(), MESSAGES);
    for (id, times) in came {
        assert!(
            *times == 1 || (*times == 2 && unknown.contains(id)),
            "{id}: {times}"
        );
    }
}

const MOMENTS: u32 = 200;
const MESSAGES: usize = 500;
