use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;

use aws_lc_rs::digest::{Context, SHA256};
use redox_auth_core::Algorithm;
use zeroize::Zeroizing;

use super::file::{FileError, is_regular, read_regular_file, read_secret_file};
use crate::telemetry;

/// What is made of files, and made again when these change.
pub(crate) trait Source: Send + 'static {
    type Value: Send + Sync;

    /// The files, the one that names the whole first.
    fn paths(&self) -> Vec<&Path>;

    /// The longest that one of the files may be, in bytes.
    fn limit(&self) -> usize;

    /// # Errors
    /// [`FileError`], which names the file.
    fn value(&self, contents: &Contents) -> Result<Self::Value, FileError>;

    /// Whether the server takes one for the other.
    fn is_same(one: &Self::Value, other: &Self::Value) -> bool;

    /// The ID and the algorithm of a key.
    fn key(value: &Self::Value) -> Option<(String, Algorithm)>;

    /// How long the content of a file has to stay the same before it is taken, where no half of it can be told from the
    /// whole.
    fn settles_in(&self) -> Option<Duration>;
}

/// The contents of files, in the order of [`Source::paths`].
pub(crate) struct Contents(Vec<Zeroizing<Vec<u8>>>);

impl Contents {
    fn read(
        source: &impl Source,
        read: fn(&Path, usize) -> Result<Zeroizing<Vec<u8>>, FileError>,
    ) -> Result<Self, FileError> {
        let paths = source.paths().into_iter();
        let contents = paths.map(|path| read(path, source.limit()));
        Ok(Self(contents.collect::<Result<_, _>>()?))
    }

    /// The content of the file of this number.
    pub(crate) fn of(&self, file: usize) -> &[u8] {
        self.0.get(file).map_or(&[], |content| content.as_slice())
    }

    fn digest(&self) -> Digest {
        let mut context = Context::new(&SHA256);
        for content in &self.0 {
            context.update(&content.len().to_le_bytes());
            context.update(content);
        }
        context.finish().as_ref().try_into().unwrap_or_default()
    }
}

type Digest = [u8; 32];

/// What is in use of files, and what is known of these.
pub(crate) struct Watched<S: Source> {
    source: S,
    current: Arc<S::Value>,
    /// In use before it: the server may know no other yet.
    before: Option<Arc<S::Value>>,
    /// Of what `current` was made from.
    digest: Digest,
    /// Of pipes and devices nothing is left to be read again.
    is_regular: bool,
    problem: Option<Problem>,
    changes: u32,
}

/// Why files were not taken.
struct Problem {
    /// Of what they hold, if they could be read.
    digest: Option<Digest>,
    error: Arc<FileError>,
}

impl<S: Source> Watched<S> {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// [`FileError`], which names the file.
    pub(crate) fn read(source: S) -> Result<Self, FileError> {
        let mut paths = source.paths().into_iter();
        let is_regular = paths.all(|path| is_regular(path).unwrap_or(true));
        let contents = Contents::read(&source, read_secret_file)?;
        Ok(Self {
            current: Arc::new(source.value(&contents)?),
            source,
            before: None,
            digest: contents.digest(),
            is_regular,
            problem: None,
            changes: 0,
        })
    }

    pub(crate) fn current(&self) -> &Arc<S::Value> {
        &self.current
    }

    /// What was in use before, unless there was nothing else.
    pub(crate) fn before(&self) -> Option<&Arc<S::Value>> {
        self.before.as_ref()
    }

    /// Goes on with what was in use before; whether there was something.
    pub(crate) const fn exchange(&mut self) -> bool {
        match &mut self.before {
            Some(before) => {
                core::mem::swap(before, &mut self.current);
                true
            }
            None => false,
        }
    }

    /// Reads the files again; whether something else is in use now. What is unusable leaves everything as it was.
    pub(crate) fn look(&mut self) -> bool {
        if !self.is_regular {
            return false;
        }
        match Contents::read(&self.source, read_regular_file) {
            Ok(contents) => self.consider(&contents),
            Err(error) => {
                self.object(None, error);
                false
            }
        }
    }

    fn consider(&mut self, contents: &Contents) -> bool {
        let digest = contents.digest();
        if digest == self.digest {
            self.problem = None;
            return false;
        }
        let judged = self.problem.as_ref().and_then(|problem| problem.digest);
        if judged == Some(digest) {
            return false;
        }
        match self.source.value(contents) {
            Ok(value) => self.is_settled(digest) && self.take(value, digest),
            Err(error) => {
                self.object(Some(digest), error);
                false
            }
        }
    }

    /// Whether nobody writes these files at the moment, as far as that matters.
    fn is_settled(&self, digest: Digest) -> bool {
        let Some(pause) = self.source.settles_in() else {
            return true;
        };
        sleep(pause);
        let again = Contents::read(&self.source, read_regular_file);
        again.is_ok_and(|again| again.digest() == digest)
    }

    /// Whether the server could see a difference.
    fn take(&mut self, value: S::Value, digest: Digest) -> bool {
        (self.digest, self.problem) = (digest, None);
        if S::is_same(&value, &self.current) {
            return false;
        }
        let before = core::mem::replace(&mut self.current, Arc::new(value));
        self.before = Some(before);
        self.changes = self.changes.saturating_add(1);
        telemetry::file_taken(&self.shown_path(), S::key(&self.current).as_ref());
        true
    }

    /// Says once what is wrong.
    fn object(&mut self, digest: Option<Digest>, error: FileError) {
        let known = self.problem.as_ref();
        let is_known = known.is_some_and(|it| it.error.to_string() == error.to_string());
        let error = Arc::new(error);
        if !is_known {
            telemetry::file_unusable(&error);
        }
        self.problem = Some(Problem { digest, error });
    }

    pub(crate) fn shown(&self) -> WatchedFile {
        let paths = self.source.paths();
        let path = paths
            .first()
            .map_or_else(PathBuf::new, |path| (*path).to_owned());
        WatchedFile {
            path,
            key: S::key(&self.current),
            changes: self.changes,
            problem: self.problem.as_ref().map(|it| Arc::clone(&it.error)),
        }
    }

    fn shown_path(&self) -> String {
        let paths = self.source.paths();
        let path = paths.first().copied().unwrap_or(Path::new(""));
        super::file::shown(path)
    }
}

/// A file that a client reads again, and what is in use of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WatchedFile {
    /// The file with the private key or the secret.
    pub path: PathBuf,
    /// The ID of the key in use and what it signs with; `None` for the secret of a legacy API key.
    pub key: Option<(String, Algorithm)>,
    /// How often something else came into use since the client was made.
    pub changes: u32,
    /// Why what is in the file now is not in use; `None` when it is.
    pub problem: Option<Arc<FileError>>,
}
