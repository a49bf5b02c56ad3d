//! CPU time of the command `redox-auth`, beside the project as it was and `openssl version`, in one run.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::history;
use super::peer::Prepared;
use crate::command::{Failure, Run, root, target_dir};

/// What follows `bench` on the command line.
pub(super) const NAME: &str = "command";

/// Builds both commands and measures them in turn.
pub(super) fn measure() -> Result<(), Failure> {
    if let Prepared::Absent(why) = history::unpack()? {
        return Err(Failure::new(format!("{}: {why}", history::NAME)));
    }
    let before = build_before()?;
    Run::cargo("build --release -p redox-auth-cli --bin redox-auth").run()?;
    let now = target_dir().join("release/redox-auth");
    let folder = target_dir().join("xtask/command");
    fs::create_dir_all(&folder)?;
    let sandbox = Sandbox::start(&now)?;
    let contenders = [("now", &now), (history::NAME, &before)];
    let mut table = Vec::new();
    for (algorithm, token_is_measured) in [("ES384", true), ("RS384", false)] {
        let key = folder.join(format!("{algorithm}.pem"));
        if !key.exists() {
            let made = Run::new(now.display().to_string());
            let made = made.args("key new --alg").arg(algorithm).arg("--out");
            made.path(&key).output()?;
        }
        let mut assertion = vec!["assertion".to_owned(), "--client-id".to_owned()];
        assertion.extend([
            "a".to_owned(),
            "--key".to_owned(),
            key.display().to_string(),
        ]);
        table.extend(compared(
            &format!("assertion, {algorithm}"),
            4,
            &contenders,
            |program| {
                let mut command = quiet(program);
                command.args(&assertion);
                command
            },
        )?);
        if token_is_measured {
            table.extend(compared("token, loopback", 2, &contenders, |program| {
                let mut command = quiet(program);
                command.arg("token").envs(sandbox.variables.iter().cloned());
                command
            })?);
        }
    }
    let version = || {
        let mut command = quiet(Path::new("openssl"));
        command.arg("version");
        command
    };
    let millis = cpu_millis(&[&version], ROUNDS)?;
    println!("\n{:<24} {:>8}", "openssl version", shown(millis.first()));
    let mut missed = Vec::new();
    for Compared {
        what,
        now,
        before,
        at_least,
    } in &table
    {
        let times = before / now;
        println!(
            "{what:<24} {:>8}   at a76515d {:>8}   {times:.2} times less CPU time, at least {at_least}",
            shown(Some(now)),
            shown(Some(before)),
        );
        if times < f64::from(*at_least) {
            missed.push(what.as_str());
        }
    }
    match missed.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "too much CPU time: {}",
            missed.join("; ")
        ))),
    }
}

/// What one thing costs, in milliseconds of CPU time.
struct Compared {
    what: String,
    now: f64,
    before: f64,
    /// How many times less it has to be now.
    at_least: u8,
}

fn compared(
    what: &str,
    at_least: u8,
    contenders: &[(&str, &PathBuf); 2],
    command: impl Fn(&Path) -> Command,
) -> Result<Option<Compared>, Failure> {
    let [now, before] = contenders.map(|(_, program)| {
        let command = &command;
        move || command(program)
    });
    let millis = cpu_millis(&[&now, &before], ROUNDS)?;
    Ok(match millis[..] {
        [now, before] => Some(Compared {
            what: what.to_owned(),
            now,
            before,
            at_least,
        }),
        _ => None,
    })
}

/// The mean CPU time of each of these commands, which take turns.
fn cpu_millis(commands: &[&dyn Fn() -> Command], rounds: u32) -> Result<Vec<f64>, Failure> {
    let mut spent = vec![0_u64; commands.len()];
    for _ in 0..rounds {
        for (command, spent) in commands.iter().zip(&mut spent) {
            let mut command = command();
            let before = ticks_of_children()?;
            // The kernel counts in hundredths of a second, and carries fractions on from child to child.
            for _ in 0..TIMES_IN_A_ROUND {
                if !command.status()?.success() {
                    return Err(Failure::new(format!("{command:?} failed")));
                }
            }
            let ticks = ticks_of_children()?.saturating_sub(before);
            *spent = u64::saturating_add(*spent, ticks);
        }
    }
    let runs = f64::from(rounds.saturating_mul(TIMES_IN_A_ROUND));
    let millis = spent
        .into_iter()
        .map(|ticks| ticks as f64 * MILLIS_IN_A_TICK / runs);
    Ok(millis.collect())
}

/// The CPU time of all children that have ended: the fields `cutime` and `cstime` of proc(5).
fn ticks_of_children() -> Result<u64, Failure> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program may have spaces in it.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let fields: Vec<u64> = fields
        .split_whitespace()
        .map(|it| it.parse().unwrap_or(0))
        .collect();
    match fields.get(13..15) {
        Some([user, system]) => Ok(user.saturating_add(*system)),
        _ => Err(Failure::new("/proc/self/stat has no times of children")),
    }
}

/// The command of the project as it was, from the unpacked commit.
fn build_before() -> Result<PathBuf, Failure> {
    let program = root().join("target/before/redox-auth");
    if !program.exists() {
        // In the same folder, where most libraries are built for both.
        Run::cargo("build --release -p redox-auth-cli --bin redox-auth")
            .args("--manifest-path target/before/Cargo.toml --target-dir")
            .path(&target_dir())
            .run()?;
        fs::copy(target_dir().join("release/redox-auth"), &program)?;
    }
    Ok(program)
}

fn quiet(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn shown(millis: Option<&f64>) -> String {
    millis.map_or_else(String::new, |millis| format!("{millis:.1} ms"))
}

/// A local Redox, and the variables that lead its clients there.
struct Sandbox {
    child: Child,
    variables: Vec<(String, String)>,
}

impl Sandbox {
    fn start(program: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command
            .arg("sandbox")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut sandbox = Self {
            child: command.spawn()?,
            variables: Vec::new(),
        };
        if let Some(stdout) = sandbox.child.stdout.take() {
            for line in BufReader::new(stdout).lines() {
                let line = line?;
                let assignment = line
                    .strip_prefix("export ")
                    .and_then(|it| it.split_once('='));
                if let Some((name, value)) = assignment {
                    let value = value.trim_matches('\'').to_owned();
                    sandbox.variables.push((name.to_owned(), value));
                }
                if sandbox
                    .variables
                    .iter()
                    .any(|(name, _)| name == LAST_VARIABLE)
                {
                    break;
                }
            }
        }
        Ok(sandbox)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the sandbox prints last.
const LAST_VARIABLE: &str = "REDOX_DESTINATION_ID";

const ROUNDS: u32 = 20;

const TIMES_IN_A_ROUND: u32 = 10;

const MILLIS_IN_A_TICK: f64 = 10.0;
