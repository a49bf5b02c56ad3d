use std::path::{Path, PathBuf};

use jiff::Timestamp;
use redox_auth_core::UnixTime;
use redox_auth_reqwest::{CertificateChain, CertificateMember, CertificateValidity, Key, KeyFile};

use crate::args::CertificateArgs;
use crate::failure::Failure;
use crate::secrets;
use crate::terminal::say;

/// The certificate of a key, the certificates of its issuers, and the header members that name it.
pub(crate) struct Certificate {
    /// The name of its origin in errors.
    pub(crate) name: String,
    pub(crate) chain: CertificateChain,
    /// Its file, if the command can read the file again.
    file: Option<PathBuf>,
    members: Vec<CertificateMember>,
}

impl Certificate {
    /// The certificate of the key of this number, if the options name one; see [`expect_at_most`].
    pub(crate) fn of_key(args: &CertificateArgs, key: usize) -> Result<Option<Self>, Failure> {
        let path = args.certificate.get(key);
        let read = path.map(|path| Self::read(path, args)).transpose();
        read.map_err(|failure| failure.about("REDOX_CERTIFICATE_FILE"))
    }

    fn read(path: &Path, args: &CertificateArgs) -> Result<Self, Failure> {
        let name = secrets::shown(path);
        let content = secrets::read_certificate(path)?;
        let chain = CertificateChain::parse(&content)
            .map_err(|error| Failure::usage(format!("certificates in {name}: {error}")))?;
        let members = match &args.certificate_as[..] {
            [] => vec![CertificateMember::X5c],
            names => names.iter().copied().map(Into::into).collect(),
        };
        Ok(Self {
            name,
            chain,
            file: secrets::is_regular(path).then(|| path.to_owned()),
            members,
        })
    }

    /// The file of a key and the file of its certificate, if the command can read both again.
    pub(crate) fn put_on_file(&self, file: KeyFile) -> Option<KeyFile> {
        Some(file.certificate(self.file.as_ref()?, &self.members))
    }

    /// Makes assertions of the key name the certificate.
    pub(crate) fn put_on(&self, key: Key) -> Result<Key, Failure> {
        let name = &self.name;
        key.with_certificate(&self.chain, &self.members)
            .map_err(|error| Failure::usage(format!("certificates in {name}: {error}")))
    }
}

/// Warns on standard error if a certificate is not valid now. The command sends it anyway: the server decides.
pub(crate) fn note(name: &str, chain: &CertificateChain) {
    let problem = match chain.validity(now()) {
        CertificateValidity::Valid { .. } => return,
        CertificateValidity::NotYet => {
            let from = shown_time(chain.not_before());
            format!("is not valid before {from}; check this machine's clock, or wait")
        }
        CertificateValidity::Expired => {
            let until = shown_time(chain.not_after());
            format!(
                "expired at {until}; register a new certificate with the server, and use the new one"
            )
        }
    };
    say(format_args!("note: the certificate in {name} {problem}"));
}

/// The time by this machine's clock.
pub(crate) fn now() -> UnixTime {
    let secs = Timestamp::now().as_second();
    UnixTime::from_secs(u64::try_from(secs).unwrap_or(0))
}

/// Checks that there are no more certificates than keys, and at least one if the options name header members.
pub(crate) fn expect_at_most(args: &CertificateArgs, keys: usize) -> Result<(), Failure> {
    let found = args.certificate.len();
    if found > keys {
        return Err(Failure::usage(format!(
            "expected at most one --certificate for each key, found {found} for {keys}"
        )));
    }
    if found == 0 && !args.certificate_as.is_empty() {
        return Err(Failure::usage(
            "--certificate-as (or REDOX_CERTIFICATE_AS) needs a certificate; expected --certificate or REDOX_CERTIFICATE_FILE as well, found neither",
        ));
    }
    Ok(())
}

/// A time in a certificate, as RFC 3339 has it.
pub(crate) fn shown_time(time: UnixTime) -> String {
    let secs = i64::try_from(time.as_secs()).ok();
    let time = secs.and_then(|secs| Timestamp::from_second(secs).ok());
    time.map_or_else(|| "an unknown time".to_owned(), |time| time.to_string())
}
