use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;

use aws_lc_rs::digest::{Context, SHA256};
use redox_auth_core::Algorithm;
use zeroize::Zeroizing;

use super::file::{FileError, is_regular, read_regular_file, read_secret_file};
use crate::telemetry;

/// The source of a value: files, which the client reads again.
pub(crate) trait Source: Send + 'static {
    type Value: Send + Sync;

    /// The files; the first one names the whole.
    fn paths(&self) -> Vec<&Path>;

    /// The longest file that is allowed, in bytes.
    fn limit(&self) -> usize;

    /// # Errors
    /// [`FileError`], which names the file.
    fn value(&self, contents: &Contents) -> Result<Self::Value, FileError>;

    /// Whether the server cannot tell one from the other.
    fn is_same(one: &Self::Value, other: &Self::Value) -> bool;

    /// The ID and the algorithm of a key.
    fn key(value: &Self::Value) -> Option<(String, Algorithm)>;

    /// Whether a part of a file may look like the whole file.
    fn part_may_pass(&self) -> bool;
}

/// The contents of files, in the order of [`Source::paths`].
pub(crate) struct Contents(Vec<Content>);

impl Contents {
    fn read(
        source: &impl Source,
        read: fn(&Path, usize) -> Result<Content, FileError>,
    ) -> Result<Self, FileError> {
        let paths = source.paths().into_iter();
        let contents = paths.map(|path| read(path, source.limit()));
        Ok(Self(contents.collect::<Result<_, _>>()?))
    }

    /// The content of the file with this number.
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

/// The content of one file.
type Content = Zeroizing<Vec<u8>>;

type Digest = [u8; 32];

/// A value from files that are read again.
pub(crate) struct Watched<S: Source> {
    source: S,
    current: Arc<S::Value>,
    /// The value before `current`. The server may know only this one.
    before: Option<Arc<S::Value>>,
    /// The digest of the last usable contents.
    digest: Digest,
    /// Whether all of the files can be read again: pipes and devices cannot.
    is_regular: bool,
    problem: Option<Problem>,
    changes: u32,
}

/// Why the client does not use the present contents of the files.
struct Problem {
    /// `None` where the files could not be read.
    digest: Option<Digest>,
    error: Arc<FileError>,
}

impl Problem {
    fn agrees(&self, other: &Self) -> bool {
        self.digest == other.digest && self.error.to_string() == other.error.to_string()
    }
}

/// The result of reading the files.
enum Finding<V> {
    /// The contents of the value in use.
    InUse,
    /// The known problem.
    KnownProblem,
    Other {
        digest: Digest,
        value: V,
    },
    Problem(Problem),
}

impl<V> Finding<V> {
    /// Whether both readings had the same result.
    fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other { digest, .. }, Self::Other { digest: other, .. }) => digest == other,
            (Self::Problem(problem), Self::Problem(other)) => problem.agrees(other),
            _ => false,
        }
    }
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

    /// The value of the files when they were last usable.
    pub(crate) fn current(&self) -> &Arc<S::Value> {
        &self.current
    }

    /// The value before that, if the files have changed.
    pub(crate) fn before(&self) -> Option<&Arc<S::Value>> {
        self.before.as_ref()
    }

    /// Exchanges the value for the previous one; returns whether there is one.
    pub(crate) const fn exchange(&mut self) -> bool {
        match &mut self.before {
            Some(before) => {
                core::mem::swap(before, &mut self.current);
                true
            }
            None => false,
        }
    }

    /// Reads the files again; returns whether there is another value now. Unusable files leave everything as it was.
    ///
    /// Another program may be writing at this moment. Therefore contents that are unusable or may be a part are read again
    /// after a pause, until two readings agree. Contents that never agree are left to the next call.
    pub(crate) fn look(&mut self) -> bool {
        if !self.is_regular {
            return false;
        }
        let mut found = self.find();
        for _ in 0..PAUSES {
            if self.is_certain(&found) {
                return self.accept(found);
            }
            sleep(PAUSE);
            let again = self.find();
            if again.agrees(&found) {
                return self.accept(again);
            }
            found = again;
        }
        self.is_certain(&found) && self.accept(found)
    }

    fn find(&self) -> Finding<S::Value> {
        let contents = match Contents::read(&self.source, read_regular_file) {
            Ok(contents) => contents,
            Err(error) => return self.finding(None, error),
        };
        let digest = contents.digest();
        if digest == self.digest {
            return Finding::InUse;
        }
        let known = self.problem.as_ref().and_then(|problem| problem.digest);
        if known == Some(digest) {
            return Finding::KnownProblem;
        }
        match self.source.value(&contents) {
            Ok(value) => Finding::Other { digest, value },
            Err(error) => self.finding(Some(digest), error),
        }
    }

    fn finding(&self, digest: Option<Digest>, error: FileError) -> Finding<S::Value> {
        let error = Arc::new(error);
        let (known, found) = (self.problem.as_ref(), Problem { digest, error });
        match known.is_some_and(|known| known.agrees(&found)) {
            true => Finding::KnownProblem,
            false => Finding::Problem(found),
        }
    }

    /// Whether one reading is enough.
    fn is_certain(&self, found: &Finding<S::Value>) -> bool {
        match found {
            Finding::InUse | Finding::KnownProblem => true,
            Finding::Other { .. } => !self.source.part_may_pass(),
            Finding::Problem(_) => false,
        }
    }

    fn accept(&mut self, found: Finding<S::Value>) -> bool {
        match found {
            Finding::InUse => self.problem = None,
            Finding::KnownProblem => {}
            Finding::Other { digest, value } => return self.take(value, digest),
            Finding::Problem(problem) => {
                telemetry::file_unusable(&problem.error);
                self.problem = Some(problem);
            }
        }
        false
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
        path.display().to_string()
    }
}

