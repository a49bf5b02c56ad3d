use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as _};

use crate::args::{
    Args, AssertionArgs, ClientArgs, Command, DialectArgs, DpopArgs, KeyArgs, KeyCommand,
    LegacyArgs, PlatformArgs, ProfileArgs, ServerArgs, SourceArgs,
};
use crate::failure::Failure;
use crate::hardware;

/// Rejects an option on the command line that the command would ignore. The environment and profiles are for all
/// commands: they may hold options that only others use.
pub(crate) fn expect_none(
    args: &Args,
    command: &clap::Command,
    matches: &ArgMatches,
) -> Result<(), Failure> {
    for unused in ALL.iter().filter(|it| (it.when)(args)) {
        let ids = unused.ids();
        let given = command.get_arguments().find(|option| {
            let id = option.get_id().as_str();
            ids.iter().any(|it| it == id)
                && matches.value_source(id) == Some(ValueSource::CommandLine)
        });
        if let Some(option) = given.and_then(Arg::get_long) {
            return Err(Failure::usage(format!("--{option}: {}", unused.because)));
        }
    }
    Ok(())
}

/// Options that a command ignores in one case.
struct Unused {
    when: fn(&Args) -> bool,
    /// Structs of options, including nested ones.
    structs: &'static [fn(clap::Command) -> clap::Command],
    /// Options of these structs that the command uses.
    but: &'static [&'static str],
    /// Further ones.
    options: &'static [&'static str],
    /// Why the command ignores them, and the remedy.
    because: &'static str,
}

impl Unused {
    /// Their IDs.
    fn ids(&self) -> Vec<String> {
        let all = clap::Command::new("unused");
        let all = self.structs.iter().fold(all, |all, augment| augment(all));
        let ids = all.get_arguments().map(|option| option.get_id().as_str());
        let ids = ids.filter(|id| !self.but.contains(id));
        ids.chain(self.options.iter().copied())
            .map(str::to_owned)
            .collect()
    }
}

const ALL: [Unused; 14] = [
    Unused {
        when: |args| !args.command.has_profiles() && !args.command.is_about_profiles(),
        structs: &[ProfileArgs::augment_args],
        but: &[],
        options: &[],
        because: "this command takes no option from a profile; leave it out",
    },
    Unused {
        when: |args| {
            args.profile.profile.is_none()
                && !serves_profiles(&args.command)
                && !args.command.is_about_profiles()
        },
        structs: &[],
        but: &[],
        options: &["config"],
        because: "the file has no profile `default`; name a profile with --profile",
    },
    Unused {
        when: |args| is_assertion_ready(&args.command),
        structs: &[
            KeyArgs::augment_args,
            LegacyArgs::augment_args,
            DialectArgs::augment_args,
        ],
        but: &[
            "client_id",
            "field",
            "send_client_id",
            "grant",
            "longest_token",
        ],
        options: &["audience", "typ"],
        because: "the assertion of --assertion is signed already; leave out one of the two options",
    },
    Unused {
        when: |args| matches!(args.command, Command::Assertion(_)),
        structs: &[DpopArgs::augment_args],
        but: &[],
        options: &[
            "scope",
            "field",
            "send_client_id",
            "longest_token",
            "tls_certificate",
            "tls_key",
        ],
        because: "this option changes the token request, and `assertion` sends none; give it to `token`",
    },
    Unused {
        when: |args| match &args.command {
            Command::Assertion(AssertionArgs { server, .. }) => {
                server.issuer.is_none() && server.fhir_url.is_none()
            }
            _ => false,
        },
        structs: &[],
        but: &[],
        options: &["ca_file"],
        because: "without --issuer or --fhir-url `assertion` connects to no server; leave it out",
    },
    Unused {
        when: |args| is_without_token(&args.command),
        structs: &[
            ClientArgs::augment_args,
            PlatformArgs::augment_args,
            SourceArgs::augment_args,
        ],
        but: &[],
        options: &["jwks_url", "log", "verbose"],
        because: "messages over MLLP and files over SFTP need no token; leave it out",
    },
    Unused {
        when: |args| !matches!(args.command, Command::Send(_) | Command::Doctor(_)),
        structs: &[],
        but: &[],
        options: &["upload_url"],
        because: "only `send` uploads files; leave it out",
    },
    Unused {
        when: |args| matches!(&args.command, Command::Serve(args) if args.check),
        structs: &[
            ClientArgs::augment_args,
            SourceArgs::augment_args,
            ProfileArgs::augment_args,
        ],
        but: &[],
        options: &[],
        because: "`serve --check` asks another process, which has the token; leave it out",
    },
    Unused {
        when: |args| serves_profiles(&args.command) && client(&args.command).is_none(),
        structs: &[ClientArgs::augment_args, SourceArgs::augment_args],
        but: &[],
        options: &[],
        because: "`serve --profiles` reads this option from the profiles only. Move it into the profiles. To serve a further token without a profile, also give --client-id and --key",
    },
    Unused {
        when: |args| client(&args.command).is_some_and(|it| it.legacy.legacy_key.is_none()),
        structs: &[LegacyArgs::augment_args],
        but: &["legacy_key"],
        options: &[],
        because: "the secret needs the ID of its legacy API key; give --legacy-key as well",
    },
    Unused {
        when: |args| {
            client(&args.command)
                .is_some_and(|it| it.legacy.legacy_key.is_some() && !it.key.is_given())
        },
        structs: &[KeyArgs::augment_args, DialectArgs::augment_args],
        but: &["longest_token"],
        options: &["audience", "typ", "scope"],
        because: "a legacy API key signs no assertion; give --client-id and --key for an OAuth API key as well, or leave it out",
    },
    Unused {
        when: |args| {
            let is_found = |it: &ServerArgs| it.issuer.is_some() || it.fhir_url.is_some();
            server(&args.command).is_some_and(|it| !is_found(it))
        },
        structs: &[],
        but: &[],
        options: &["confirm_host"],
        because: "the command requests no metadata; give --issuer or --fhir-url as well",
    },
    Unused {
        when: |args| !keys(&args.command).any(|it| hardware::lacks(it, "module-path")),
        structs: &[],
        but: &[],
        options: &["pkcs11_module"],
        because: "each key is in a file, or is in a token and names its module (`module-path`); leave it out",
    },
    Unused {
        when: |args| !keys(&args.command).any(|it| hardware::lacks(it, "pin-source")),
        structs: &[],
        but: &[],
        options: &["pin_file"],
        because: "each key is in a file, or is in a token and names its PIN (`pin-source`); leave it out",
    },
];

