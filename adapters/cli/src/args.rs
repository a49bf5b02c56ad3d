mod certificate;
mod client;
mod credential;
mod dialect;
mod dpop;
mod init;
mod inspect;
mod keys;
mod like;
mod log;
mod migrate;
mod mllp;
mod pkcs11;
mod platform;
mod profile;
mod rotate;
mod sandbox;
mod seconds;
mod send;
mod server;
mod sftp;

use core::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use crate::failure::Failure;
use crate::origins::Origins;

pub(crate) use certificate::CertificateArgs;
pub(crate) use client::ClientArgs;
pub(crate) use credential::{KeyArgs, LegacyArgs, SourceArgs};
pub(crate) use dialect::{DialectArgs, GrantName};
pub(crate) use dpop::DpopArgs;
pub(crate) use init::InitArgs;
pub(crate) use inspect::InspectArgs;
pub(crate) use keys::{AlgorithmName, CertifyArgs, JwksArgs, KeyCommand, NewKeyArgs, RsaBits};
pub(crate) use log::{LogArgs, LogLevel, VerboseArgs, Verbosity};
pub(crate) use migrate::MigrateArgs;
pub(crate) use mllp::{DoctorMllpArgs, MllpArgs};
pub(crate) use pkcs11::Pkcs11Args;
pub(crate) use platform::PlatformArgs;
pub(crate) use profile::ProfileCommand;
pub(crate) use rotate::RotateArgs;
pub(crate) use sandbox::{Fault, KeptArgs, SandboxArgs};
pub(crate) use send::SendArgs;
pub(crate) use server::ServerArgs;
pub(crate) use sftp::{PutArgs, SftpArgs};

/// Obtain and use tokens of Redox, or of another SMART Backend Services server
///
/// Begin with `redox-auth init`, or without an account with `redox-auth init --sandbox`.
///
/// Only results go to standard output. Exit codes: 0 done, 1 the server refused, 2 wrong use or configuration,
/// 3 no usable answer, 4 a key is half replaced (`key rotate`), 130 interrupted (`key rotate`, `send`), 141 standard
/// output closed.
#[derive(Debug, Parser)]
#[command(name = "redox-auth", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) profile: ProfileArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options from a file.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Profiles")]
pub(crate) struct ProfileArgs {
    /// Read options from this profile, a table of the configuration file whose keys are the names of options.
    /// The command line and the environment take precedence [default: the profile `default`, if there is one]
    #[arg(long, env = "REDOX_PROFILE", value_name = "NAME", global = true)]
    pub(crate) profile: Option<String>,
    /// The configuration file, in TOML [default: `redox-auth/config.toml` in `$XDG_CONFIG_HOME` or `~/.config`]
    #[arg(long, env = "REDOX_CONFIG", value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Why the profile is unusable, for a command that continues without a profile.
    #[arg(skip)]
    pub(crate) unusable: Option<Failure>,
    /// The origins of values that are not on the command line.
    #[arg(skip)]
    pub(crate) origins: Origins,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set up a profile: make a key, print the JWK Set to register, ask for the client ID, and check everything
    ///
    /// Writes the profile `default`, or the one that --profile names, and its key into the folder of the configuration
    /// file. It uses an existing key or profile, and never changes one: the command can be run again.
    /// --sandbox needs no account.
    Init(InitArgs),
    /// Run a demonstration with a local Redox, keys, tokens and messages. Needs no account and no network
    Demo,
    /// Show the profiles: sets of options in the configuration file
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Make keys, show their public halves, and replace the registered one
    #[command(subcommand)]
    Key(KeyCommand),
    /// Sign a client assertion and print it
    Assertion(AssertionArgs),
    /// Obtain an access token and print it
    Token(TokenArgs),
    /// Serve tokens to programs on this machine until interrupted, at a Unix socket or a port: `GET /token`, `GET /ready`,
    /// and `GET /metrics` for Prometheus
    ///
    /// When the API answers 401, a program sends `POST /token/refused` with the JSON `{"access_token": "..."}`. The
    /// next answer then has a new token. Errors are JSON with `kind`, `status`, `reason` and `retry_in`.
    ///
    /// Under systemd the command reports its state (`Type=notify`, `WatchdogSec=`) and takes one socket from a socket unit.
    ///
    /// The files of --key, --certificate and --legacy-secret-file are read again before each request for a token. SIGHUP
    /// makes the command read them at once and print the key of each. While a file is unusable, the previous key stays
    /// in use.
    Serve(ServeArgs),
    /// Send Data Model messages, upload files that messages refer to, send HL7 v2 messages over MLLP, or send files
    /// over SFTP
    Send(SendArgs),
    /// Check keys, files, network, clock and source, and obtain a token with each credential
    ///
    /// To look up the source, the command needs a credential for the Platform API of Redox, which lists the
    /// environment's sources.
    Doctor(DoctorArgs),
    /// Show an assertion, and the objections that Redox or another server would raise
    ///
    /// Takes an assertion, the whole form of a token request, or `Bearer` and a token. The command shows a token
    /// without judging it. Exit code 1 means that the server would object.
    Inspect(InspectArgs),
    /// Show whether an OAuth API key has taken over from a legacy API key, and when to replace the legacy secret
    ///
    /// Tries both credentials. Then obtains tokens like a program that has both credentials, and prints a line for each
    /// change. Ends when the OAuth API key has obtained three tokens in a row, which takes ten minutes or more. The
    /// command cannot see whether other programs still use the legacy API key.
    ///
    /// Exit codes are the usual ones: 0 when ready; 1 when not ready, also on Ctrl-C.
    Migrate(MigrateArgs),
    /// Run a local Redox, or a local server with the rules of another product, until interrupted. Print the variables
    /// for its clients
    Sandbox(SandboxArgs),
    /// Print the completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page of this command
    Man(ManArgs),
}

