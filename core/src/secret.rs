use core::fmt;

/// An access token, borrowed from the response it came in.
///
/// Opaque: its format is the server's business. `Debug` shows that it is there and nothing of it.
#[derive(Clone, Copy)]
pub struct AccessToken<'b>(&'b str);

impl<'b> AccessToken<'b> {
    pub(crate) const fn new(token: &'b str) -> Self {
        Self(token)
    }

    /// The token itself, to put into an `Authorization: Bearer` header and nowhere else.
    ///
    /// Printable ASCII without spaces, at least one character, so it cannot break out of the header.
    #[must_use]
    pub const fn expose(&self) -> &'b str {
        self.0
    }
}

impl fmt::Debug for AccessToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken([redacted])")
    }
}
