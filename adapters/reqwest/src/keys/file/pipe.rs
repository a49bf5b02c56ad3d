//! Named pipes: to open one waits for a writer, who may never come.

use core::time::Duration;
use std::fs::{Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use zeroize::Zeroizing;

/// Whether it is a pipe with a name.
#[cfg(unix)]
pub(super) fn is_pipe(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

/// Whether it is a pipe with a name; elsewhere, those have no place among files.
#[cfg(not(unix))]
pub(super) fn is_pipe(_: &Metadata) -> bool {
    false
}

/// As many bytes of what is written into a pipe; `None` when all of it is not there in time.
pub(super) fn read(
    path: &Path,
    room: usize,
    patience: Duration,
) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let owned = path.to_owned();
    thread::Builder::new().spawn(move || {
        // Nobody may be waiting any more.
        let _ = sender.send(super::read(&owned, room));
    })?;
    match receiver.recv_timeout(patience) {
        Ok(content) => content.map(Some),
        Err(_) => {
            // Now there is a writer, who goes away at once: the thread ends.
            drop(OpenOptions::new().write(true).open(path));
            Ok(None)
        }
    }
}

/// How long a writer may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_pipe_is_read_to_its_end_and_one_without_a_writer_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&path)
                .status()
                .unwrap()
                .success()
        );
        assert!(read(&path, 100, Duration::ZERO).unwrap().is_none());
        let writer = {
            let path = path.clone();
            thread::spawn(move || std::fs::write(path, "secret").unwrap())
        };
        let content = read(&path, 100, Duration::from_secs(600)).unwrap();
        assert_eq!(content.unwrap().as_slice(), b"secret");
        writer.join().unwrap();
    }
}