/// Whether a ready assertion takes the place of a key.
const fn is_assertion_ready(command: &Command) -> bool {
    matches!(command, Command::Token(args) if args.assertion.is_some())
}

/// Whether the command uses MLLP or SFTP.
const fn is_without_token(command: &Command) -> bool {
    match command {
        Command::Send(args) => !args.takes_token(),
        Command::Doctor(args) => args.mllp.mllp.is_some() || args.sftp.sftp.is_some(),
        _ => false,
    }
}

/// Whether the command serves tokens of several profiles.
const fn serves_profiles(command: &Command) -> bool {
    matches!(command, Command::Serve(args) if !args.profiles.is_empty())
}

/// The client that signs, of the commands that take both kinds of credentials.
fn client(command: &Command) -> Option<&ClientArgs> {
    match command {
        Command::Token(args) if args.assertion.is_none() => Some(&args.client),
        Command::Serve(args) if args.profiles.is_empty() || args.client.is_given() => {
            Some(&args.client)
        }
        command if is_without_token(command) => None,
        Command::Send(args) => Some(&args.client),
        Command::Doctor(args) => Some(&args.client),
        Command::Migrate(args) => Some(&args.client),
        _ => None,
    }
}

fn server(command: &Command) -> Option<&ServerArgs> {
    match command {
        Command::Assertion(args) => Some(&args.server),
        Command::Token(args) => Some(&args.client.server),
        Command::Key(KeyCommand::Rotate(args)) => Some(&args.server),
        _ => Some(&client(command)?.server),
    }
}

/// The places of the private keys that the command uses.
fn keys(command: &Command) -> impl Iterator<Item = &Path> {
    let (own, platform) = match command {
        Command::Assertion(args) => (args.key.key.as_slice(), None),
        Command::Key(KeyCommand::Jwks(args)) => (args.files.as_slice(), None),
        Command::Key(KeyCommand::Certificate(args)) => (core::slice::from_ref(&args.key), None),
        Command::Key(KeyCommand::Rotate(args)) => (args.key.key.as_slice(), Some(&args.platform)),
        Command::Doctor(args) => (args.client.key.key.as_slice(), Some(&args.platform)),
        command => (
            client(command).map_or(&[][..], |it| it.key.key.as_slice()),
            None,
        ),
    };
    let bound = server(command).and_then(|it| it.dpop.dpop_key.as_ref());
    let platform = platform.and_then(|it| it.platform_key.as_ref());
    let keys = own.iter().chain(bound).chain(platform);
    keys.map(PathBuf::as_path)
}

#[cfg(test)]
mod tests;
