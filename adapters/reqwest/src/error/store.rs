use core::fmt;

/// Why a store did not do what it was asked for. It holds no secret.
#[derive(Debug)]
pub struct StoreError(Box<dyn core::error::Error + Send + Sync>);

impl StoreError {
    /// Says why.
    pub fn new(why: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the shared token's store failed: {}", self.0)
    }
}

impl core::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&*self.0)
    }
}
