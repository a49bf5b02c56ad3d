//! Named pipes: a program may never write to one, or never finish.

use core::time::Duration;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

/// The timeouts of a pipe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Until a program opens it for writing.
    pub(super) writer: Duration,
    /// Until that program has written everything. It may ask a person for a password first.
    pub(super) content: Duration,
}

/// The result of reading a pipe.
pub(super) enum Outcome {
    /// Everything, or as many bytes as there is room for.
    Content(Zeroizing<Vec<u8>>),
    /// No program opened it for writing in time.
    NoWriter,
    /// The program that writes to it did not finish in time.
    Unfinished,
}

/// Whether it is a pipe with a name.
#[cfg(unix)]
pub(super) fn is_pipe(metadata: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

/// Whether it is a named pipe; on other systems files cannot be pipes.
#[cfg(not(unix))]
pub(super) fn is_pipe(_: &Metadata) -> bool {
    false
}

/// Opens what may be a pipe, without waiting for a program that writes to it.
#[cfg(unix)]
pub(super) fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};

    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(open(path, flags, Mode::empty())?))
}

/// Opens a file: nothing here is a pipe with a name.
#[cfg(not(unix))]
pub(super) fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Reads this many bytes of a pipe. No call waits longer than `patience`.
#[cfg(unix)]
pub(super) fn read(path: &Path, room: usize, patience: Patience) -> io::Result<Outcome> {
    use std::io::Read as _;
    use std::time::Instant;

    let mut pipe = open(path)?;
    let mut content = Zeroizing::new(vec![0; room]);
    let mut len = 0;
    let opened = Instant::now();
    let mut has_writer = false;
    let mut has_ended = false;
    loop {
        let rest = content.get_mut(len..).unwrap_or_default();
        match pipe.read(rest) {
            // There is no room left, or no writer.
            Ok(0) if rest.is_empty() || has_writer || has_ended => {
                content.truncate(len);
                return Ok(Outcome::Content(content));
            }
            Ok(0) => {}
            Ok(read) => {
                len = len.saturating_add(read);
                has_writer = true;
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => has_writer = true,
            Err(error) => return Err(error),
        }
        let (limit, too_late) = match has_writer {
            true => (patience.content, Outcome::Unfinished),
            false => (patience.writer, Outcome::NoWriter),
        };
        let Some(left) = limit
            .checked_sub(opened.elapsed())
            .filter(|it| !it.is_zero())
        else {
            return Ok(too_late);
        };
        has_ended = wait(&pipe, has_writer, left)?;
    }
}

/// Nothing here is a pipe with a name.
#[cfg(not(unix))]
pub(super) fn read(_: &Path, _: usize, _: Patience) -> io::Result<Outcome> {
    Ok(Outcome::NoWriter)
}

/// Waits until something happens at a pipe, at most this long. Returns whether a writer has come and gone.
#[cfg(unix)]
fn wait(pipe: &File, has_writer: bool, left: Duration) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    // An idle writer does not wake `poll`, therefore this looks for one again and again.
    let left = match has_writer {
        true => left,
        false => left.min(LOOK_AGAIN),
    };
    let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
    let mut polled = [PollFd::new(pipe, PollFlags::IN)];
    match poll(&mut polled, Some(&timeout)) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    let [polled] = polled;
    let is_over = polled.revents().contains(PollFlags::HUP);
    // On other systems a pipe that no writer has opened yet also shows the end.
    let tells = cfg!(any(target_os = "linux", target_os = "android"));
    if is_over && !tells && !has_writer {
        std::thread::sleep(left);
    }
    Ok(is_over && tells)
}

/// How often to look for a writer.
#[cfg(unix)]
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// For callers that wait at the start of a program.
pub(super) const PATIENCE: Patience = Patience {
    writer: Duration::from_secs(5),
    content: Duration::from_secs(60),
};

#[cfg(all(test, unix))]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Write as _;
    use std::path::PathBuf;
    use std::process::Command;
    use std::thread;

    use super::*;

    const NONE: Duration = Duration::ZERO;
    const LONG: Duration = Duration::from_secs(600);

    fn make_pipe(folder: &tempfile::TempDir) -> PathBuf {
        let path = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(&path).status();
        assert!(made.is_ok_and(|it| it.success()));
        path
    }

    fn patience(writer: Duration, content: Duration) -> Patience {
        Patience { writer, content }
    }

    fn content(outcome: Outcome) -> Option<Vec<u8>> {
        match outcome {
            Outcome::Content(content) => Some(content.to_vec()),
            Outcome::NoWriter | Outcome::Unfinished => None,
        }
    }

    #[test]
    fn a_pipe_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = make_pipe(&folder);
        for (written, expected) in [("secret", "secret"), ("longer than the room", "longer tha")] {
            let writer = {
                let path = path.clone();
                // Content that is too long may remain unread.
                thread::spawn(move || drop(std::fs::write(path, written)))
            };
            let outcome = read(&path, 10, patience(LONG, LONG)).unwrap();
            assert_eq!(content(outcome).unwrap(), expected.as_bytes());
            writer.join().unwrap();
        }
    }

    #[test]
    fn a_pipe_without_a_writer_and_one_that_never_ends_are_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = make_pipe(&folder);
        let outcome = read(&path, 10, patience(NONE, LONG)).unwrap();
        assert!(matches!(outcome, Outcome::NoWriter));
        // Opened for both, it can be opened at once.
        let both = OpenOptions::new().read(true).write(true).open(&path);
        let mut idle = both.unwrap();
        for written in ["", "sec"] {
            idle.write_all(written.as_bytes()).unwrap();
            let outcome = read(&path, 10, patience(NONE, NONE)).unwrap();
            assert!(matches!(outcome, Outcome::Unfinished), "{written}");
        }
    }

    #[test]
    fn a_writer_may_take_longer_to_write_than_to_come() {
        let folder = tempfile::tempdir().unwrap();
        let path = make_pipe(&folder);
        let both = OpenOptions::new().read(true).write(true).open(&path);
        let mut slow = both.unwrap();
        let reader = {
            let path = path.clone();
            thread::spawn(move || read(&path, 6, patience(NONE, LONG)).unwrap())
        };
        slow.write_all(b"secret").unwrap();
        assert_eq!(content(reader.join().unwrap()).unwrap(), b"secret");
    }
}
