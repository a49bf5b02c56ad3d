use core::fmt;

use super::TlsFailure;
use super::certificate::TRUST;

/// A rejected server's certificate, with the facts that its certificates show.
#[derive(Debug)]
pub(crate) enum Untrusted {
    /// No trusted authority issued it.
    Issuer(Stranger),
    /// A signature was not verified. This is the shortest RSA key.
    SmallKey {
        /// Its length.
        bits: usize,
    },
}

/// An authority that is not trusted.
#[derive(Debug)]
pub(crate) struct Stranger {
    /// The issuer that the last of the certificates names, if they can be read.
    pub(crate) issuer: Option<String>,
    /// Whether the server's certificate names itself.
    pub(crate) is_self_issued: bool,
    /// The authorities that are trusted: how many, and from where.
    pub(crate) authorities: String,
}

impl Untrusted {
    pub(super) fn explained(&self) -> TlsFailure {
        match self {
            Self::Issuer(stranger) => stranger.explained(),
            Self::SmallKey { bits } => TlsFailure::new(
                format!(
                    "an RSA key of the server's certificates has {bits} bits; 2048 are the least"
                ),
                "the server's operator has to replace its certificate by one with a longer key",
            ),
        }
    }
}

impl Stranger {
    fn explained(&self) -> TlsFailure {
        let Self {
            issuer,
            is_self_issued,
            authorities,
        } = self;
        let issuer = issuer.as_deref().unwrap_or("unknown");
        if *is_self_issued {
            return TlsFailure::new(
                format!(
                    "the server's certificate is signed by itself ({issuer:?}) and is not among the trusted ones: {authorities}"
                ),
                TRUST_ITSELF,
            )
            .untrusted();
        }
        match inspector(issuer) {
            Some(product) => TlsFailure::new(
                format!(
                    "the connection is intercepted: {product} issued the server's certificate ({issuer:?})"
                ),
                TRUST_INSPECTOR,
            ),
            None => TlsFailure::new(
                format!(
                    "no trusted authority issued the server's certificate: its issuer is {issuer:?}, and trusted are {authorities}"
                ),
                TRUST,
            )
            .untrusted(),
        }
    }
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explained().fmt(f)
    }
}

impl core::error::Error for Untrusted {}

/// The product that issues certificates under this name to look into connections, if it is one of the usual ones.
fn inspector(issuer: &str) -> Option<&'static str> {
    let issuer = issuer.to_lowercase();
    let mut all = INSPECTORS.iter();
    all.find(|(part, _)| issuer.contains(part))
        .map(|(_, product)| *product)
}

/// A part of the name of an authority, in lower case, and its product.
const INSPECTORS: [(&str, &str); 16] = [
    ("mitmproxy", "mitmproxy"),
    ("zscaler", "Zscaler"),
    ("netskope", "Netskope"),
    ("fortinet", "Fortinet"),
    ("fortigate", "Fortinet"),
    ("palo alto", "Palo Alto Networks"),
    ("blue coat", "Blue Coat"),
    ("bluecoat", "Blue Coat"),
    ("cisco umbrella", "Cisco Umbrella"),
    ("check point", "Check Point"),
    ("sophos", "Sophos"),
    ("portswigger", "Burp Suite"),
    ("charles proxy", "Charles"),
    ("do_not_trust_fiddlerroot", "Fiddler"),
    ("kaspersky", "Kaspersky"),
    ("avast", "Avast"),
];

const TRUST_ITSELF: &str = "if it is the right server, trust that certificate (`Builder::ca_file`, --ca-file, SSL_CERT_FILE)";

const TRUST_INSPECTOR: &str = "if your network does that on purpose, trust its authority (`Builder::ca_file`, --ca-file); ask your network's operator for the file";
