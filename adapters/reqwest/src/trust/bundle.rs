//! Any number of root certificates in a file of PEM.

use core::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64ct::{Base64, Encoding as _};
use rustls::pki_types::CertificateDer;
use webpki::anchor_from_trusted_cert;

use super::form;
use crate::error::authorities::{
    AuthoritiesError, AuthoritiesPlace, AuthoritiesProblem, BrokenCertificates,
};
use crate::keys::file::read_secret_file;

/// A file with root certificates that the program named. It is read once.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct CaFile {
    pub(super) path: PathBuf,
    pub(super) bundle: Arc<Bundle>,
}

impl CaFile {
    /// Reads the file, which blocks.
    ///
    /// # Errors
    /// [`AuthoritiesError`].
    pub(crate) fn read(path: &Path) -> Result<Self, AuthoritiesError> {
        let bundle = Bundle::read(path).map_err(|problem| AuthoritiesError {
            place: AuthoritiesPlace::CaFile(path.to_owned()),
            problem,
        })?;
        Ok(Self {
            path: path.to_owned(),
            bundle: Arc::new(bundle),
        })
    }

    /// The certificates, each in DER.
    pub(crate) fn certificates(&self) -> &[CertificateDer<'static>] {
        &self.bundle.certificates
    }
}

impl fmt::Debug for CaFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CaFile").field(&self.path).finish()
    }
}

/// The certificates of a file.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Bundle {
    /// At least one; each once.
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// Those that cannot be read.
    pub(super) broken: Option<BrokenCertificates>,
}

impl Bundle {
    /// Reads a file in bounded time and memory, whatever it is.
    ///
    /// # Errors
    /// The fault of a file without a usable certificate.
    pub(super) fn read(path: &Path) -> Result<Self, AuthoritiesProblem> {
        if path.to_string_lossy().contains("-----BEGIN") {
            return Err(AuthoritiesProblem::Text);
        }
        let metadata = std::fs::metadata(path).map_err(AuthoritiesProblem::Read)?;
        if metadata.is_dir() {
            return Err(AuthoritiesProblem::Directory);
        }
        let content = match is_pipe(&metadata) {
            true => read_secret_file(path, LONGEST_IN_PIPE)
                .map_err(|_| AuthoritiesProblem::Pipe)?
                .to_vec(),
            false => read_at_most(path, LONGEST).map_err(AuthoritiesProblem::Read)?,
        };
        match content.len() > LONGEST {
            true => Err(AuthoritiesProblem::TooLong { limit: LONGEST }),
            false => Self::parse(&content),
        }
    }

    /// The certificates in the blocks of a PEM; text around the blocks does not matter.
    fn parse(content: &[u8]) -> Result<Self, AuthoritiesProblem> {
        if let Some(problem) = form::not_pem(content) {
            return Err(problem);
        }
        let mut reader = Reader::default();
        for (number, line) in content.split(|&byte| byte == b'\n').enumerate() {
            reader.take(number.saturating_add(1), line.trim_ascii());
        }
        let Reader {
            mut certificates,
            broken,
            ..
        } = reader.end();
        certificates.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        certificates.dedup();
        match (certificates.is_empty(), broken) {
            (false, broken) => Ok(Self {
                certificates,
                broken,
            }),
            (true, Some(broken)) => Err(AuthoritiesProblem::Broken(broken)),
            (true, None) => Err(form::of(content)),
        }
    }
}

/// Reads PEM line by line.
#[derive(Default)]
struct Reader {
    certificates: Vec<CertificateDer<'static>>,
    broken: Option<BrokenCertificates>,
    /// The certificate under way: its line, and its base64 up to here.
    open: Option<(usize, String)>,
}

impl Reader {
    fn take(&mut self, number: usize, line: &[u8]) {
        if BEGINS.contains(&line) {
            self.drop_open("has no END line");
            self.open = Some((number, String::new()));
        } else if line.starts_with(b"-----END ") {
            if let Some((first, digits)) = self.open.take() {
                self.add(first, &digits);
            }
        } else if let Some((_, digits)) = &mut self.open {
            digits.extend(line.iter().map(|&byte| char::from(byte)));
        }
    }

    fn add(&mut self, line: usize, digits: &str) {
        let Ok(der) = Base64::decode_vec(digits) else {
            return self.count(line, "is not in base64");
        };
        let der = CertificateDer::from(der);
        match anchor_from_trusted_cert(&der) {
            Ok(_) => self.certificates.push(der),
            Err(_) => self.count(line, "is no X.509 certificate"),
        }
    }

    fn drop_open(&mut self, why: &'static str) {
        if let Some((line, _)) = self.open.take() {
            self.count(line, why);
        }
    }

    const fn count(&mut self, line: usize, why: &'static str) {
        match &mut self.broken {
            Some(broken) => broken.count = broken.count.saturating_add(1),
            None => {
                let count = 1;
                self.broken = Some(BrokenCertificates { count, line, why });
            }
        }
    }

    fn end(mut self) -> Self {
        self.drop_open("has no END line");
        self
    }
}

#[cfg(unix)]
fn is_pipe(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
const fn is_pipe(_: &std::fs::Metadata) -> bool {
    false
}

/// One more byte distinguishes a file of the maximum length from a longer one.
fn read_at_most(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut content = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut content)?;
    Ok(content)
}

const BEGINS: [&[u8]; 2] = [
    b"-----BEGIN CERTIFICATE-----",
    b"-----BEGIN X509 CERTIFICATE-----",
];

/// In bytes. 10,000 certificates take about 20 MiB, and all public authorities together a fourth of one.
const LONGEST: usize = 64 << 20;

/// In bytes, for the time that another program writes.
const LONGEST_IN_PIPE: usize = 4 << 20;
