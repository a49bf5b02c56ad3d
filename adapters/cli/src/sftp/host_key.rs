use core::fmt;
use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use base64ct::{Base64, Base64Unpadded, Encoding as _};

use crate::args::SftpArgs;
use crate::failure::Failure;
use crate::input;

/// The trusted host keys. Without one, there is no connection.
#[derive(Debug)]
pub(crate) enum Trust {
    /// The keys with these fingerprints.
    Pinned(Vec<String>),
    /// The keys in this text, in the form of `known_hosts`.
    Known(String),
}

/// A host key that a server showed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct HostKey {
    /// Its name in SSH, such as `ssh-ed25519`.
    pub(crate) algorithm: String,
    /// `SHA256:` and Base64, as `ssh-keygen -l` prints it.
    pub(crate) fingerprint: String,
}

impl Trust {
    /// The trusted keys of the options, or none.
    pub(crate) fn of(args: &SftpArgs) -> Result<Self, Failure> {
        match &args.known_hosts {
            None => Ok(Self::Pinned(args.host_key.clone())),
            Some(path) => known_hosts(path).map(Self::Known),
        }
    }

    /// The lines of `known_hosts` for this question of `ssh`: for this host, and for this key once the server has shown
    /// it.
    pub(super) fn lines(&self, host: &str, shown: Option<(&HostKey, &str)>) -> String {
        match (self, shown) {
            (Self::Known(lines), _) => lines.clone(),
            (Self::Pinned(pins), Some((key, base64))) if pins.contains(&key.fingerprint) => {
                format!("{host} {} {base64}\n", key.algorithm)
            }
            (Self::Pinned(_), _) => String::new(),
        }
    }

    /// Whether another of the server's keys may be the trusted one.
    pub(super) const fn may_be_another(&self) -> bool {
        match self {
            Self::Pinned(pins) => !pins.is_empty(),
            Self::Known(_) => true,
        }
    }

    /// Why this host key is not trusted, and what to do.
    pub(super) fn objection(&self, seen: &[HostKey]) -> String {
        let shown = seen
            .iter()
            .map(HostKey::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        let pins = seen
            .iter()
            .map(|key| format!("--host-key {}", key.fingerprint));
        let pins = pins.collect::<Vec<_>>().join(" or ");
        match self {
            Self::Pinned(pinned) if pinned.is_empty() => format!(
                "no host key is pinned, and none is trusted on first use. The server shows {shown}. Ask its operator for the \
                 fingerprint. If they match, give {pins}"
            ),
            Self::Pinned(pinned) => format!(
                "the server's host key is not the pinned one. The server shows {shown}; the pinned key is {}. \
                 Someone replaced the key, or intercepts the connection. Ask the server's operator before you change the pin",
                pinned.join(", ")
            ),
            Self::Known(_) => format!(
                "the server's host key is not in the file of --known-hosts for this host and port. The server shows {shown}. \
                 Someone replaced the key, or intercepts the connection. Ask the server's operator before you change the file"
            ),
        }
    }
}

impl HostKey {
    /// The host key in the Base64 of `ssh`.
    pub(super) fn parse(algorithm: &str, base64: &str) -> Option<Self> {
        let key = Base64::decode_vec(base64).ok()?;
        let digest = digest(&SHA256, &key);
        Some(Self {
            algorithm: algorithm.to_owned(),
            fingerprint: format!("SHA256:{}", Base64Unpadded::encode_string(digest.as_ref())),
        })
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm, self.fingerprint)
    }
}

/// Checks that this is a fingerprint in the form of `ssh-keygen -l`.
pub(crate) fn fingerprint(text: &str) -> Result<String, String> {
    let digest = text
        .strip_prefix("SHA256:")
        .map(|it| it.trim_end_matches('='));
    match digest.map(Base64Unpadded::decode_vec) {
        Some(Ok(bytes)) if bytes.len() == SHA256_LEN => Ok(format!(
            "SHA256:{}",
            Base64Unpadded::encode_string(&bytes)
        )),
        _ => Err(
            "a host key must be its fingerprint, SHA256: and 43 characters, as `ssh-keygen -lf` prints it on the server"
                .to_owned(),
        ),
    }
}

fn known_hosts(path: &Path) -> Result<String, Failure> {
    let text = input::read_text(path, "known hosts", MAX_KNOWN_HOSTS)?;
    if text.trim().is_empty() {
        return Err(Failure::usage(format!(
            "known hosts: {} is empty; `ssh-keyscan` prints the lines for a host, whose fingerprints its operator must confirm",
            crate::terminal::shown_path(path)
        )));
    }
    Ok(format!("{}\n", text.as_str()))
}

/// In bytes.
const SHA256_LEN: usize = 32;

/// In bytes: more than ten thousand keys.
const MAX_KNOWN_HOSTS: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    /// GitHub's, as its documentation publishes key and fingerprint.
    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const FINGERPRINT: &str = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

    #[test]
    fn a_key_has_the_fingerprint_that_others_print() {
        let key = HostKey::parse("ssh-ed25519", KEY).unwrap();
        assert_eq!(key.fingerprint, FINGERPRINT);
        assert_eq!(fingerprint(FINGERPRINT), Ok(FINGERPRINT.to_owned()));
        assert_eq!(
            fingerprint(&format!("{FINGERPRINT}=")),
            Ok(FINGERPRINT.to_owned())
        );
    }

    #[test]
    fn only_a_pinned_key_becomes_a_line_of_known_hosts() {
        let key = HostKey::parse("ssh-ed25519", KEY).unwrap();
        let pinned = Trust::Pinned(vec![FINGERPRINT.to_owned()]);
        let line = format!("[h]:2222 ssh-ed25519 {KEY}\n");
        assert_eq!(pinned.lines("[h]:2222", Some((&key, KEY))), line);
        assert_eq!(pinned.lines("[h]:2222", None), "");
        let other = Trust::Pinned(vec![FINGERPRINT.replace("DiY3", "DiY4")]);
        assert_eq!(other.lines("[h]:2222", Some((&key, KEY))), "");
        assert!(
            other
                .objection(core::slice::from_ref(&key))
                .contains(FINGERPRINT)
        );
        assert_eq!(Trust::Pinned(Vec::new()).lines("h", Some((&key, KEY))), "");
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        for text in [
            "",
            "SHA256:",
            "SHA256:abc",
            "MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
            "+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
            "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqUU",
        ] {
            assert!(
                fingerprint(text).unwrap_err().contains("ssh-keygen -lf"),
                "{text}"
            );
        }
    }
}
