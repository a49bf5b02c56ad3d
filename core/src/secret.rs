use core::fmt;

/// An access token, borrowed from the response that contained it.
///
/// Opaque: only the server knows its format. `Debug` shows that there is a token, and none of its characters.
#[derive(Clone, Copy)]
pub struct AccessToken<'b>(&'b str);

impl<'b> AccessToken<'b> {
    pub(crate) const fn new(token: &'b str) -> Self {
        Self(token)
    }

    /// The token itself. Put it into an `Authorization: Bearer` header and nowhere else.
    ///
    /// Printable ASCII without spaces, at least one character. It therefore cannot break out of the header.
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
