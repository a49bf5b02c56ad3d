use clap::builder::PossibleValuesParser;
use redox_auth_sandbox::Rules;

/// The names of the servers whose rules are known.
pub(super) fn server_names() -> PossibleValuesParser {
    PossibleValuesParser::new(Rules::names())
}
