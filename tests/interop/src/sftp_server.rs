use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::server::{Server, member};
use crate::tools;

/// A server of SFTP of others on a free loopback port, with one user; gone when dropped, or when this process is.
#[derive(Debug)]
pub struct SftpServer {
    server: Server,
    /// As the tests see it; asyncssh and paramiko show the user `/` in its place.
    home: PathBuf,
}

impl SftpServer {
    /// The password of the user. Whatever quotes arguments or variables would break at it.
    pub const PASSWORD: &str = "pa ss\"w$1'%d!9";

    /// OpenSSH's, with these lines of configuration.
    #[must_use]
    pub fn openssh(options: &[&str]) -> Self {
        Self::start(&json!({"which": "openssh", "password": Self::PASSWORD, "options": options}))
    }

    /// OpenSSH's, with a folder `in` on a disk of this size.
    #[must_use]
    pub fn openssh_with_disk(size: &str) -> Self {
        let options = ["UsePAM no"];
        Self::start(&json!({
            "which": "openssh",
            "password": Self::PASSWORD,
            "options": options,
            "space": size,
        }))
    }

    /// Debian's ProFTPD with `mod_sftp`, with these lines of configuration.
    #[must_use]
    pub fn proftpd(options: &[&str]) -> Self {
        Self::start(&json!({"which": "proftpd", "password": Self::PASSWORD, "options": options}))
    }

    /// The server of one of the PyPI packages `asyncssh` and `paramiko`.
    #[must_use]
    pub fn of_pypi(package: &str) -> Self {
        Self::start(&json!({"which": package, "password": Self::PASSWORD}))
    }

    fn start(settings: &Value) -> Self {
        let server = Server::start(tools::python("sftp_servers.py"), settings);
        let log = PathBuf::from(member(server.listening(), "log"));
        Self {
            home: log.with_file_name("home"),
            server,
        }
    }

    /// The user, the server and the folder `in`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("redox-sftp@{}/~/in", self.server.issuer())
    }

    /// The host and port alone.
    #[must_use]
    pub fn host_and_port(&self) -> &str {
        self.server.issuer()
    }

    /// The fingerprint of its host key of this kind, or of the only one.
    #[must_use]
    pub fn host_key(&self, kind: &str) -> String {
        member(&self.server.listening()["host_keys"], kind)
    }

    /// A file in the folder `in`.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.home.join("in").join(name)
    }

    /// The names in the folder `in`, in order.
    ///
    /// # Panics
    /// Where the folder cannot be read.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.file("")).expect("the folder can be read");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<_> = names
            .map(|name| name.into_string().expect("a name in UTF-8"))
            .collect();
        names.sort_unstable();
        names
    }

    /// Its log.
    ///
    /// # Panics
    /// Where the log cannot be read.
    #[must_use]
    pub fn log(&self) -> String {
        let log = member(self.server.listening(), "log");
        fs::read_to_string(log).expect("the log can be read")
    }
}
