use core::time::Duration;
use std::io;
use std::sync::Arc;

use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::{HashAlg, PrivateKey};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Session, run_stream};
use russh::{Channel, ChannelId, Disconnect, MethodKind, MethodSet};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::serve::serve;
use super::{SftpServer, Shared};

/// A server with the Ed25519 key of this seed, and the fingerprint of that key.
pub(super) fn config(seed: &[u8; 32]) -> (Arc<Config>, String) {
    let pair = Ed25519Keypair::from_seed(seed);
    let key = PrivateKey::from(pair);
    let fingerprint = key.public_key().fingerprint(HashAlg::Sha256).to_string();
    let config = Config {
        keys: vec![key],
        methods: MethodSet::from(&[MethodKind::Password][..]),
        auth_rejection_time: Duration::ZERO,
        auth_rejection_time_initial: Some(Duration::ZERO),
        nodelay: true,
        ..Config::default()
    };
    (Arc::new(config), fingerprint)
}

/// Serves each client that connects. The connections end with the task.
pub(super) async fn accept(listener: TcpListener, config: Arc<Config>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&config), Arc::clone(&shared)));
                }
                // The client went away before it was accepted.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // Most likely too many files are open: some may be closed after a pause.
                Err(_) => sleep(PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Any error ends the connection.
async fn connection(
    stream: TcpStream,
    config: Arc<Config>,
    shared: Arc<Shared>,
) -> Result<(), russh::Error> {
    let client = Client {
        shared,
        channel: None,
    };
    run_stream(config, stream, client).await?.await
}

struct Client {
    shared: Arc<Shared>,
    /// That which was opened and does nothing yet.
    channel: Option<Channel<Msg>>,
}

impl Handler for Client {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, russh::Error> {
        let is_right = user == SftpServer::USER && password == self.shared.password;
        Ok(if is_right {
            Auth::Accept
        } else {
            Auth::reject()
        })
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        self.channel = Some(channel);
        reply.accept().await;
        Ok(())
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        match self.channel.take() {
            Some(channel) if name == "sftp" => {
                session.channel_success(id)?;
                let handle = session.handle();
                let shared = Arc::clone(&self.shared);
                tokio::spawn(async move {
                    let _ = serve(channel.into_stream(), shared).await;
                    let nothing = String::new;
                    let _ = handle
                        .disconnect(Disconnect::ByApplication, nothing(), nothing())
                        .await;
                });
            }
            _ => session.channel_failure(id)?,
        }
        Ok(())
    }
}

/// The pause after an error, before the next connection is accepted.
const PAUSE: Duration = Duration::from_secs(1);
