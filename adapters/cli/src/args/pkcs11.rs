use std::path::PathBuf;

/// The module and the PIN of keys in tokens, when their URIs do not name them.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Pkcs11Args {
    /// The PKCS#11 module for keys in tokens, when a URI has no `module-path`
    #[arg(
        long,
        help_heading = HEADING,
        env = "REDOX_PKCS11_MODULE",
        value_name = "FILE"
    )]
    pub(crate) pkcs11_module: Option<PathBuf>,
    /// A file with the PIN of the token, when a URI has no `pin-source`; `env:NAME` reads the variable NAME. Without
    /// this option and `pin-source` the command reads `REDOX_PIN`
    #[arg(
        long,
        help_heading = HEADING,
        env = "REDOX_PIN_FILE",
        value_name = "FILE"
    )]
    pub(crate) pin_file: Option<PathBuf>,
}

/// The heading of these options in `--help`.
const HEADING: &str = "Keys in HSMs, TPMs and smart cards";
