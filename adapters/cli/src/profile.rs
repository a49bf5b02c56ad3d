use core::any::TypeId;
use core::ops::Range;
use std::env;
use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::{Arg, ArgAction, Args as _, Command, FromArgMatches, ValueHint};
use toml::de::{DeTable, DeValue};

use crate::args::{ClientArgs, PlatformArgs, ProfileArgs, SourceArgs};
use crate::failure::Failure;
use crate::hardware::is_uri;
use crate::origins::Origins;
use crate::secrets::{KEY_VARIABLE, PIN_VARIABLE, SECRET_VARIABLE, VARIABLE_PREFIX, is_set};
use crate::terminal::shown_path;
use crate::{input, key_text, rejected};

/// The profile of this name, without the entries that what is given on the command line or in the environment overrules.
pub(crate) fn read(
    args: &ProfileArgs,
    name: &str,
    is_given: impl Fn(&str) -> bool,
) -> Result<Profile, Failure> {
    let mut profile = in_file(args, name)?;
    profile.drop_overruled(is_given);
    Ok(profile)
}

fn in_file(args: &ProfileArgs, name: &str) -> Result<Profile, Failure> {
    let file = file(args)?;
    let content = input::read(&file, "configuration", MAX_CONFIG)
        .map_err(|failure| failure.about("REDOX_CONFIG"))?;
    Document::new(&file, &content)?.profile(name)
}

/// One profile among several: neither the command line nor the environment counts for it.
pub(crate) struct Alone {
    pub(crate) client: ClientArgs,
    pub(crate) source: SourceArgs,
    /// The places of its entries.
    pub(crate) origins: Origins,
}

impl Alone {
    pub(crate) fn read(args: &ProfileArgs, name: &str) -> Result<Self, Failure> {
        let profile = in_file(args, name)?;
        let in_profile = |option: &str| profile.place(option);
        let without_environment = options().mut_args(|option| option.env(Resettable::Reset));
        let mut command = profile.as_defaults(without_environment);
        let wrong = |error: &clap::Error| {
            rejected::elsewhere(error, &options(), |_| false, in_profile)
                .unwrap_or_else(|| Failure::usage(error.to_string()))
        };
        let matches = command
            .try_get_matches_from_mut([name])
            .map_err(|error| wrong(&error))?;
        let alone = Self {
            client: ClientArgs::from_arg_matches(&matches).map_err(|error| wrong(&error))?,
            source: SourceArgs::from_arg_matches(&matches).map_err(|error| wrong(&error))?,
            origins: Origins::read(&options(), &matches, in_profile)?,
        };
        match missing(&alone.client) {
            Some(option) => Err(Failure::usage(format!(
                "{}: the profile {name:?} must have `{option}`: `serve --profiles` does not read the environment",
                shown_path(&file(args)?)
            ))),
            None => Ok(alone),
        }
    }
}

/// What names a secret and would be looked for in the environment.
fn missing(client: &ClientArgs) -> Option<&'static str> {
    let ClientArgs {
        server,
        key,
        legacy,
    } = client;
    if legacy.legacy_key.is_some() && legacy.legacy_secret_file.is_none() {
        return Some("legacy-secret-file");
    }
    let needs_key = key.client_id.is_some() || legacy.legacy_key.is_none();
    if needs_key && key.key.is_empty() {
        return Some("key");
    }
    let names_no_pin =
        |key: &PathBuf| is_uri(key) && !key.to_string_lossy().contains("pin-source=");
    if server.pkcs11.pin_file.is_none() && key.key.iter().any(names_no_pin) && is_set(PIN_VARIABLE)
    {
        return Some("pin-file");
    }
    None
}

/// Where the configuration is, or would be.
pub(crate) fn file(args: &ProfileArgs) -> Result<PathBuf, Failure> {
    if let Some(file) = &args.config {
        return Ok(file.clone());
    }
    // The XDG Base Directory Specification: a relative path is to be ignored.
    let folder = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    folder
        .filter(|folder| folder.is_absolute())
        .or_else(|| Some(env::home_dir()?.join(".config")))
        .map(|folder| folder.join("redox-auth").join("config.toml"))
        .ok_or_else(|| {
            Failure::usage(
                "expected a configuration file (--config or REDOX_CONFIG), found none and no home directory",
            )
        })
}

/// The entries of a profile.
#[derive(Default)]
pub(crate) struct Profile(Vec<Entry>);

struct Entry {
    /// The name of an option.
    name: String,
    values: Vec<String>,
    /// The file, the line, the profile and the name.
    place: String,
}

