use serde_json::json;

use crate::server::{Server, member};
use crate::tools;

/// A server of MLLP of others on a free loopback port, which accepts every message and says which; gone when dropped, or
/// when this process is.
#[derive(Debug)]
pub struct MllpServer(Server);

impl MllpServer {
    /// That of PyPI's `hl7`, which takes ASCII alone.
    #[must_use]
    pub fn hl7() -> Self {
        let which = json!({"which": "hl7"});
        Self(Server::start(tools::python("mllp_servers.py"), &which))
    }

    /// That of PyPI's `hl7apy`, which closes the connection after each acknowledgment.
    #[must_use]
    pub fn hl7apy() -> Self {
        let which = json!({"which": "hl7apy"});
        Self(Server::start(tools::python("mllp_servers.py"), &which))
    }

    /// That of one of the npm packages `simple-hl7`, `node-hl7-server` and `@medplum/hl7`.
    #[must_use]
    pub fn of_npm(package: &str) -> Self {
        let which = json!({"which": package});
        Self(Server::start(tools::node("mllp_servers.mjs"), &which))
    }

    /// Its host and port.
    #[must_use]
    pub fn address(&self) -> &str {
        self.0.issuer()
    }

    /// The control ID of the next message that it acknowledges, or has acknowledged.
    #[must_use]
    pub fn next_message(&self) -> String {
        member(&self.0.next_line(), "control_id")
    }
}
