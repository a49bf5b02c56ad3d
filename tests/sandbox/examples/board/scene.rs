use core::error::Error;
use core::time::Duration;
use std::fs;
use std::path::Path;

use redox_auth_sandbox::{
    Destination, Disconnect, Fault, OAuthKey, Place, RetryAfter, Server, ServerOptions, Source,
    Times,
};

use crate::counts::Counts;
use crate::relay;

/// What the board meets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scene {
    /// All conditions that a device has to handle.
    Course,
    /// Messages over MLLP, which the board sends on.
    Relay,
    /// A server whose certificate is by an authority that the board does not trust.
    Stranger,
    /// A server whose certificate is for another name.
    Misnamed,
    /// A server whose certificate has ended, as its own time shows.
    Outdated,
}

impl Scene {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "course" => Some(Self::Course),
            "relay" => Some(Self::Relay),
            "stranger" => Some(Self::Stranger),
            "misnamed" => Some(Self::Misnamed),
            "outdated" => Some(Self::Outdated),
            _ => None,
        }
    }

    /// Registers the board, tells it what it has to know, and lays down what it will meet.
    pub(crate) async fn set(
        self,
        server: &Server,
        folder: &Path,
        key_id: &str,
    ) -> Result<(), Box<dyn Error>> {
        let mut lines = register(server, folder, key_id)?;
        let mut authority = server.ca_certificate().cloned();
        match self {
            Self::Course => lay_down_the_course(server),
            Self::Relay => relay::lay_down(server)?,
            Self::Stranger => {
                let other = Server::start(ServerOptions::new().tls()).await?;
                authority = other.ca_certificate().cloned();
            }
            Self::Misnamed => lines = lines.replace(HOST, "other.example"),
            Self::Outdated => server.clock().advance(TWO_YEARS),
        }
        fs::write(folder.join("settings.txt"), lines)?;
        let authority = authority.ok_or("the server speaks TLS")?;
        fs::write(folder.join("authority.der"), authority.der())?;
        Ok(())
    }

    /// How the board ends.
    pub(crate) const fn exit_code(self) -> i32 {
        match self {
            Self::Course | Self::Relay => 0,
            Self::Stranger | Self::Misnamed | Self::Outdated => 2,
        }
    }

    /// Whether the events match the expected ones.
    pub(crate) fn judge(self, server: &Server, printed: &str) -> Result<(), String> {
        let counters = server.counters();
        // Without a clock nobody can see that a certificate has ended. So the board asks the server for the time, and
        // that is all that it says to it.
        let expected = match self {
            Self::Course => return Counts::parse(printed)?.compare(counters),
            Self::Relay => return relay::judge(counters, printed),
            Self::Stranger | Self::Misnamed => 0,
            Self::Outdated => 1,
        };
        let (requests, without_secret) = (counters.requests, counters.not_found);
        if requests == expected && without_secret == expected {
            return Ok(());
        }
        Err(format!(
            "{self:?}: expected {expected} requests without a secret, the server counted {requests}, of them \
             {without_secret} without"
        ))
    }
}

/// Registers the board, and gives back the lines that tell it what it has to know.
fn register(server: &Server, folder: &Path, key_id: &str) -> Result<String, Box<dyn Error>> {
    let jwks = fs::read_to_string(folder.join("jwks.json"))?;
    let mut sandbox = server.sandbox();
    let client_id = sandbox.register_oauth_key(OAuthKey::new().jwks(&jwks))?;
    let source_id = sandbox.add_source(Source::new("A ward"))?;
    let destination_id = sandbox.add_destination(Destination::new("A record"))?;
    let settings = [
        // The host's loopback, as QEMU's network calls it: there is no DNS on the board.
        ("address", "10.0.2.2"),
        ("base_url", server.base_url()),
        ("token_url", &sandbox.token_url()),
        ("client_id", &client_id),
        ("key_id", key_id),
        ("source_id", &source_id),
        ("destination_id", &destination_id),
    ];
    Ok(settings
        .map(|(name, value)| format!("{name} {value}\n"))
        .concat())
}

/// Two messages get through; the next three meet something first, and get through then.
fn lay_down_the_course(server: &Server) {
    let mut sandbox = server.sandbox();
    sandbox.spare(Place::Api, 2);
    for fault in [
        Fault::Revoked,
        Fault::TooManyRequests(RetryAfter::Secs(2)),
        Fault::Disconnect(Disconnect::Unanswered),
    ] {
        sandbox.inject(Place::Api, fault, Times::Next(1));
        sandbox.spare(Place::Api, 1);
    }
}

/// What the server is called: certificates are for names.
pub(crate) const HOST: &str = "redox.example";

const TWO_YEARS: Duration = Duration::from_secs(2 * 366 * 24 * 60 * 60);
