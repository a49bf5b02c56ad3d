use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::failure::Failure;
use crate::key_text;

/// The origins of option values that are not on the command line. Messages about a value name its origin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(Vec<Origin>);

#[derive(Clone, Debug)]
struct Origin {
    /// The variable that can hold the value, set or not.
    variable: String,
    /// The variable, or the entry of a profile.
    place: String,
}

impl Origins {
    /// The origins for a command; `in_profile` gives the place of an option's entry in the profile.
    ///
    /// # Errors
    /// A value is the text of a key, which messages must not show.
    pub(crate) fn read(
        command: &Command,
        matches: &ArgMatches,
        in_profile: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let mut origins = Vec::new();
        for option in command.get_arguments() {
            let Some(variable) = option.get_env().and_then(|it| it.to_str()) else {
                continue;
            };
            let id = option.get_id().as_str();
            let place = match matches.value_source(id) {
                Some(ValueSource::EnvVariable) => Some(variable.to_owned()),
                Some(ValueSource::DefaultValue) => option.get_long().and_then(&in_profile),
                _ => None,
            };
            let Some(place) = place else { continue };
            let values = matches.get_raw(id).into_iter().flatten();
            for value in values {
                key_text::expect_no_value(&place, &value.to_string_lossy())?;
            }
            origins.push(Origin {
                variable: variable.to_owned(),
                place,
            });
        }
        Ok(Self(origins))
    }

    /// The failure with the origin of the wrong value, unless that is the command line.
    pub(crate) fn named(&self, failure: &Failure) -> Failure {
        let variable = failure.variable();
        let origin = self.0.iter().find(|it| Some(&*it.variable) == variable);
        match origin {
            Some(Origin { place, .. }) => failure.with_message(format!("{place}: {failure}")),
            None => failure.with_message(failure.to_string()),
        }
    }
}
