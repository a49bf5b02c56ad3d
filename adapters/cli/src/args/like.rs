use clap::builder::PossibleValuesParser;
use redox_auth_sandbox::Rules;

/// The names of the servers whose rules the sandbox knows.
pub(super) fn server_names() -> PossibleValuesParser {
    PossibleValuesParser::new(Rules::names())
}
