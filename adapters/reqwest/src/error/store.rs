use core::fmt;

/// Why a store failed. It holds no secret.
#[derive(Debug)]
pub struct StoreError(Box<dyn core::error::Error + Send + Sync>);

impl StoreError {
    /// Creates an error from the reason.
    pub fn new(why: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self(why.into())
    }

    /// The store's own error. `Display` shows its text. Therefore [`source`](core::error::Error::source) leaves it out, as
    /// [`std::io::Error`] does.
    #[must_use]
    pub fn get_ref(&self) -> &(dyn core::error::Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the shared token's store failed: {}", self.0)
    }
}

impl core::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.0.source()
    }
}
