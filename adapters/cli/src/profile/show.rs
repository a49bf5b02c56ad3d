use std::path::Path;

use clap::ValueHint;

use super::document::{Document, Value, options};
use super::{DEFAULT, Entry, content, file};
use crate::args::ProfileArgs;
use crate::failure::Failure;
use crate::hardware::is_uri;
use crate::secrets;
use crate::terminal::{shown, shown_path};

/// The names of the profiles, one on each line.
pub(crate) fn list(args: &ProfileArgs) -> Result<String, Failure> {
    let (file, content) = content(args).map_err(with_remedy)?;
    let names = Document::new(&file, &content)?.names()?;
    if names.is_empty() {
        return Err(Failure::usage(format!(
            "{} has no profile; {REMEDY}",
            shown_path(&file)
        )));
    }
    let names: Vec<_> = names.iter().map(|name| shown(name)).collect();
    Ok(names.join("\n"))
}

/// The options in a profile, in the form of the configuration file, with absolute paths and without secrets.
pub(crate) fn show(args: &ProfileArgs, name: Option<&str>) -> Result<String, Failure> {
    let name = name.or(args.profile.as_deref()).unwrap_or(DEFAULT);
    let (file, content) = content(args).map_err(with_remedy)?;
    let profile = Document::new(&file, &content)?.profile(name)?;
    let mut lines = vec![format!("# {}", shown_path(&file))];
    // Every name that this command makes is a bare key.
    lines.push(match super::is_name(name) {
        true => format!("[{name}]"),
        false => format!("[{}]", quoted(name)),
    });
    lines.extend(profile.0.iter().map(line));
    Ok(lines.join("\n"))
}

/// Where the configuration file is, or would be.
pub(crate) fn path(args: &ProfileArgs) -> Result<String, Failure> {
    Ok(file(args)?.display().to_string())
}

fn line(entry: &Entry) -> String {
    let options = options();
    let mut options = options.get_arguments();
    let option = options.find(|it| it.get_long() == Some(entry.name.as_str()));
    let is_text = option.is_none_or(|it| matches!(Value::of(it), Value::Text));
    let is_path = option.is_some_and(|it| it.get_value_hint() == ValueHint::AnyPath);
    let value = |text: &String| match (is_text, is_path) {
        (false, _) => text.clone(),
        (true, true) => quoted(&path_without_secret(&entry.name, text)),
        (true, false) => quoted(&without_secret(text)),
    };
    let values: Vec<_> = entry.values.iter().map(value).collect();
    let name = &entry.name;
    match values.as_slice() {
        [value] => format!("{name} = {value}"),
        values => format!("{name} = [{}]", values.join(", ")),
    }
}

/// A JSON string is a TOML string, too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A user may have written a secret in place of the name of its file.
fn path_without_secret(name: &str, text: &str) -> String {
    let path = Path::new(text);
    if is_uri(path) {
        return without_pin(text);
    }
    let is_of_secret = !name.ends_with("key") && SECRETS.iter().any(|word| name.contains(word));
    if is_of_secret && secrets::variable(path).is_none() && !path.exists() {
        return "[redacted: there is no file of this name]".to_owned();
    }
    text.to_owned()
}

/// The value without a password in a URL, and without a claim, member or field that could be a secret.
fn without_secret(text: &str) -> String {
    if let Some((scheme, rest)) = text.split_once("://") {
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if let Some((_, host)) = authority.rsplit_once('@') {
            return format!("{scheme}://[redacted]@{host}{path}");
        }
    }
    let plain = text.to_ascii_lowercase().replace(['_', '-'], "");
    let is_secret = SECRETS.iter().any(|word| plain.contains(word));
    match text.split_once('=') {
        Some((name, _)) if is_secret => format!("{name}=[redacted]"),
        None if is_secret && text.contains('{') => "[redacted]".to_owned(),
        _ => text.to_owned(),
    }
}

/// A PKCS#11 URI without the PIN in it (RFC 7512 §2.4).
fn without_pin(uri: &str) -> String {
    let parts = uri.split_inclusive(['?', '&', ';']);
    let parts = parts.map(|part| match part.split_once('=') {
        Some((name, value)) if name == "pin-value" => {
            let end = value.chars().last().filter(|last| "?&;".contains(*last));
            format!(
                "{name}=[redacted]{}",
                end.map_or_else(String::new, String::from)
            )
        }
        _ => part.to_owned(),
    });
    parts.collect()
}

/// Adds the remedy for a missing configuration.
fn with_remedy(failure: Failure) -> Failure {
    let text = format!("{failure}; {REMEDY}");
    match failure.variable() {
        Some(variable) => failure.with_message(text).about(variable),
        None => failure.with_message(text),
    }
}

const REMEDY: &str = "`redox-auth init` makes one";

/// Words in the names of options that hold a secret.
const SECRETS: [&str; 8] = [
    "secret",
    "password",
    "passphrase",
    "token",
    "assertion",
    "credential",
    "apikey",
    "pin",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown_wherever_it_stands() {
        for (text, expected) in [
            (
                "https://user:hush@proxy.example/a?b",
                "https://[redacted]@proxy.example/a?b",
            ),
            ("https://as.example/token", "https://as.example/token"),
            ("client_secret=hush", "client_secret=[redacted]"),
            ("API-Key=hush", "API-Key=[redacted]"),
            (r#"{"a":{"password":"hush"}}"#, "[redacted]"),
            (r#"a={"password":"hush"}"#, "a=[redacted]"),
            ("udap=1", "udap=1"),
            ("system/Patient.rs", "system/Patient.rs"),
        ] {
            assert_eq!(without_secret(text), expected);
        }
        for (text, expected) in [
            (
                "pkcs11:token=a?pin-value=hush",
                "pkcs11:token=a?pin-value=[redacted]",
            ),
            (
                "pkcs11:token=a?pin-value=hush&module-path=/m.so",
                "pkcs11:token=a?pin-value=[redacted]&module-path=/m.so",
            ),
        ] {
            assert_eq!(path_without_secret("key", text), expected);
        }
        let shown = path_without_secret("legacy-secret-file", "/nowhere/hush");
        assert!(!shown.contains("hush"), "{shown}");
        for (name, text) in [
            ("legacy-secret-file", "env:NAME"),
            ("key", "/nowhere/key.pem"),
        ] {
            assert_eq!(path_without_secret(name, text), text);
        }
    }
}
