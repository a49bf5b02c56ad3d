use clap::{ArgAction, CommandFactory as _, FromArgMatches as _};

use super::*;

/// Each command that does something, with its words on the command line.
fn commands() -> Vec<(Vec<String>, clap::Command)> {
    let mut next = vec![(Vec::<String>::new(), Args::command())];
    let mut found = Vec::new();
    while let Some((words, mut command)) = next.pop() {
        command.build();
        next.extend(
            command
                .get_subcommands()
                .filter(|it| it.get_name() != "help")
                .map(|it| {
                    let words = [words.as_slice(), &[it.get_name().to_owned()]].concat();
                    (words, it.clone())
                }),
        );
        if !command.has_subcommands() {
            found.push((words, command));
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// A value that the option takes, if it takes one.
fn value(option: &Arg) -> Option<String> {
    if !option.get_action().takes_values() {
        return None;
    }
    if let Some(first) = option.get_possible_values().first() {
        return Some(first.get_name().to_owned());
    }
    let name = option.get_value_names().and_then(|names| names.first());
    Some(match name.map_or("", |name| name.as_str()) {
        "HOST:PORT" => "127.0.0.1:9960".to_owned(),
        "ADDR" => "127.0.0.1:0".to_owned(),
        "ADDRESS" => "127.0.0.1".to_owned(),
        "SECS" | "SECONDS" | "BYTES" | "N" | "N[/min]" | "DAYS" | "PORT" => "7".to_owned(),
        "SPEC" => "token:429".to_owned(),
        "NAME=JSON" => "a=1".to_owned(),
        _ => "a".to_owned(),
    })
}

/// The required options of each command.
fn needs(words: &str) -> &'static [&'static str] {
    match words {
        "completions" => &["bash"],
        "send" => &["m.json", "--client-id=a", "--key=k"],
        "key new" => &["--alg=ES384", "--out=k"],
        "key jwks" => &["k"],
        "key certificate" => &["--key=k", "--out=c"],
        "key rotate" => &["--client-id=a", "--key=k", "--out=n"],
        "token" | "serve" | "doctor" | "migrate" | "assertion" => &["--client-id=a", "--key=k"],
        _ => &[],
    }
}

/// Whether the command uses an option, this module rejects it, or clap rejects it because it needs or excludes another
/// option.
#[derive(Debug, Eq, PartialEq)]
enum Fate {
    Used,
    Refused,
    Clap,
}

fn fate(words: &[String], option: &Arg) -> Fate {
    let long = option.get_long().unwrap_or_default();
    let mut line = vec!["redox-auth".to_owned()];
    line.extend(words.iter().cloned());
    let is_this = |it: &str| it.starts_with(&format!("--{long}="));
    let needs = needs(&words.join(" ")).iter().filter(|it| !is_this(it));
    line.extend(needs.map(|it| (*it).to_owned()));
    line.push(match value(option) {
        Some(value) => format!("--{long}={value}"),
        None => format!("--{long}"),
    });
    let mut command = Args::command();
    let Ok(matches) = command.try_get_matches_from_mut(&line) else {
        return Fate::Clap;
    };
    let args = Args::from_arg_matches(&matches).unwrap();
    let (mut below, mut inner) = (&command, &matches);
    while let Some((name, next)) = inner.subcommand() {
        (below, inner) = (below.find_subcommand(name).unwrap(), next);
    }
    match expect_none(&args, below, inner) {
        Ok(()) => Fate::Used,
        Err(_) => Fate::Refused,
    }
}

#[test]
fn each_option_of_each_command_is_used_or_refused_as_is_written_here() {
    let mut found = Vec::new();
    let mut count = 0;
    for (words, command) in commands() {
        let options = command.get_arguments().filter(|option| {
            let is_of_clap = matches!(
                option.get_action(),
                ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
            );
            option.get_long().is_some() && !is_of_clap
        });
        for option in options {
            count += 1;
            let name = format!("{} --{}", words.join(" "), option.get_long().unwrap());
            match fate(&words, option) {
                Fate::Used => {}
                Fate::Refused => found.push(name),
                Fate::Clap => found.push(format!("{name} (clap)")),
            }
        }
    }
    assert!(count > 200, "{count}");
    let expected: Vec<_> = NOT_USED.lines().filter(|it| !it.is_empty()).collect();
    assert_eq!(found, expected, "{}", found.join("\n"));
}

/// The options that this module or clap rejects when only the required options are given as well.
const NOT_USED: &str = "
assertion --upload-url
assertion --confirm-host
assertion --scope
assertion --ca-file
assertion --tls-certificate
assertion --tls-key
assertion --field
assertion --send-client-id
assertion --longest-token
assertion --dpop
assertion --dpop-key
assertion --pkcs11-module
assertion --pin-file
assertion --config
completions --profile
completions --config
demo --profile
demo --config
doctor --mllp
doctor --source (clap)
doctor --probe (clap)
doctor --ack-timeout (clap)
doctor --sftp (clap)
doctor --sftp-password-file (clap)
doctor --host-key (clap)
doctor --known-hosts (clap)
doctor --sftp-timeout (clap)
doctor --confirm-host
doctor --pkcs11-module
doctor --pin-file
doctor --legacy-secret-file
doctor --config
init --port (clap)
inspect --config
key certificate --pkcs11-module
key certificate --pin-file
key certificate --profile
key certificate --config
key jwks --pkcs11-module
key jwks --pin-file
key jwks --profile
key jwks --config
key new --profile
key new --config
key rotate --upload-url
key rotate --confirm-host
key rotate --pkcs11-module
key rotate --pin-file
key rotate --config
man --profile
man --config
migrate --upload-url
migrate --confirm-host
migrate --pkcs11-module
migrate --pin-file
migrate --legacy-secret-file
migrate --config
sandbox --ca-out (clap)
sandbox --profile
sandbox --config
send --repeat-unknown (clap)
send --mllp
send --source (clap)
send --ack-timeout (clap)
send --reconnect (clap)
send --keep-going (clap)
send --sftp (clap)
send --sftp-password-file (clap)
send --host-key (clap)
send --known-hosts (clap)
send --sftp-timeout (clap)
send --replace (clap)
send --no-temp (clap)
send --confirm-host
send --pkcs11-module
send --pin-file
send --legacy-secret-file
send --config
serve --upload-url
serve --confirm-host
serve --pkcs11-module
serve --pin-file
serve --legacy-secret-file
serve --check
serve --config
token --upload-url
token --confirm-host
token --pkcs11-module
token --pin-file
token --legacy-secret-file
token --assertion
token --config
";
