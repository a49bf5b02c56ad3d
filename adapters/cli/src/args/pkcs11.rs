use std::path::PathBuf;

/// Where keys in tokens are, as far as their URIs do not say it.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Pkcs11Args {
    /// The PKCS#11 module that leads to keys in tokens, where a URI has no `module-path`
    #[arg(
        long,
        help_heading = HEADING,
        env = "REDOX_PKCS11_MODULE",
        value_name = "FILE"
    )]
    pub(crate) pkcs11_module: Option<PathBuf>,
    /// A file with the PIN of the token, where a URI has no `pin-source`; `env:NAME` is the content of a variable, and
    /// `REDOX_PIN` is read where nothing else is named
    #[arg(
        long,
        help_heading = HEADING,
        env = "REDOX_PIN_FILE",
        value_name = "FILE"
    )]
    pub(crate) pin_file: Option<PathBuf>,
}

/// What these options stand under in `--help`.
const HEADING: &str = "Keys in HSMs, TPMs and smart cards";
