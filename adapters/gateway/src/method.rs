use core::fmt;

/// An HTTP method (RFC 9110 §9.3).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Method {
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Method {
    /// The method on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }

    /// Whether two equal requests have the same effect as one (RFC 9110 §9.2.2).
    #[must_use]
    pub const fn is_idempotent(self) -> bool {
        match self {
            Self::Delete | Self::Get | Self::Head | Self::Put => true,
            Self::Patch | Self::Post => false,
        }
    }

    /// Whether a request gives the length of its body even if the body is empty (RFC 9110 §8.6).
    pub(crate) const fn expects_body(self) -> bool {
        matches!(self, Self::Patch | Self::Post | Self::Put)
    }
}

impl From<redox_auth_core::Method> for Method {
    fn from(method: redox_auth_core::Method) -> Self {
        match method {
            redox_auth_core::Method::Get => Self::Get,
            redox_auth_core::Method::Post => Self::Post,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
