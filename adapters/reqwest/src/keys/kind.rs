//! Other content in place of a private key, of the kinds that only hosts meet, and the remedy for each.

use redox_auth_core::{Found, KeyError};

use super::openssh;
use super::text::trim;

/// Content that is no usable key: its kind, the remedy, and the command that converts it, in which `FILE` stands for the
/// file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Kind {
    pub(crate) found: &'static str,
    pub(crate) remedy: Remedy,
}

/// The remedy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Remedy {
    pub(crate) advice: &'static str,
    pub(crate) command: &'static str,
}

impl Kind {
    /// The kind of content that begins like this, if known. `content` has been tried as a key.
    pub(crate) fn of(content: &[u8]) -> Option<&'static Self> {
        let text = core::str::from_utf8(content).ok();
        binary(content).or_else(|| text.and_then(|text| of_text(trim(text))))
    }

    const fn convert(found: &'static str, command: &'static str) -> Self {
        let advice = "convert it";
        Self {
            found,
            remedy: Remedy { advice, command },
        }
    }

    const fn useless(found: &'static str) -> Self {
        Self {
            found,
            remedy: ANOTHER,
        }
    }
}

/// The remedy for core's finding.
pub(crate) const fn remedy(error: KeyError) -> Option<Remedy> {
    Some(match error {
        KeyError::NoPrivateKey(found) => match found {
            Found::PublicKey
            | Found::PublicJwk
            | Found::JwkSet
            | Found::Certificate
            | Found::CertificateRequest
            | Found::Parameters => THE_OTHER_FILE,
            Found::EncryptedKey => DECRYPT,
            Found::OpenSshKey => OPENSSH,
            Found::Pkcs12 => PKCS12,
            Found::JavaKeyStore => JAVA,
            Found::PuttyKey => PUTTY,
            Found::SymmetricJwk | Found::PgpKey | Found::OtherPem => ANOTHER,
            _ => return None,
        },
        KeyError::Unsupported(kind) => match kind.as_bytes() {
            b"a key with the parameters of its curve" => NAME_CURVE,
            b"an RSA key without its primes" => FIND_PRIMES,
            b"a key for RSA-PSS" => PLAIN_RSA,
            _ => ANOTHER,
        },
        KeyError::RsaBits { .. } | KeyError::TooLong { .. } | KeyError::RsaExponent => ANOTHER_RSA,
        _ => return None,
    })
}

/// By its first bytes.
fn binary(content: &[u8]) -> Option<&'static Kind> {
    let has = |needle: &[u8]| content.windows(needle.len()).any(|it| it == needle);
    Some(match content {
        // Of a length that core does not read, or of none (X.690 §8.1.3.6).
        [0x30, 0x80, 2, 1, 3, ..]
        | [0x30, 0x82, _, _, 2, 1, 3, ..]
        | [0x30, 0x83, _, _, _, 2, 1, 3, ..]
            if has(RC2_40) =>
        {
            &OLD_PKCS12
        }
        [0x30, 0x80, 2, 1, 3, ..] | [0x30, 0x83, _, _, _, 2, 1, 3, ..] => &LONG_PKCS12,
        [0x30, 0x80..=0x84, ..] if has(SIGNED_DATA) => &PKCS7,
        [0xce, 0xce, 0xce, 0xce, ..] => &JCEKS,
        [0, 0, 0, 1 | 2, 0, 0, 0, 20, ..] => &BOUNCY_CASTLE,
        [0x94 | 0x95 | 0xc5, ..] if !content.is_ascii() => &OPENPGP,
        [0x1e, 0xf1, 0xb5, 0xb0, ..] => &PVK,
        [7, 2, 0, 0, 0, 0x24 | 0xa4, 0, 0, ..] => &MS_BLOB,
        [0x1f, 0x8b, ..] => &GZIP,
        [b'P', b'K', 3, 4, ..] => &ZIP,
        [b'%', b'P', b'D', b'F', ..] => &PDF,
        _ => return None,
    })
}

