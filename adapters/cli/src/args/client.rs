use super::{KeyArgs, LegacyArgs, ServerArgs};

/// A server, and the credentials for its tokens.
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
    /// Whether a credential is given, even an incomplete one.
    pub(crate) const fn is_given(&self) -> bool {
        self.key.is_given() || self.legacy.legacy_key.is_some()
    }
}