impl Profile {
    /// Where the entry of this name stands.
    pub(crate) fn place(&self, name: &str) -> Option<String> {
        let entry = self.0.iter().find(|entry| entry.name == name)?;
        Some(entry.place.clone())
    }

    /// Drops what names a secret where the environment holds one itself, key IDs, algorithm and certificates where they are
    /// not those of the keys that are given, and one credential for the Platform API, or one way to discover the server,
    /// where the other kind is given.
    fn drop_overruled(&mut self, is_given: impl Fn(&str) -> bool) {
        self.0.retain(|entry| match entry.name.as_str() {
            "key" | "key-id" | "alg" | "certificate" | "pkcs11-module" | "pin-file" => {
                !is_given("key") && !is_set(KEY_VARIABLE)
            }
            // Which certificate it is about is perhaps said elsewhere.
            "certificate-as" => {
                is_given("certificate") || !is_given("key") && !is_set(KEY_VARIABLE)
            }
            "legacy-secret-file" => !is_set(SECRET_VARIABLE),
            "platform-client-id" | "platform-key" => !is_given("platform_token_file"),
            "platform-key-id" => !is_given("platform_token_file") && !is_given("platform_key"),
            "platform-token-file" => !is_given("platform_key"),
            "issuer" => !is_given("fhir_url"),
            "fhir-url" => !is_given("issuer"),
            _ => true,
        });
    }

    /// As the defaults of the options, also of the commands below: so the command line and the environment come first
    /// without more ado.
    pub(crate) fn as_defaults(&self, command: Command) -> Command {
        command
            .mut_args(|option| self.as_default(option))
            .mut_subcommands(|command| self.as_defaults(command))
    }

    fn as_default(&self, option: Arg) -> Arg {
        let found = |entry: &&Entry| option.get_long() == Some(entry.name.as_str());
        match self.0.iter().find(found) {
            Some(entry) => option.default_values(entry.values.clone()),
            None => option,
        }
    }
}

/// A configuration file.
struct Document<'a> {
    file: &'a Path,
    text: &'a str,
}

impl<'a> Document<'a> {
    fn new(file: &'a Path, content: &'a [u8]) -> Result<Self, Failure> {
        match core::str::from_utf8(content) {
            Ok(text) => Ok(Self { file, text }),
            Err(_) => Err(Failure::usage(format!(
                "{}: expected text in UTF-8, found other bytes",
                shown_path(file)
            ))),
        }
    }

    fn profile(&self, name: &str) -> Result<Profile, Failure> {
        let document = DeTable::parse(self.text)
            .map_err(|error| self.wrong_syntax(error.span().unwrap_or(0..0), error.message()))?;
        let profiles = document.get_ref();
        let Some((key, profile)) = profiles.iter().find(|(key, _)| key.get_ref() == name) else {
            let file = shown_path(self.file);
            let names = profiles.keys().map(|key| format!("{:?}", key.get_ref()));
            let names = listed(names);
            let missing = Failure::usage(if names.is_empty() {
                format!("{file}: expected the profile {name:?}, found no profile at all")
            } else {
                format!("{file}: expected one of the profiles in it ({names}), found {name:?}")
            });
            return Err(missing.about("REDOX_PROFILE"));
        };
        let DeValue::Table(profile) = profile.get_ref() else {
            return Err(self.wrong(
                key.span(),
                &format!("expected the table [{name}], found a key"),
            ));
        };
        let options = options();
        let mut entries = Vec::new();
        for (key, value) in profile {
            let option_name = key.get_ref().as_ref();
            let option = options
                .get_arguments()
                .find(|it| it.get_long() == Some(option_name));
            let option = option.ok_or_else(|| self.unknown(key.span(), option_name, &options))?;
            let place = format!("{}: [{name}] {option_name}", self.line(value.span()));
            let wrong = |problem| Failure::usage(format!("{place}: {problem}"));
            let values = self.values(option, value.get_ref()).map_err(wrong)?;
            entries.push(Entry {
                name: option_name.to_owned(),
                values,
                place,
            });
        }
        Ok(Profile(entries))
    }

