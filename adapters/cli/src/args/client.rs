use super::{KeyArgs, LegacyArgs, ServerArgs};

/// A server, and with what credentials to get tokens from it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ClientArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    #[command(flatten)]
    pub(crate) legacy: LegacyArgs,
}

impl ClientArgs {
    /// Whether a credential was asked for, be it in part.
    pub(crate) const fn is_given(&self) -> bool {
        self.key.is_given() || self.legacy.legacy_key.is_some()
    }
}
