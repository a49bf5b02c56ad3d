use std::path::PathBuf;

use super::seconds::seconds;
use crate::sftp::fingerprint;

/// The SFTP server for the files, and its trusted host keys.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Files over SFTP")]
pub(crate) struct SftpArgs {
    /// Use SFTP, without a token: this user at this server, and the folder for the files. The folder is absolute; after
    /// `/~/` it is relative to the user's start folder
    #[arg(
        long,
        value_name = "USER@HOST[:PORT]/DIR",
        requires = "sftp_password_file",
        conflicts_with = "mllp"
    )]
    pub(crate) sftp: Option<String>,
    /// The file with the user's password; the command ignores one line end after the password. `env:NAME` reads the
    /// variable NAME, and `-` is standard input
    #[arg(long, value_name = "FILE", requires = "sftp")]
    pub(crate) sftp_password_file: Option<PathBuf>,
    /// Trust the host key with this fingerprint, which `ssh-keygen -lf` prints on the server. Repeatable. Without this
    /// option and --known-hosts, the command prints the server's fingerprint and sends nothing
    #[arg(
        long,
        value_name = "SHA256:…",
        value_parser = fingerprint,
        requires = "sftp",
        conflicts_with = "known_hosts"
    )]
    pub(crate) host_key: Vec<String>,
    /// Trust the host keys in this file, which has the form of OpenSSH's `known_hosts`
    #[arg(long, value_name = "FILE", requires = "sftp")]
    pub(crate) known_hosts: Option<PathBuf>,
    /// The longest wait for an answer of the SFTP server: `30` and `30s` are seconds, `2m` are minutes
    #[arg(
        long,
        value_name = "TIME",
        requires = "sftp",
        default_value_t = 60,
        value_parser = seconds
    )]
    pub(crate) sftp_timeout: u16,
}

/// How a file gets its name on the server.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Files over SFTP")]
pub(crate) struct PutArgs {
    /// Replace a file of the same name. Without this option the existing file stays, and the outcome is `not_sent`
    #[arg(long, requires = "sftp")]
    pub(crate) replace: bool,
    /// Write under the final name at once, for servers that cannot rename files. A reader of the folder may then see an
    /// incomplete file
    #[arg(long, requires = "sftp")]
    pub(crate) no_temp: bool,
}
