//! The command `redox-auth`: makes keys, signs assertions, obtains tokens, sends messages, and explains refusals.
//!
//! Only results go to standard output. Exit codes: 0 done, 1 the server refused, 2 wrong use or configuration, 3 no
//! usable answer, 4 a key is half replaced, 130 interrupted, 141 standard output closed.

mod args;
mod arguments;
mod assertion;
mod body;
mod certificate;
mod connect;
mod demo;
mod dial;
mod discovery;
mod doctor;
mod ended;
mod failure;
mod file_news;
mod hangup;
mod hardware;
mod init;
mod input;
mod inspect;
mod key;
mod key_text;
mod log;
mod manual;
mod migrate;
mod notes;
mod origins;
mod page;
mod permissions;
mod platform;
mod profile;
mod rejected;
mod rotate;
mod sandbox;
mod secrets;
mod send;
mod serve;
mod sftp;
mod terminal;
mod token;
mod transport;
mod unused;
mod verbose;
mod watch;

use core::time::Duration;
use std::io::Write;
use std::process::ExitCode;

use args::{Args, Command, KeyCommand, ProfileCommand};
use failure::Failure;
use serve::Inherited;
use tokio::runtime::Runtime;
use verbose::Explains;

fn main() -> ExitCode {
    #[cfg(unix)]
    if let Some(code) = sftp::answer_ssh() {
        return code;
    }
    let result = arguments::read().and_then(|args| {
        let origins = args.profile.origins.clone();
        run(args).map_err(|failure| origins.named(&failure))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_closed_pipe() {
                terminal::say(&failure);
            }
            failure.exit_code()
        }
    }
}

fn run(args: Args) -> Result<(), Failure> {
    if let Some(level) = args.command.log() {
        log::start(level);
    }
    let inherited = match args.command {
        Command::Serve(_) => Inherited::take()?,
        _ => Inherited::default(),
    };
    verbose::start(
        args.command.verbosity(),
        match args.command {
            Command::Token(_) => Explains::Assertions,
            _ => Explains::Nothing,
        },
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the runtime did not start: {error}")))?;
    let result = run_on(&runtime, args, inherited);
    // A call of a PKCS#11 module may never return.
    runtime.shutdown_timeout(LAST_WORK);
    result
}

fn run_on(runtime: &Runtime, mut args: Args, inherited: Inherited) -> Result<(), Failure> {
    if let Some(server) = args.command.server() {
        runtime.block_on(discovery::find(server))?;
    }
    let result = match args.command {
        Command::Demo => return runtime.block_on(demo::run()),
        Command::Sandbox(args) => return runtime.block_on(sandbox::run(args)),
        Command::Init(init) => return runtime.block_on(init::run(&init, &args.profile)),
        Command::Profile(ProfileCommand::List) => profile::list(&args.profile),
        Command::Profile(ProfileCommand::Show(show)) => {
            profile::show(&args.profile, show.name.as_deref())
        }
        Command::Profile(ProfileCommand::Path) => profile::path(&args.profile),
        Command::Key(KeyCommand::New(args)) => {
            let jwks = key::new(&args)?;
            return print(&jwks).inspect_err(|_| key::note_unprinted(&args.out));
        }
        Command::Key(KeyCommand::Jwks(args)) => key::jwks(&args),
        Command::Key(KeyCommand::Certificate(args)) => key::certificate::make(&args),
        Command::Key(KeyCommand::Rotate(args)) => return runtime.block_on(rotate::run(&args)),
        Command::Assertion(args) => assertion::run(&args),
        Command::Token(args) => return runtime.block_on(token::run(args)),
        Command::Serve(serve) => {
            return runtime.block_on(serve::run(serve, &args.profile, inherited));
        }
        Command::Send(args) => return runtime.block_on(send::run(args)),
        Command::Doctor(doctor) => return runtime.block_on(doctor::run(doctor, &args.profile)),
        Command::Migrate(args) => return runtime.block_on(migrate::run(args)),
        Command::Inspect(args) => return inspect::run(&args),
        Command::Completions(args) => return manual::completions(args.shell),
        Command::Man(args) => return manual::man(&args),
    }?;
    print(&result)
}

/// Writes a result to standard output, with a line break at its end.
fn print(result: &str) -> Result<(), Failure> {
    write(&[result.as_bytes(), b"\n"])
}

/// Writes parts of a result to standard output.
fn write(parts: &[&[u8]]) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    parts
        .iter()
        .try_for_each(|part| stdout.write_all(part))
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::not_printed(&error))
}

/// How long threads may continue when the result is there.
const LAST_WORK: Duration = Duration::from_secs(1);
