use core::fmt;
use core::str::FromStr;
use std::path::PathBuf;

/// The place of a private key as a PKCS#11 URI (RFC 7512): the module, the token, the key in it, and the PIN.
///
/// ```
/// use redox_auth_pkcs11::KeyUri;
///
/// let uri: KeyUri = "pkcs11:token=clinic;object=redox?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/secrets/pin".parse()?;
/// let same = KeyUri::new()
///     .token("clinic")
///     .object("redox")
///     .module("/usr/lib/softhsm/libsofthsm2.so")
///     .pin_file("/run/secrets/pin");
/// assert_eq!(uri, same);
/// # Ok::<(), redox_auth_pkcs11::UriError>(())
/// ```
///
/// In the path part, `token`, `serial`, `manufacturer`, `model`, `slot-id`, `object` and `id` select the key; `type`
/// may be `private`. Any other attribute in the path is an error, because such a URI matches no key (RFC 7512). The
/// crate uses `module-path` and `pin-source` of the query part (`file:PATH`, a path, or `env:NAME` for a variable), and
/// ignores other attributes there. `pin-value` is an error, because a URI is visible to others.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct KeyUri {
    pub(crate) token: Option<String>,
    pub(crate) serial: Option<String>,
    pub(crate) manufacturer: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) slot_id: Option<u64>,
    pub(crate) object: Option<String>,
    pub(crate) id: Option<Vec<u8>>,
    pub(crate) module: Option<PathBuf>,
    pub(crate) pin: Option<PinSource>,
}

/// The place of the PIN.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum PinSource {
    File(PathBuf),
    Variable(String),
}

impl KeyUri {
    /// A URI without attributes: the only token, and the only private key in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The label of the token.
    #[must_use]
    pub fn token(mut self, label: impl Into<String>) -> Self {
        self.token = Some(label.into());
        self
    }

    /// The serial number of the token.
    #[must_use]
    pub fn serial(mut self, number: impl Into<String>) -> Self {
        self.serial = Some(number.into());
        self
    }

    /// The number of the token's slot, for tokens that are otherwise indistinguishable.
    #[must_use]
    pub const fn slot_id(mut self, id: u64) -> Self {
        self.slot_id = Some(id);
        self
    }

    /// The label of the private key.
    #[must_use]
    pub fn object(mut self, label: impl Into<String>) -> Self {
        self.object = Some(label.into());
        self
    }

    /// The ID of the private key, `CKA_ID`.
    #[must_use]
    pub fn id(mut self, id: impl Into<Vec<u8>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The library of the token's maker.
    #[must_use]
    pub fn module(mut self, path: impl Into<PathBuf>) -> Self {
        self.module = Some(path.into());
        self
    }

    /// The file that holds the PIN, and at most a line end after it.
    #[must_use]
    pub fn pin_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.pin = Some(PinSource::File(path.into()));
        self
    }

    /// The environment variable that holds the PIN.
    #[must_use]
    pub fn pin_variable(mut self, name: impl Into<String>) -> Self {
        self.pin = Some(PinSource::Variable(name.into()));
        self
    }

    /// Whether it names a module.
    #[must_use]
    pub const fn has_module(&self) -> bool {
        self.module.is_some()
    }

    /// Whether it names the place of the PIN.
    #[must_use]
    pub const fn has_pin(&self) -> bool {
        self.pin.is_some()
    }

    fn set_in_path(&mut self, name: &str, value: &str) -> Result<(), UriError> {
        let place = match name {
            "token" => &mut self.token,
            "serial" => &mut self.serial,
            "manufacturer" => &mut self.manufacturer,
            "model" => &mut self.model,
            "object" => &mut self.object,
            "id" => return put(&mut self.id, name, decode(name, value)?),
            "slot-id" => {
                let number = value.parse().map_err(|_| UriError::SlotId)?;
                return put(&mut self.slot_id, name, number);
            }
            "type" => {
                return match value {
                    "private" => Ok(()),
                    _ => Err(UriError::Type),
                };
            }
            "pin-value" => return Err(UriError::PinValue),
            "pin-source" | "module-path" | "module-name" => {
                return Err(UriError::BelongsToQuery(name.to_owned()));
            }
            _ => return Err(UriError::Unknown(name.to_owned())),
        };
        put(place, name, text(name, value)?)
    }

    fn set_in_query(&mut self, name: &str, value: &str) -> Result<(), UriError> {
        match name {
            "pin-value" => Err(UriError::PinValue),
            "module-path" => put(&mut self.module, name, text(name, value)?.into()),
            "pin-source" => {
                let value = text(name, value)?;
                put(&mut self.pin, name, PinSource::parse(&value)?)
            }
            _ => Ok(()),
        }
    }
}

impl FromStr for KeyUri {
    type Err = UriError;

    fn from_str(uri: &str) -> Result<Self, UriError> {
        let rest = match uri.split_at_checked(SCHEME.len()) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case(SCHEME) => rest,
            _ => return Err(UriError::Scheme),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut found = Self::new();
        for attribute in path.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = attribute.split_once('=').ok_or(UriError::NoValue)?;
            found.set_in_path(name, value)?;
        }
        for attribute in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = attribute.split_once('=').ok_or(UriError::NoValue)?;
            found.set_in_query(name, value)?;
        }
        Ok(found)
    }
}

