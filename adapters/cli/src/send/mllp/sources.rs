use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// The files that messages are read from, each more than once. Standard input is copied to a temporary file for that.
pub(super) struct Sources {
    paths: Vec<PathBuf>,
    /// The one that was read last.
    open: Option<(usize, File)>,
    input: Option<File>,
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
        let file = self.file(index)?;
        file.seek(SeekFrom::Start(start))?;
        Ok(file.take(len))
    }

    fn file(&mut self, index: usize) -> io::Result<&mut File> {
        let path = self.paths.get(index).map(PathBuf::as_path);
        let path = path.unwrap_or(Path::new(""));
        if path == Path::new("-") {
            return match &mut self.input {
                Some(file) => Ok(file),
                input => {
                    let mut file = tempfile::tempfile()?;
                    io::copy(&mut io::stdin().lock(), &mut file)?;
                    Ok(input.insert(file))
                }
            };
        }
        match self.open.take().filter(|(open, _)| *open == index) {
            Some(open) => Ok(&mut self.open.insert(open).1),
            None => Ok(&mut self.open.insert((index, File::open(path)?)).1),
        }
    }
}
