mod fault;
mod files;
mod packet;
mod serve;
mod ssh;

pub use fault::{SftpFault, SftpOrder};

use core::net::SocketAddr;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Times;
use files::Files;

/// A server of SFTP, version 3, with the extensions of OpenSSH's, one user and an empty folder `/in`. Its files are in memory.
///
/// It runs as a task of the tokio runtime that started it. Dropping it, or the runtime, ends it.
///
/// ```
/// use redox_auth_sandbox::SftpServer;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn core::error::Error>> {
/// let server = SftpServer::start(([127, 0, 0, 1], 0).into()).await?;
/// server.order("sftp:full:times=1".parse()?);
/// // … send two files to server.address(): no space is left for the first …
/// assert!(server.file("/in/a.csv").is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SftpServer {
    address: SocketAddr,
    host_key: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// What all connections share.
struct Shared {
    password: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    faults: VecDeque<SftpOrder>,
    files: Files,
}

impl SftpServer {
    /// The name of the user.
    pub const USER: &str = "sandbox";

    /// Starts listening, with a new host key and a new password.
    ///
    /// # Errors
    /// The address cannot be bound, or this machine has no random numbers.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let mut random = [0; 16];
        fill(&mut random)?;
        let shared = Arc::new(Shared {
            password: URL_SAFE_NO_PAD.encode(random),
            state: Mutex::default(),
        });
        let mut seed = [0; 32];
        fill(&mut seed)?;
        let (config, host_key) = ssh::config(&seed);
        let task = tokio::spawn(ssh::accept(listener, config, Arc::clone(&shared)));
        Ok(Self {
            address,
            host_key,
            shared,
            task,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The fingerprint of its host key.
    #[must_use]
    pub fn host_key(&self) -> &str {
        &self.host_key
    }

    /// The password of the user.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        &self.shared.password
    }

    /// Orders a fault. It strikes after all faults that were ordered before.
    pub fn order(&self, order: SftpOrder) {
        self.shared.state().faults.push_back(order);
    }

    /// The content of the file with this path.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        self.shared.state().files.content(path).cloned()
    }

    /// The paths of all files, in order.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.shared.state().files.paths()
    }
}

impl Drop for SftpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without the password.
impl core::fmt::Debug for Shared {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl State {
    fn next_fault(&mut self) -> Option<SftpFault> {
        let order = self.faults.front_mut()?;
        let fault = order.fault;
        if let Times::Next(left) = &mut order.times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.faults.pop_front();
            }
        }
        Some(fault)
    }
}

fn fill(random: &mut [u8]) -> io::Result<()> {
    rand::fill(random).map_err(|_| io::Error::other("this machine has no random numbers"))
}
