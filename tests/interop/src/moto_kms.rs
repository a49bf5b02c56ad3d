use std::path::PathBuf;

use serde_json::json;

use crate::server::{Server, member};
use crate::tools;

/// AWS KMS as PyPI's moto has it, on a free loopback port; gone when dropped, or when this process is. It verifies the
/// signature of every request.
#[derive(Debug)]
pub struct MotoKms(Server);

impl MotoKms {
    /// Starts it, without keys.
    #[must_use]
    pub fn start() -> Self {
        Self(Server::start(tools::python("moto_kms.py"), &json!({})))
    }

    /// The URL of its API.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.issuer()
    }

    /// The ID of the only user's access key.
    #[must_use]
    pub fn access_key_id(&self) -> String {
        member(self.0.listening(), "access_key_id")
    }

    /// The secret of the only user's access key.
    #[must_use]
    pub fn secret_access_key(&self) -> String {
        member(self.0.listening(), "secret_access_key")
    }
}

/// The example of redox-auth-reqwest for AWS KMS, built into the same profile folder as this test.
///
/// # Panics
/// Where it is missing.
#[must_use]
pub fn aws_kms_example() -> PathBuf {
    tools::built("examples/aws_kms")
}
