//! `send --sftp` and `doctor --sftp` against the servers of others.

#[cfg(test)]
#[path = "sftp/kills.rs"]
mod kills;
#[cfg(test)]
#[path = "sftp/outcomes.rs"]
mod outcomes;
#[cfg(test)]
#[path = "sftp/secrets.rs"]
mod secrets;
#[cfg(test)]
#[path = "sftp/sender.rs"]
mod sender;