fn of_text(text: &str) -> Option<&'static Kind> {
    let starts_with = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    let has = |needle: &str| text.contains(needle);
    Some(if starts_with(&["PuTTY-User-Key-File-"]) {
        match text.lines().next() {
            Some(first) if openssh::is_other_type(first) => &PUTTY_OTHER,
            _ => return None,
        }
    } else if has("-----BEGIN OPENSSH PRIVATE KEY-----") {
        // The beginning of base64 is not secret: it holds the type of the key.
        return openssh::signs_otherwise(text).then_some(&OPENSSH_OTHER);
    } else if has("---- BEGIN SSH2 ") && has(" PRIVATE KEY") {
        &SSH2
    } else if has("---- BEGIN SSH2 PUBLIC KEY") {
        &SSH2_PUBLIC
    } else if has("-----BEGIN PKCS12-----") {
        &PKCS12_PEM
    } else if has("-----BEGIN TSS2 PRIVATE KEY-----") {
        &TPM
    } else if has("-----BEGIN PKCS7-----") || has("-----BEGIN CMS-----") {
        &PKCS7_PEM
    } else if starts_with(&["eyJ"]) {
        match text.matches('.').count() {
            4 => &JWE,
            2 => &JWT,
            _ => return None,
        }
    } else if starts_with(&["AGE-SECRET-KEY-", "age-encryption.org/", "-----BEGIN AGE"]) {
        &AGE
    } else if has("kind: Secret") {
        &KUBERNETES
    } else if has("aws_secret_access_key") || has("Secret access key") {
        &AWS
    } else if starts_with(&["DefaultEndpointsProtocol=", "Endpoint=sb://"]) || has("AccountKey=") {
        &AZURE
    } else if starts_with(&["<"]) && has("RSAKeyValue") {
        &XML
    } else if starts_with(&["<"]) {
        &MARKUP
    } else if has("PRIVATE KEY") && has("BEGIN ") && !has("-----BEGIN ") {
        &BAD_DASHES
    } else {
        return None;
    })
}

/// pbeWithSHA1And40BitRC2-CBC (RFC 7292 §C), which OpenSSL 3 reads only with an option.
const RC2_40: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x06";

/// The type of PKCS#7 (RFC 2315 §14), 1.2.840.113549.1.7.2, where a file begins with it.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

const ANOTHER: Remedy = Remedy {
    advice: "make another key",
    command: "redox-auth key new --alg ES384 --out key.pem",
};
const ANOTHER_RSA: Remedy = Remedy {
    advice: "make another key",
    command: "redox-auth key new --alg RS384 --out key.pem",
};
const THE_OTHER_FILE: Remedy = Remedy {
    advice: "take the file with the private key; where it is lost, make another key",
    command: ANOTHER.command,
};
const DECRYPT: Remedy = Remedy {
    advice: "decrypt it",
    command: "openssl pkey -in FILE -out key.pem",
};
const OPENSSH: Remedy = Remedy {
    advice: "convert a copy of it",
    command: "(umask 077 && cp FILE key.pem && ssh-keygen -p -N '' -m PKCS8 -f key.pem)",
};
const PUTTY: Remedy = Remedy {
    advice: "convert it",
    command: "puttygen FILE -O private-openssh --new-passphrase /dev/null -o key.pem",
};
const PKCS12: Remedy = Remedy {
    advice: "take the key out",
    command: "openssl pkcs12 -in FILE -nocerts -nodes -out key.pem",
};
const JAVA: Remedy = Remedy {
    advice: "take the key out",
    command: "(umask 077 && keytool -importkeystore -srckeystore FILE -destkeystore key.p12 -deststoretype pkcs12 && openssl pkcs12 -in key.p12 -nocerts -nodes -out key.pem; rm -f key.p12)",
};
const NAME_CURVE: Remedy = Remedy {
    advice: "write the name of its curve instead",
    command: "openssl ec -in FILE -param_enc named_curve -out key.pem",
};
const FIND_PRIMES: Remedy = Remedy {
    advice: "have PyJWT find its primes",
    command: "(umask 077 && python3 -c \"import jwt.algorithms as a, cryptography.hazmat.primitives.serialization as s; print(a.RSAAlgorithm.from_jwk(open('FILE').read()).private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode())\" > key.pem)",
};
const PLAIN_RSA: Remedy = Remedy {
    advice: "drop the limit to RSA-PSS",
    command: "(umask 077 && openssl rsa -in FILE -traditional | sed s/RSA-PSS/RSA/ > key.pem)",
};

