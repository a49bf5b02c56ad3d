use core::hash::BuildHasher as _;
use core::time::Duration;
use std::env;
use std::fs;
use std::hash::RandomState;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use redox_auth_interop::{SftpServer, redox_auth_binary};

use crate::sender::{Sender, outcome, run};

/// The moments at which an upload is killed, and a batch; `REDOX_AUTH_KILLS` asks for more.
fn moments() -> u64 {
    let asked = env::var("REDOX_AUTH_KILLS").ok();
    asked.and_then(|it| it.parse().ok()).unwrap_or(12)
}

#[test]
fn a_file_that_is_replaced_is_the_old_or_the_new_one_whenever_the_command_is_killed() {
    let server = SftpServer::openssh(&["UsePAM no"]);
    let sender = Sender::new();
    let contents = [vec![1; 6_000_000], vec![2; 7_000_000]];
    let mut arguments = sender.arguments("send", &server, &server.host_key("ed25519"));
    arguments.extend(["--replace".to_owned(), sender.path("a.csv")]);
    sender.write("a.csv", &contents[0]);
    let start = Instant::now();
    assert_eq!(outcome(&run(&arguments)).0, "ok");
    let whole = start.elapsed();
    for (moment, new) in (0..moments()).zip(contents.iter().rev().cycle()) {
        sender.write("a.csv", new);
        kill_at_a_random_moment(&arguments, whole);
        let found = fs::read(server.file("a.csv")).unwrap();
        assert!(
            contents.contains(&found),
            "{} bytes at moment {moment}",
            found.len()
        );
        let again = run(&arguments);
        assert_eq!(outcome(&again).0, "ok", "at moment {moment}: {again:?}");
        assert!(
            fs::read(server.file("a.csv")).unwrap() == *new,
            "at moment {moment}"
        );
    }
}

#[test]
fn a_batch_goes_on_after_a_kill_and_sends_nothing_twice() {
    let server = SftpServer::openssh(&["UsePAM no"]);
    let sender = Sender::new();
    let arguments_of = |batch: u64| {
        let mut arguments = sender.arguments("send", &server, &server.host_key("ed25519"));
        arguments.extend([
            "--results".to_owned(),
            sender.path(&format!("results-{batch}")),
        ]);
        for file in 0..3 {
            let name = format!("{batch}-{file}.csv");
            sender.write(&name, vec![7; len_of(file)]);
            arguments.push(sender.path(&name));
        }
        arguments
    };
    let start = Instant::now();
    assert_eq!(run(&arguments_of(0)).exit_code(), Some(0));
    let whole = start.elapsed();
    for batch in 1..=moments() {
        let arguments = arguments_of(batch);
        kill_at_a_random_moment(&arguments, whole);
        let again = run(&arguments);
        assert_eq!(
            again.exit_code(),
            Some(0),
            "batch {batch}: {again:?}, {:?}",
            again.outcomes()
        );
        let results = sender.read(&format!("results-{batch}"));
        for file in 0..3 {
            let name = format!("{batch}-{file}.csv");
            let len = fs::metadata(server.file(&name)).unwrap().len();
            assert_eq!(usize::try_from(len), Ok(len_of(file)), "{name}");
            let is_ok = |line: &&str| line.contains(&name) && line.contains(r#""outcome":"ok""#);
            assert_eq!(
                results.lines().filter(is_ok).count(),
                1,
                "{name} in {results}"
            );
        }
    }
}

/// Each file of a batch has a length of its own.
fn len_of(file: usize) -> usize {
    file.saturating_add(1_000_000)
}

/// No check depends on the wait: the same must hold at every moment.
fn kill_at_a_random_moment(arguments: &[String], whole: Duration) {
    let mut child = Command::new(redox_auth_binary())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let whole = u64::try_from(whole.as_micros()).unwrap();
    let random = RandomState::new().hash_one(child.id());
    let random = random.checked_rem(whole).unwrap_or_default();
    thread::sleep(Duration::from_micros(random));
    child.kill().unwrap();
    child.wait().unwrap();
}
