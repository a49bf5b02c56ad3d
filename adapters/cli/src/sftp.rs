//! SFTP over the system's `ssh`: a child process carries the connection, and this program speaks SFTP over its pipes.

#[cfg(unix)]
mod address;
#[cfg(unix)]
mod ask;
#[cfg(unix)]
mod command;
mod host_key;
#[cfg(unix)]
mod log;
#[cfg(unix)]
mod login;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod trouble;
#[cfg(unix)]
mod upload;

#[cfg(unix)]
pub(crate) use ask::answer_ssh;
#[cfg(unix)]
pub(crate) use command::ssh_version;
pub(crate) use host_key::fingerprint;
#[cfg(unix)]
pub(crate) use login::{Facts, Link, Login, Problem};
#[cfg(unix)]
pub(crate) use openssh_sftp_client_lowlevel::HandleOwned as Handle;
#[cfg(unix)]
pub(crate) use session::{Extra, Kind, Session};
#[cfg(unix)]
pub(crate) use trouble::Trouble;
#[cfg(unix)]
pub(crate) use upload::Written;
