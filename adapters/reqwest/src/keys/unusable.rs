use core::fmt;

use redox_auth_core::{Found, KeyError, KeyForm};

use super::kind::{self, Kind, Remedy};

/// Why a file or a variable is not a usable private key: its format, and the command that converts it, if there is one. It
/// holds nothing of the key.
///
/// The file `KEYS.md` of this crate has the table of all of them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnusableKey {
    reason: Reason,
    /// The command that decodes the file to this content, if the file is in base64.
    decoder: Option<Decoder>,
}

/// The command that decodes base64 from `FILE` to `key.tmp`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Decoder {
    Base64,
    /// For base64url, also without padding.
    Python,
}

impl Decoder {
    const fn command(self) -> &'static str {
        match self {
            Self::Base64 => "base64 -d FILE > key.tmp",
            Self::Python => {
                "python3 -c \"import base64; open('key.tmp', 'wb').write(base64.urlsafe_b64decode(open('FILE').read() + '=='))\""
            }
        }
    }
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Reason {
    Core(KeyError),
    /// Content of a kind that core does not know.
    Other(&'static Kind),
    /// The places and the kinds of two keys.
    TwoKeys {
        first: String,
        second: String,
    },
    /// JSON around a key, and the path of the key in it, as `jq` writes it.
    Wrapped {
        path: String,
    },
    /// The characters around the key ID.
    KeyId(Around),
}

/// The characters around a text that must have none around it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Around {
    what: &'static str,
    place: &'static str,
}

impl Around {
    /// The characters around this text, if there are any.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let last = text.chars().next_back().and_then(Self::named);
        let place = "ends";
        if let Some(what) = last {
            return Some(Self { what, place });
        }
        let what = text.chars().next().and_then(Self::named)?;
        let place = "starts";
        Some(Self { what, place })
    }

    fn named(character: char) -> Option<&'static str> {
        Some(match character {
            '\n' | '\r' => "a line end",
            ' ' => "a space",
            '\t' => "a tab",
            '\u{feff}' => "a byte-order mark",
            '\u{a0}' => "a no-break space",
            it if it.is_whitespace() => "white space",
            it if it.is_control() => "a control character",
            '\u{200b}'..='\u{200f}' | '\u{2060}' => "an invisible character",
            _ => return None,
        })
    }
}

impl fmt::Display for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, place } = self;
        write!(f, "it {place} with {what}; remove that")
    }
}

impl UnusableKey {
    /// The kind of `content`, for which core returned this error.
    pub(crate) fn of(error: KeyError, content: &[u8]) -> Self {
        let may_be_other = matches!(
            error,
            KeyError::NoPrivateKey(_) | KeyError::Malformed(KeyForm::Der)
        );
        match Kind::of(content).filter(|_| may_be_other) {
            Some(kind) => Self::other(kind),
            None => error.into(),
        }
    }

    pub(crate) const fn other(kind: &'static Kind) -> Self {
        Self {
            reason: Reason::Other(kind),
            decoder: None,
        }
    }

    /// The same for content that was decoded from this form first.
    pub(crate) fn in_base64(self, encoded: &[u8]) -> Self {
        let is_for_urls = encoded.iter().any(|byte| b"-_".contains(byte));
        Self {
            decoder: Some(match is_for_urls {
                true => Decoder::Python,
                false => Decoder::Base64,
            }),
            ..self
        }
    }

    /// Core's finding, unless core does not know the content.
    #[must_use]
    pub const fn key_error(&self) -> Option<KeyError> {
        match self.reason {
            Reason::Core(error) => Some(error),
            _ => None,
        }
    }

    /// The command that converts the content, in which `FILE` stands for its file.
    #[must_use]
    pub fn command(&self) -> Option<String> {
        // The name of a member may have these letters, too.
        let for_file = |file: &str| match &self.reason {
            Reason::Wrapped { path } => {
                Some(format!("(umask 077 && jq -r '{path}' {file} > key.pem)"))
            }
            _ => Some(self.remedy()?.command.replace("FILE", file)),
        };
        let (command, decoded) = (for_file("FILE")?, for_file("key.tmp")?);
        Some(match self.decoder {
            // A new key needs no file.
            Some(decoder) if decoded != command => {
                let decode = decoder.command();
                format!("(umask 077 && {decode} && {decoded}; rm -f key.tmp)")
            }
            _ => command,
        })
    }

    fn remedy(&self) -> Option<Remedy> {
        match self.reason {
            Reason::Core(error) => kind::remedy(error),
            Reason::Other(kind) => Some(kind.remedy),
            _ => None,
        }
    }

    /// Its name.
    pub(crate) fn found(&self) -> Option<&'static str> {
        Some(match self.reason {
            Reason::Core(KeyError::Unsupported(kind)) => kind,
            Reason::Core(KeyError::NoPrivateKey(found)) => named(found)?,
            Reason::Other(kind) => kind.found,
            _ => return None,
        })
    }
}

impl From<KeyError> for UnusableKey {
    fn from(error: KeyError) -> Self {
        Reason::Core(error).into()
    }
}

impl From<Reason> for UnusableKey {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            decoder: None,
        }
    }
}

impl fmt::Display for UnusableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.reason, self.found()) {
            (_, Some(found)) => write!(f, "{EXPECTED}, found {found}"),
            (Reason::Core(error), None) => error.fmt(f),
            (Reason::TwoKeys { first, second }, _) => write!(
                f,
                "expected one private key, found two that differ: {first}, and {second}; put each into a file of its own"
            ),
            (Reason::Wrapped { .. }, _) => {
                write!(f, "{EXPECTED}, found other JSON around one; take it out")
            }
            (Reason::KeyId(around), _) => write!(f, "key ID: {around}"),
            (Reason::Other(_), None) => Ok(()),
        }?;
        if let Some(remedy) = self.remedy() {
            write!(f, "; {}", remedy.advice)?;
        }
        match self.command() {
            Some(command) => write!(f, ": {command}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for UnusableKey {}

/// In the words of core, except where core has an explanation.
const fn named(found: Found) -> Option<&'static str> {
    Some(match found {
        Found::PublicKey => "a public key",
        Found::Certificate => "a certificate",
        Found::CertificateRequest => "a certificate request",
        Found::EncryptedKey => "an encrypted private key",
        Found::OpenSshKey => "an OpenSSH key",
        Found::PublicJwk => "a public JWK",
        Found::JwkSet => "a JWK Set without a private key",
        Found::SymmetricJwk => "a JWK with a shared secret",
        Found::Pkcs12 => "a PKCS#12 file",
        Found::JavaKeyStore => "a Java key store",
        Found::PuttyKey => "a PuTTY key",
        Found::PgpKey => "an OpenPGP key",
        Found::Parameters => "parameters without a key",
        Found::OtherPem => "a PEM block with another label",
        _ => return None,
    })
}

const EXPECTED: &str = "expected a private key that can sign assertions";