impl Command {
    /// Whether the command takes options that a profile can hold.
    pub(crate) const fn has_profiles(&self) -> bool {
        matches!(
            self,
            Self::Key(KeyCommand::Rotate(_))
                | Self::Assertion(_)
                | Self::Token(_)
                | Self::Serve(_)
                | Self::Send(_)
                | Self::Doctor(_)
                | Self::Inspect(_)
                | Self::Migrate(_)
        )
    }

    /// Whether the command uses the profile `default` when no profile is named.
    pub(crate) const fn has_default_profile(&self) -> bool {
        match self {
            // `--profiles` names the profiles.
            Self::Serve(args) => args.profiles.is_empty(),
            command => command.has_profiles(),
        }
    }

    /// Whether the command manages profiles, and takes no options from them.
    pub(crate) const fn is_about_profiles(&self) -> bool {
        matches!(self, Self::Init(_) | Self::Profile(_))
    }

    /// Whether the command reports an unusable profile, and continues without it.
    pub(crate) const fn goes_on_without_profile(&self) -> bool {
        matches!(self, Self::Doctor(_))
    }

    /// The server to discover before the command runs. `doctor` discovers it itself, and reports each step.
    pub(crate) const fn server(&mut self) -> Option<&mut ServerArgs> {
        match self {
            Self::Assertion(args) => Some(&mut args.server),
            Self::Token(args) => Some(&mut args.client.server),
            // The server of a profile is discovered when a program asks for the profile.
            Self::Serve(args)
                if !args.check && (args.profiles.is_empty() || args.client.is_given()) =>
            {
                Some(&mut args.client.server)
            }
            // Over MLLP and SFTP there is no token to obtain.
            Self::Send(args) if args.takes_token() => Some(&mut args.client.server),
            Self::Migrate(args) => Some(&mut args.client.server),
            Self::Key(KeyCommand::Rotate(args)) => Some(&mut args.server),
            Self::Key(KeyCommand::New(_) | KeyCommand::Jwks(_) | KeyCommand::Certificate(_))
            | Self::Demo
            | Self::Doctor(_)
            | Self::Init(_)
            | Self::Profile(_)
            | Self::Inspect(_)
            | Self::Sandbox(_)
            | Self::Send(_)
            | Self::Serve(_)
            | Self::Completions(_)
            | Self::Man(_) => None,
        }
    }

    /// The level to log.
    pub(crate) fn log(&self) -> Option<LogLevel> {
        self.log_args()?.log
    }

    /// How much to show of requests and answers.
    pub(crate) fn verbosity(&self) -> Verbosity {
        let verbose = match self {
            Self::Assertion(args) => Some(&args.verbose),
            command => command.log_args().map(|args| &args.verbose),
        };
        verbose.map_or(Verbosity::Quiet, VerboseArgs::verbosity)
    }

    const fn log_args(&self) -> Option<&LogArgs> {
        match self {
            Self::Token(args) => Some(&args.log),
            Self::Serve(args) => Some(&args.log),
            Self::Send(args) => Some(&args.log),
            Self::Doctor(args) => Some(&args.log),
            Self::Migrate(args) => Some(&args.log),
            Self::Key(KeyCommand::Rotate(args)) => Some(&args.log),
            _ => None,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct AssertionArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// Sign as if this were the time: seconds since 1970, or RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[command(flatten)]
    pub(crate) verbose: VerboseArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Exchange the assertion in this file instead of signing a new one; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) assertion: Option<PathBuf>,
    /// Print the token with its lifetime and scope, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Run until interrupted: renew the token before it expires, print each token on a line of its own, and report
    /// refusals on standard error. SIGHUP makes the command read the key files again at once
    #[arg(long, conflicts_with = "assertion")]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Also serve the tokens of these profiles, at `/token?profile=NAME`. The command line and the environment do not
    /// apply to these profiles
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) profiles: Vec<String>,
    /// Listen at this Unix socket, which only its owner can open. A socket from systemd needs no option
    #[arg(long, value_name = "PATH", conflicts_with_all = ["listen", "secret_file"])]
    pub(crate) socket: Option<PathBuf>,
    /// Listen on this loopback address. Port 0 selects a free port, which the command prints [default: 127.0.0.1:0]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// With --listen: the file with the secret that requests must send as `Authorization: Bearer`. If there is
    /// no such file, the command creates one that only its owner can read
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Ask the `serve` at --socket or --listen whether it has a token, and exit: 0 if it has a token, otherwise 3. For
    /// health checks of containers
    #[arg(long, conflicts_with_all = ["profiles", "secret_file"])]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) mllp: DoctorMllpArgs,
    #[command(flatten)]
    pub(crate) sftp: SftpArgs,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Check that the keys are at this URL, from which the server fetches them
    #[arg(long, value_name = "URL")]
    pub(crate) jwks_url: Option<String>,
    /// Print each check as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
    /// Whether the command ignores the environment variables.
    #[arg(skip)]
    pub(crate) without_environment: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell to complete commands in
    pub(crate) shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}
