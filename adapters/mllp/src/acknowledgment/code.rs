use core::fmt;

/// The code of an acknowledgment (HL7 table 0008): A for the application, C for a commit in the enhanced mode.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Code {
    /// Application accept: done, or stored safely.
    Aa,
    /// Application error: the message is wrong, or cannot be processed.
    Ae,
    /// Application reject: the receiver does not take such messages, or not now.
    Ar,
    /// Commit accept: the receiver has stored the message.
    Ca,
    /// Commit error.
    Ce,
    /// Commit reject.
    Cr,
}

impl Code {
    /// Whether the receiver has the message.
    #[must_use]
    pub const fn is_accept(self) -> bool {
        matches!(self, Self::Aa | Self::Ca)
    }

    /// The two letters in MSA-1.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aa => "AA",
            Self::Ae => "AE",
            Self::Ar => "AR",
            Self::Ca => "CA",
            Self::Ce => "CE",
            Self::Cr => "CR",
        }
    }

    /// Reads MSA-1.
    #[must_use]
    pub const fn parse(field: &[u8]) -> Option<Self> {
        match field {
            b"AA" => Some(Self::Aa),
            b"AE" => Some(Self::Ae),
            b"AR" => Some(Self::Ar),
            b"CA" => Some(Self::Ca),
            b"CE" => Some(Self::Ce),
            b"CR" => Some(Self::Cr),
            _ => None,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_six_codes_accept_a_message() {
        let all = [Code::Aa, Code::Ae, Code::Ar, Code::Ca, Code::Ce, Code::Cr];
        for code in all {
            assert_eq!(Code::parse(code.as_str().as_bytes()), Some(code));
        }
        let accepting = all.map(Code::is_accept);
        assert_eq!(accepting, [true, false, false, true, false, false]);
    }
}
