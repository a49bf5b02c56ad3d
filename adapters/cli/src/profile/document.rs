use core::any::TypeId;
use core::ops::Range;
use std::path::Path;

use clap::{Arg, ArgAction, Args as _, Command, ValueHint};
use toml::de::{DeTable, DeValue};

use super::{Entry, Profile};
use crate::args::{ClientArgs, PlatformArgs, SourceArgs};
use crate::failure::Failure;
use crate::hardware::is_uri;
use crate::key_text;
use crate::secrets::VARIABLE_PREFIX;
use crate::terminal::shown_path;

/// A configuration file.
pub(super) struct Document<'a> {
    file: &'a Path,
    text: &'a str,
}

impl<'a> Document<'a> {
    pub(super) fn new(file: &'a Path, content: &'a [u8]) -> Result<Self, Failure> {
        match core::str::from_utf8(content) {
            Ok(text) => Ok(Self { file, text }),
            Err(_) => Err(Failure::usage(format!(
                "{}: expected text in UTF-8, found other bytes",
                shown_path(file)
            ))),
        }
    }

    /// The names of the profiles, in order.
    pub(super) fn names(&self) -> Result<Vec<String>, Failure> {
        let tables = self.tables()?;
        let mut tables: Vec<_> = tables.iter().collect();
        tables.sort_by_key(|(name, _)| name.span().start);
        let names = tables.into_iter().map(|(name, _)| name.get_ref());
        Ok(names.map(|name| name.to_string()).collect())
    }

    fn tables(&self) -> Result<DeTable<'a>, Failure> {
        DeTable::parse(self.text)
            .map(toml::Spanned::into_inner)
            .map_err(|error| self.wrong_syntax(error.span().unwrap_or(0..0), error.message()))
    }

    /// The profile of this name.
    pub(super) fn profile(&self, name: &str) -> Result<Profile, Failure> {
        let profiles = self.tables()?;
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

    /// The values of an option: one, or several if the option is repeatable.
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

    /// Relative paths start at the folder of the configuration file.
    fn value(&self, option: &Arg, text: &str) -> Result<String, String> {
        let possible = option.get_possible_values();
        if key_text::is_in(text) {
            return Err(
                "found the text of a key, which an entry must not hold; write it to a file and give the name of the file, or give env:NAME for a variable that holds it"
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

    /// The failure for a text that is no TOML. If a backslash is between double quotes, the usual cause is a path of
    /// Windows.
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

    /// Names the line without showing it: the line may hold a secret.
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

/// The type of an option's value in a profile.
pub(super) enum Value {
    Text,
    Switch,
    Number,
}

impl Value {
    pub(super) fn of(option: &Arg) -> Self {
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
pub(super) fn options() -> Command {
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

/// How to write a path of Windows in TOML.
const BACKSLASH: &str = r"between double quotes a backslash begins an escape: write a path between single quotes, as in 'C:\Users\me\key.pem'";
