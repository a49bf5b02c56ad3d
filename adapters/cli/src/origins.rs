use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use crate::failure::Failure;
use crate::key_text;

/// Where the values of options came from, of those that are not on the command line: what a message about one has to name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(Vec<Origin>);

#[derive(Clone, Debug)]
struct Origin {
    /// The variable that can hold the value, whether it does or not.
    variable: String,
    /// The variable, or the entry of a profile.
    place: String,
}

impl Origins {
    /// Those of a command; `in_profile` gives the place of an option's entry in the profile.
    ///
    /// # Errors
    /// A value is the text of a key: messages about it would show it.
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

    /// The failure with the name of the place that the wrong value came from, unless that is the command line.
    pub(crate) fn named(&self, failure: &Failure) -> Failure {
        let variable = failure.variable();
        let origin = self.0.iter().find(|it| Some(&*it.variable) == variable);
        match origin {
            Some(Origin { place, .. }) => failure.with_message(format!("{place}: {failure}")),
            None => failure.with_message(failure.to_string()),
        }
    }
}
