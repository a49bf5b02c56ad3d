use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// The files with the messages. Each file is read twice, so standard input is copied to a temporary file.
pub(super) struct Sources {
    paths: Vec<PathBuf>,
    /// The one that was read last.
    open: Option<(usize, Source)>,
    input: Option<Source>,
}

/// A file and its position. One read of the file serves several messages that follow each other.
struct Source {
    file: BufReader<File>,
    at: u64,
}

impl Sources {
    pub(super) fn open(paths: &[PathBuf]) -> Self {
        Self {
            paths: paths.to_vec(),
            open: None,
            input: None,
        }
    }

    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.paths.clone()
    }

    /// A part of a file, or all that follows.
    pub(super) fn read(&mut self, index: usize, start: u64, len: u64) -> io::Result<impl Read> {
        let source = self.source(index)?;
        source.go_to(start)?;
        Ok(source.take(len))
    }

    fn source(&mut self, index: usize) -> io::Result<&mut Source> {
        let path = self.paths.get(index).map(PathBuf::as_path);
        let path = path.unwrap_or(Path::new(""));
        if path == Path::new("-") {
            return match &mut self.input {
                Some(input) => Ok(input),
                input => {
                    let mut file = tempfile::tempfile()?;
                    io::copy(&mut io::stdin().lock(), &mut file)?;
                    Ok(input.insert(Source::new(file)?))
                }
            };
        }
        match self.open.take().filter(|(open, _)| *open == index) {
            Some(open) => Ok(&mut self.open.insert(open).1),
            None => {
                let source = Source::new(File::open(path)?)?;
                Ok(&mut self.open.insert((index, source)).1)
            }
        }
    }
}

impl Source {
    /// At the beginning. A pipe has none, and cannot be read twice.
    fn new(mut file: File) -> io::Result<Self> {
        file.rewind()?;
        Ok(Self {
            file: BufReader::with_capacity(BUFFER, file),
            at: 0,
        })
    }

    fn go_to(&mut self, at: u64) -> io::Result<()> {
        if self.at != at {
            self.at = self.file.seek(SeekFrom::Start(at))?;
        }
        Ok(())
    }
}

impl Read for Source {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let len = self.file.read(room)?;
        self.at = self
            .at
            .saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
        Ok(len)
    }
}

/// The length of one read of a file, in bytes.
const BUFFER: usize = 64 * 1024;
