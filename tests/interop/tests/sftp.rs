//! `send --sftp` and `doctor --sftp` against the servers of others.

#[path = "sftp/kills.rs"]
mod kills;
#[path = "sftp/outcomes.rs"]
mod outcomes;
#[path = "sftp/secrets.rs"]
mod secrets;
#[path = "sftp/sender.rs"]
mod sender;