    /// The values of an option, one or, where it may be given again, several.
    fn values(&self, option: &Arg, value: &DeValue<'_>) -> Result<Vec<String>, String> {
        let one = |value: &DeValue<'_>| match (value, Value::of(option)) {
            (DeValue::String(text), Value::Text) => self.value(option, text),
            (DeValue::Boolean(switch), Value::Switch) => Ok(switch.to_string()),
            (DeValue::Integer(number), Value::Number) => Ok(number.to_string()),
            (other, Value::Text) => Err(format!("expected a string, found {}", kind(other))),
            (other, Value::Switch) => Err(format!("expected true or false, found {}", kind(other))),
            (other, Value::Number) => Err(format!("expected an integer, found {}", kind(other))),
        };
        match (option.get_action(), value) {
            (ArgAction::Append, DeValue::Array(several)) => {
                several.iter().map(|value| one(value.get_ref())).collect()
            }
            (ArgAction::Append, other @ DeValue::String(_)) => Ok(vec![one(other)?]),
            (ArgAction::Append, other) => Err(format!(
                "expected a string or an array of strings, found {}",
                kind(other)
            )),
            (_, value) => Ok(vec![one(value)?]),
        }
    }

    /// Relative paths start at the file that they stand in.
    fn value(&self, option: &Arg, text: &str) -> Result<String, String> {
        let possible = option.get_possible_values();
        if key_text::is_in(text) {
            return Err(
                "found the text of a key, which no entry holds; write it to a file and give the name of the file, or give env:NAME for a variable that holds it"
                    .to_owned(),
            );
        }
        if !possible.is_empty() && !possible.iter().any(|it| it.matches(text, false)) {
            let names = possible.iter().map(|it| format!("{:?}", it.get_name()));
            return Err(format!("expected {}, found {text:?}", listed(names)));
        }
        let is_elsewhere = text.starts_with(VARIABLE_PREFIX) || is_uri(Path::new(text));
        if option.get_value_hint() != ValueHint::AnyPath || is_elsewhere {
            return Ok(text.to_owned());
        }
        if text.contains(char::is_control) {
            return Err(format!(
                "expected a path, found a control character in it, such as `\\t` or `\\n`; {BACKSLASH}"
            ));
        }
        let path = self.file.parent().map(|folder| folder.join(text));
        let path = path.as_deref().and_then(Path::to_str);
        path.map(str::to_owned)
            .ok_or_else(|| "expected a path in UTF-8, found another".to_owned())
    }

    fn unknown(&self, at: Range<usize>, found: &str, options: &Command) -> Failure {
        let names = options.get_arguments().filter_map(Arg::get_long);
        let likeness = |name: &&str| strsim::jaro_winkler(name, found);
        let nearest = names.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
        let nearest = nearest.unwrap_or_default();
        self.wrong(
            at,
            &format!("expected the name of an option, the nearest is {nearest:?}, found {found:?}"),
        )
    }

    /// The same for what is no TOML. Where a backslash stands between double quotes, that is why: a path of Windows.
    fn wrong_syntax(&self, at: Range<usize>, problem: &str) -> Failure {
        let (before, after) = self.text.split_at_checked(at.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end.saturating_add(1));
        let before = before.get(start..).unwrap_or_default();
        let after = after.lines().next().unwrap_or_default();
        if [before, after].concat().contains('\\') {
            self.wrong(at, &format!("{problem}; {BACKSLASH}"))
        } else {
            self.wrong(at, problem)
        }
    }

    /// Names the line, and shows nothing of it: somebody may have put a secret there.
    fn wrong(&self, at: Range<usize>, problem: &str) -> Failure {
        Failure::usage(format!("{}: {problem}", self.line(at)))
    }

    /// The file and the line.
    fn line(&self, at: Range<usize>) -> String {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line = before.matches('\n').count().saturating_add(1);
        format!("{}, line {line}", shown_path(self.file))
    }
}

/// What the value of an option is in a profile.
enum Value {
    Text,
    Switch,
    Number,
}

impl Value {
    fn of(option: &Arg) -> Self {
        let of_type = option.get_value_parser().type_id();
        let numbers = [
            TypeId::of::<u16>(),
            TypeId::of::<u32>(),
            TypeId::of::<u64>(),
        ];
        if of_type == TypeId::of::<bool>() {
            Self::Switch
        } else if numbers.iter().any(|number| of_type == *number) {
            Self::Number
        } else {
            Self::Text
        }
    }
}

/// The options that a profile may hold.
fn options() -> Command {
    let options = ClientArgs::augment_args(Command::new("profile"));
    PlatformArgs::augment_args(SourceArgs::augment_args(options))
}

/// With its article.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

fn listed(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(" or ")
}

/// How TOML has a path of Windows.
const BACKSLASH: &str = r"between double quotes a backslash begins an escape: write a path between single quotes, as in 'C:\Users\me\key.pem'";

/// In bytes; a profile takes a few hundred.
const MAX_CONFIG: u64 = 1 << 20;