/// Names the token and the key for a person, without the module and the place of the PIN.
impl fmt::Display for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SCHEME)?;
        let slot_id = self.slot_id.map(|id| id.to_string());
        let texts = [
            ("token", &self.token),
            ("serial", &self.serial),
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("slot-id", &slot_id),
            ("object", &self.object),
        ];
        let mut before = "";
        for (name, text) in texts {
            if let Some(text) = text {
                write!(f, "{before}{name}={}", Encoded(text.as_bytes(), false))?;
                before = ";";
            }
        }
        match &self.id {
            Some(id) => write!(f, "{before}id={}", Encoded(id, true)),
            None => Ok(()),
        }
    }
}

impl PinSource {
    fn parse(value: &str) -> Result<Self, UriError> {
        if let Some(name) = value.strip_prefix("env:") {
            return Ok(Self::Variable(name.to_owned()));
        }
        if value.starts_with('|') {
            return Err(UriError::PinProgram);
        }
        let Some(path) = value.strip_prefix("file:") else {
            return Ok(Self::File(value.into()));
        };
        // With a host (RFC 8089 §2), `file:///etc/pin` or `file://localhost/etc/pin`.
        let path = match path.strip_prefix("//") {
            Some(rest) => {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                path.starts_with('/')
                    .then_some(path)
                    .ok_or(UriError::PinHost)?
            }
            None => path,
        };
        Ok(Self::File(path.into()))
    }
}

/// Why a text is not a PKCS#11 URI of a private key. It shows no value.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UriError {
    /// The text does not begin with `pkcs11:`.
    Scheme,
    /// An attribute has no `=`.
    NoValue,
    /// The path part has an attribute that this crate does not know.
    Unknown(String),
    /// The attribute is before the question mark, but belongs after it.
    BelongsToQuery(String),
    /// The attribute appears twice.
    Twice(String),
    /// A `%` in the value of this attribute is not followed by two hexadecimal digits.
    Percent(String),
    /// The value of this attribute is not UTF-8.
    NotText(String),
    /// `slot-id` is not a decimal number.
    SlotId,
    /// `type` is not `private`.
    Type,
    /// The URI contains the PIN itself.
    PinValue,
    /// `pin-source` is a program to run.
    PinProgram,
    /// `pin-source` is a file of another machine.
    PinHost,
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => f.write_str("a PKCS#11 URI must start with `pkcs11:`"),
            Self::NoValue => f.write_str("an attribute of the PKCS#11 URI has no `=` and value"),
            Self::Unknown(name) => write!(
                f,
                "the PKCS#11 URI has an unknown attribute {name:?}; use token, serial, manufacturer, model, slot-id, object, id or type"
            ),
            Self::BelongsToQuery(name) => write!(
                f,
                "`{name}` belongs to the query part of the PKCS#11 URI: write it after a `?`, or after a `&`"
            ),
            Self::Twice(name) => write!(f, "the PKCS#11 URI has `{name}` twice"),
            Self::Percent(name) => write!(
                f,
                "`{name}` of the PKCS#11 URI: a `%` must be followed by two hexadecimal digits; write `%25` for the character itself"
            ),
            Self::NotText(name) => write!(f, "`{name}` of the PKCS#11 URI is not UTF-8"),
            Self::SlotId => f.write_str("`slot-id` of the PKCS#11 URI is not a decimal number"),
            Self::Type => f.write_str(
                "`type` of the PKCS#11 URI must be `private`, or absent: only a private key signs",
            ),
            Self::PinValue => f.write_str(
                "`pin-value` in the PKCS#11 URI reveals the PIN to other users; write the PIN into a file, and name the file with `pin-source=file:PATH`",
            ),
            Self::PinProgram => f.write_str(
                "`pin-source` of the PKCS#11 URI names a program, which is not supported; write `pin-source=file:PATH` or `pin-source=env:NAME`",
            ),
            Self::PinHost => f.write_str(
                "`pin-source` of the PKCS#11 URI must name a file of this machine, such as `pin-source=file:/run/secrets/pin`",
            ),
        }
    }
}

impl core::error::Error for UriError {}

/// Bytes in a value of the path part (RFC 7512 §2.3), optionally all of them encoded.
struct Encoded<'b>(&'b [u8], bool);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in self.0 {
            let is_plain = byte.is_ascii_alphanumeric() || b"-._~:[]@!$'()*+,&".contains(&byte);
            match is_plain && !self.1 {
                true => write!(f, "{}", char::from(byte))?,
                false => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

fn put<T>(place: &mut Option<T>, name: &str, value: T) -> Result<(), UriError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(UriError::Twice(name.to_owned())),
    }
}

fn text(name: &str, value: &str) -> Result<String, UriError> {
    String::from_utf8(decode(name, value)?).map_err(|_| UriError::NotText(name.to_owned()))
}

/// Percent-decoding (RFC 3986 §2.1).
fn decode(name: &str, value: &str) -> Result<Vec<u8>, UriError> {
    let mut parts = value.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part
            .split_at_checked(2)
            .filter(|(digits, _)| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|(digits, rest)| Some((u8::from_str_radix(digits, 16).ok()?, rest)));
        let (byte, rest) = byte.ok_or_else(|| UriError::Percent(name.to_owned()))?;
        decoded.push(byte);
        decoded.extend_from_slice(rest.as_bytes());
    }
    Ok(decoded)
}

const SCHEME: &str = "pkcs11:";

#[cfg(test)]
mod tests;