static OLD_PKCS12: Kind = Kind {
    found: "a PKCS#12 file with old encryption",
    remedy: Remedy {
        advice: "take the key out",
        command: "openssl pkcs12 -legacy -in FILE -nocerts -nodes -out key.pem",
    },
};
static LONG_PKCS12: Kind = Kind {
    found: "a PKCS#12 file",
    remedy: PKCS12,
};
static PKCS12_PEM: Kind = Kind {
    found: "a PKCS#12 file in PEM",
    remedy: Remedy {
        advice: "take the key out",
        command: "sed '/^-/d' FILE | base64 -d | openssl pkcs12 -nocerts -nodes -out key.pem",
    },
};
static TPM: Kind = Kind::useless("a key that only its TPM can use (TSS2)");
static JCEKS: Kind = Kind {
    found: "a Java key store of the type JCEKS",
    remedy: Remedy {
        advice: "take the key out",
        command: "(umask 077 && keytool -importkeystore -srcstoretype JCEKS -srckeystore FILE -destkeystore key.p12 -deststoretype pkcs12 && openssl pkcs12 -in key.p12 -nocerts -nodes -out key.pem; rm -f key.p12)",
    },
};
static BOUNCY_CASTLE: Kind = Kind {
    found: "a key store of Bouncy Castle (BKS)",
    remedy: Remedy {
        advice: "take the key out, with bcprov.jar of Bouncy Castle",
        command: "(umask 077 && keytool -importkeystore -srcstoretype BKS -srckeystore FILE -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar -destkeystore key.p12 -deststoretype pkcs12 && openssl pkcs12 -in key.p12 -nocerts -nodes -out key.pem; rm -f key.p12)",
    },
};
static PKCS7: Kind = Kind {
    found: "certificates in PKCS#7",
    remedy: THE_OTHER_FILE,
};
static PKCS7_PEM: Kind = PKCS7;
static OPENPGP: Kind = Kind::useless("an OpenPGP key");
static PVK: Kind = Kind::convert(
    "a PVK file of Windows",
    "openssl rsa -inform PVK -in FILE -out key.pem",
);
static MS_BLOB: Kind = Kind::convert(
    "a key blob of Windows",
    "openssl rsa -inform MSBLOB -in FILE -out key.pem",
);
static GZIP: Kind = Kind {
    found: "a file compressed by gzip",
    remedy: Remedy {
        advice: "unpack it",
        command: "(umask 077 && gzip -dc FILE > key.pem)",
    },
};
static ZIP: Kind = Kind {
    found: "a zip archive",
    remedy: Remedy {
        advice: "unpack it",
        command: "(umask 077 && unzip -p FILE > key.pem)",
    },
};
static PDF: Kind = Kind::useless("a PDF");
static PUTTY_OTHER: Kind = Kind::useless("a PuTTY key on an Edwards curve or for DSA");
static OPENSSH_OTHER: Kind = Kind::useless("an OpenSSH key on an Edwards curve or for DSA");
static SSH2: Kind = Kind::convert(
    "a private key in the format of ssh.com",
    "(umask 077 && ssh-keygen -i -f FILE > key.pem)",
);
static SSH2_PUBLIC: Kind = Kind {
    found: "a public key in the format of ssh.com",
    remedy: THE_OTHER_FILE,
};
pub(crate) static JWE: Kind = Kind {
    found: "an encrypted key (JWE)",
    remedy: Remedy {
        advice: "decrypt it with the password or key that it was encrypted with",
        command: "(umask 077 && jose jwe dec -i FILE -p -O key.jwk)",
    },
};
static JWT: Kind = Kind::useless("a signed token (JWT)");
static AGE: Kind = Kind::useless("a key or a file of age");
static KUBERNETES: Kind = Kind {
    found: "a Secret of Kubernetes",
    remedy: Remedy {
        advice: "take the key out of the member that holds it, here `tls.key` or `key.pem`",
        command: "(umask 077 && sed -nE 's/^ *(tls.key|key.pem): //p' FILE | base64 -d > key.pem)",
    },
};
static AWS: Kind = Kind::useless("credentials of AWS, which hold no private key");
static AZURE: Kind = Kind::useless("a connection string of Azure, which holds no private key");
static XML: Kind = Kind::useless("an RSA key as .NET writes it in XML");
static MARKUP: Kind = Kind::useless("XML or HTML");
static BAD_DASHES: Kind = Kind {
    found: "a PEM with a damaged first line, which must start and end with five hyphens",
    remedy: Remedy {
        advice: "copy the file again as it is, without an editor; where it is lost, make another key",
        command: ANOTHER.command,
    },
};
pub(crate) static SERVICE_ACCOUNT: Kind = Kind {
    found: "the file of a Google service account",
    remedy: Remedy {
        advice: "take its key out",
        command: "(umask 077 && jq -r .private_key FILE > key.pem)",
    },
};