/// A file that a client reads again, in the state of the last reading.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WatchedFile {
    /// The file with the private key or the secret.
    pub path: PathBuf,
    /// The ID and the algorithm of the key in the file, which the next token request uses first; `None` for the secret of a
    /// legacy API key. For an unusable file, those of its last usable key.
    pub key: Option<(String, Algorithm)>,
    /// How often the client has read another key or secret from the file since it was built.
    pub changes: u32,
    /// Why the client does not use the present content of the file; `None` if it does.
    pub problem: Option<Arc<FileError>>,
}

/// How long to wait for a program that may be writing a file.
const PAUSE: Duration = Duration::from_millis(50);

/// How often to wait for it in one call.
const PAUSES: u32 = 4;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Mutex;

    use super::super::file::FileProblem;
    use super::*;

    /// A text that ends with a full stop, in a file that another program writes while it is read.
    struct Text {
        path: PathBuf,
        /// The contents that the other program writes after each reading, the next last.
        to_come: Arc<Mutex<Vec<&'static str>>>,
        part_may_pass: bool,
    }

    impl Source for Text {
        type Value = String;

        fn paths(&self) -> Vec<&Path> {
            vec![&self.path]
        }

        fn limit(&self) -> usize {
            100
        }

        fn value(&self, contents: &Contents) -> Result<String, FileError> {
            let text = String::from_utf8(contents.of(0).to_vec()).unwrap();
            if let Some(next) = self.to_come.lock().unwrap().pop() {
                fs::write(&self.path, next).unwrap();
            }
            match text.ends_with('.') {
                true => Ok(text),
                false => Err(FileError::new(&self.path, FileProblem::Empty("text"))),
            }
        }

        fn is_same(one: &String, other: &String) -> bool {
            one == other
        }

        fn key(_: &String) -> Option<(String, Algorithm)> {
            None
        }

        fn part_may_pass(&self) -> bool {
            self.part_may_pass
        }
    }

    /// The value in use, and whether there is a problem, after one look at a file while these contents are written to it.
    fn after(part_may_pass: bool, contents: &[&'static str]) -> (String, bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        fs::write(&path, "first.").unwrap();
        let to_come = Arc::<Mutex<Vec<_>>>::default();
        let mut watched = Watched::read(Text {
            path: path.clone(),
            to_come: Arc::clone(&to_come),
            part_may_pass,
        })
        .unwrap();
        let (first, rest) = contents.split_first().unwrap();
        to_come.lock().unwrap().extend(rest.iter().rev());
        fs::write(&path, first).unwrap();
        let is_other = watched.look();
        assert_eq!(is_other, **watched.current() != "first.");
        (watched.current().to_string(), watched.problem.is_some())
    }

    #[test]
    fn a_file_is_read_until_its_writer_has_finished() {
        let second = || ("second.".to_owned(), false);
        let first = |has_problem| ("first.".to_owned(), has_problem);
        for part_may_pass in [false, true] {
            let cases: [(&[&'static str], _); 7] = [
                (&["second."], second()),
                (&["", "second."], second()),
                (&["", "sec", "second."], second()),
                (&["sec", "first."], first(false)),
                (&["sec"], first(true)),
                (&["", "sec"], first(true)),
                // It never ends.
                (&["s", "se", "sec", "seco", "secon", "second"], first(false)),
            ];
            for (contents, expected) in cases {
                assert_eq!(after(part_may_pass, contents), expected, "{contents:?}");
            }
        }
        assert_eq!(after(true, &["sec.", "second."]), second());
        assert_eq!(
            after(false, &["sec.", "second."]),
            ("sec.".to_owned(), false)
        );
    }
}
