use std::ffi::OsString;

use redox_auth_reqwest::Content;

use crate::failure::Failure;

/// Rejects arguments that are the text of a key. Runs before clap, whose messages show arguments.
pub(crate) fn expect_none(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    let mut before = None;
    for argument in arguments {
        let argument = argument.to_string_lossy().into_owned();
        let (option, value) = match option_with_value(&argument) {
            Some((option, value)) => (Some(option), value),
            None => (before.as_deref().filter(|it| is_option(it)), &*argument),
        };
        if let Some(found) = Content::of_key(value) {
            let place = option.unwrap_or("an argument");
            return Err(refused(found, place, Seen::ByOthers));
        }
        before = Some(argument);
    }
    Ok(())
}

/// Rejects the text of a key as the value of a variable or of an entry in a profile.
pub(crate) fn expect_no_value(place: &str, value: &str) -> Result<(), Failure> {
    let found = Content::of_key(value);
    found.map_or(Ok(()), |found| Err(refused(found, place, Seen::ByNobody)))
}

/// Whether a message must not show this text.
pub(crate) fn is_in(text: &str) -> bool {
    Content::of_key(text).is_some()
}

/// The place of the text, which decides who may have seen it.
enum Seen {
    /// Arguments of a process, which all users of the machine can see.
    ByOthers,
    ByNobody,
}

fn refused(found: Content, place: &str, seen: Seen) -> Failure {
    let warning = match seen {
        Seen::ByOthers => {
            ". Arguments are visible to the other users of this machine: replace the key if one of them may have seen it"
        }
        Seen::ByNobody => "",
    };
    Failure::usage(format!(
        "{place}: found {found}. Write it to a file that only you can read, and give the name of the file; or give env:NAME for a variable that holds it{warning}"
    ))
}

/// The two parts of `--option=value`.
fn option_with_value(argument: &str) -> Option<(&str, &str)> {
    argument
        .split_once('=')
        .filter(|(option, _)| is_option(option))
}

/// Whether this is the name of a long option. Short options have no values.
fn is_option(argument: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    argument.strip_prefix("--").is_some_and(|name| {
        name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(is_of_name)
    })
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;
    use crate::args::Args;

    const KEYS: [&str; 14] = [
        "-----BEGIN PRIVATE KEY-----\nhush/hush=\n-----END PRIVATE KEY-----\n",
        "\n -----BEGIN EC PRIVATE KEY-----\r\nhush/hush",
        "Bag Attributes\n    localKeyID: 01\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nhush",
        "-----BEGIN CERTIFICATE-----\nhush\n-----END CERTIFICATE-----\n",
        r#"{"kty":"EC","crv":"P-256","d":"hush"}"#,
        r#"{ "keys": [{ "kty": "oct", "k": "hush"#,
        r#"[{"kty":"EC","d":"hush"}]"#,
        "\u{feff}{\"kty\":\"EC\",\"d\":\"hush\"}",
        r#"{\"kty\":\"EC\",\"d\":\"hush\"}"#,
        r#"'-----BEGIN PRIVATE KEY-----\nhush'"#,
        "PuTTY-User-Key-File-3: ssh-rsa\nhush",
        // The first line of the PEM above, longer, in base64.
        "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCmh1c2hodXNoaHVzaGh1c2hodXNoaHVzaGh1c2hodXNo",
        // The same in base64url, cut off.
        "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCmh1c2hodXNoaHVzaGh1c2hodXNoaHVzaGh1c2hod",
        // As PKCS#8 of P-256 begins.
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghushhushhushhushhushhushhush",
    ];

    fn found(arguments: &[&str]) -> Option<String> {
        let refused = expect_none(arguments.iter().map(OsString::from));
        refused.err().map(|failure| failure.to_string())
    }

    fn is_hidden(shown: &str) -> bool {
        // The second is the first in base64.
        ["hush", "h1c2hod"].iter().all(|it| !shown.contains(it))
    }

    /// The command and all below it, by the words that lead there.
    fn commands() -> Vec<(Vec<String>, Command)> {
        let mut next = vec![(Vec::<String>::new(), Args::command())];
        let mut found = Vec::new();
        while let Some((words, command)) = next.pop() {
            next.extend(command.get_subcommands().map(|below| {
                let words = [words.as_slice(), &[below.get_name().to_owned()]].concat();
                (words, below.clone())
            }));
            found.push((words, command));
        }
        found
    }

    #[test]
    fn no_argument_of_any_command_may_be_a_key() {
        let commands = commands();
        assert!(commands.len() > 15, "{}", commands.len());
        for (words, command) in &commands {
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            for key in KEYS {
                let shown = found(&[&words[..], &[key]].concat()).unwrap();
                assert!(shown.starts_with("an argument: found "), "{shown}");
                assert!(is_hidden(&shown), "{words:?}: {shown}");
                for option in command.get_arguments().filter_map(|it| it.get_long()) {
                    let option = format!("--{option}");
                    let joined = format!("{option}={key}");
                    for arguments in [&[&*option, key][..], &[&*joined]] {
                        let shown = found(&[&words[..], arguments].concat()).unwrap();
                        let start = format!("{option}: found ");
                        assert!(shown.starts_with(&start), "{words:?}: {shown}");
                        assert!(is_hidden(&shown), "{words:?}: {shown}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_key_that_a_shell_has_split_is_found_by_its_beginning() {
        let arguments = "token --key -----BEGIN PRIVATE KEY----- MIGH".split(' ');
        let shown = found(&arguments.collect::<Vec<_>>()).unwrap();
        assert!(shown.starts_with("--key: found text in PEM"), "{shown}");
    }

    #[test]
    fn what_is_no_key_may_be_an_argument() {
        for argument in [
            "--key=key.pem",
            "key.pem",
            "-kid",
            "--claim=pem=\"-----BEGIN CERTIFICATE-----\"",
            r#"{"kty":"EC","crv":"P-256","x":"x","y":"y"}"#,
            r#"--header={"jwk":{"kty":"EC","x":"d"}}"#,
            r#"cnf={"jwk":{"kty":"EC"}}"#,
            "",
            "=",
            "--",
        ] {
            assert_eq!(found(&["token", argument]), None, "{argument}");
        }
    }
}
