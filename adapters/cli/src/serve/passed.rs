//! Sockets that systemd opened (socket activation).

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use listenfd::ListenFd;
use rustix::net::sockopt::socket_acceptconn;

use crate::failure::Failure;
use crate::terminal::shown_path;

/// A socket that this process inherited. It listens, and does not block.
pub(super) enum Passed {
    Port(TcpListener),
    Unix {
        listener: UnixListener,
        /// Its name for people.
        place: String,
        access: Access,
    },
}

/// The users who can connect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Access {
    /// The socket's owner and group.
    Few,
    /// Every user of this machine.
    All,
}

impl Passed {
    /// The socket of `LISTEN_FDS`, if there is one. Call this before there are threads, because it changes the
    /// environment.
    pub(super) fn take() -> Result<Option<Self>, Failure> {
        let mut sockets = ListenFd::from_env();
        match sockets.len() {
            0 => return Ok(None),
            1 => {}
            found => {
                return Err(wrong(&format!(
                    "expected one socket, found {found}; keep one `Listen…=` in the socket unit"
                )));
            }
        }
        let passed = match sockets.take_unix_listener(0) {
            Ok(Some(listener)) => Self::unix(listener),
            _ => match sockets.take_tcp_listener(0) {
                Ok(Some(listener)) => Self::port(listener),
                _ => Err(wrong(
                    "expected a stream socket (`ListenStream=`), found something else",
                )),
            },
        };
        passed.map(Some)
    }

    fn port(listener: TcpListener) -> Result<Self, Failure> {
        listening(&listener)?;
        let set = listener.set_nonblocking(true);
        set.map_err(|error| failed(&error))?;
        Ok(Self::Port(listener))
    }

    fn unix(listener: UnixListener) -> Result<Self, Failure> {
        listening(&listener)?;
        let set = listener.set_nonblocking(true);
        set.map_err(|error| failed(&error))?;
        let address = listener.local_addr().map_err(|error| failed(&error))?;
        let path = address.as_pathname().map(PathBuf::from);
        let Some(path) = path else {
            // The kernel checks no permissions for a socket without a file.
            return Ok(Self::Unix {
                listener,
                place: "a socket without a path".to_owned(),
                access: Access::All,
            });
        };
        let metadata = fs::metadata(&path).map_err(|error| failed(&error))?;
        Ok(Self::Unix {
            listener,
            place: shown_path(&path),
            access: match metadata.permissions().mode() & WRITABLE_BY_OTHERS {
                0 => Access::Few,
                _ => Access::All,
            },
        })
    }
}

/// With `Accept=yes` systemd passes a connection instead.
fn listening(socket: &impl AsFd) -> Result<(), Failure> {
    match socket_acceptconn(socket) {
        Ok(true) => Ok(()),
        Ok(false) => Err(wrong(
            "expected a listening socket, found a connection; set `Accept=no` in the socket unit",
        )),
        Err(error) => Err(failed(&error.into())),
    }
}

fn failed(error: &io::Error) -> Failure {
    wrong(&error.to_string())
}

fn wrong(problem: &str) -> Failure {
    Failure::usage(format!(
        "the socket from the service manager (LISTEN_FDS): {problem}"
    ))
}

/// Users with write permission for a socket can connect to it.
const WRITABLE_BY_OTHERS: u32 = 0o002;
