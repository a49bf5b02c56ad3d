mod call;
mod desk;
mod door;
mod events;
mod guard;
mod new_key;
mod operations;
mod page;
mod routes;
mod segment;
mod shown;

use core::net::{Ipv4Addr, SocketAddr};
use std::io;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::shared::Shared;
use desk::Desk;
pub(crate) use shown::Mask;

/// The dashboard of a sandbox: pages for people and a JSON API for programs, on a loopback port of their own.
///
/// It ends after it is dropped.
#[derive(Debug)]
pub(crate) struct Dashboard {
    address: SocketAddr,
    /// Dropping the sender stops the task.
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Dashboard {
    /// Starts listening on this port of the loopback address, or on a free one for 0.
    pub(crate) async fn start(shared: Arc<Shared>, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = listener.map_err(|error| {
            let text = format!("the dashboard's port {port} on 127.0.0.1: {error}");
            io::Error::new(error.kind(), text)
        })?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk::new(Arc::clone(&shared), address.port())?);
        let router = Router::new().fallback(door::answer).with_state(desk);
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            stopped.await.unwrap_or_default();
            if let Some(traffic) = &shared.traffic {
                traffic.close();
            }
        };
        let serve = axum::serve(listener, router).with_graceful_shutdown(shutdown);
        Ok(Self {
            address,
            stop,
            task: tokio::spawn(async move { serve.await }),
        })
    }

    /// Stops listening. The task ends when it has answered the requests under way.
    pub(crate) fn stop(self) -> JoinHandle<io::Result<()>> {
        drop(self.stop);
        self.task
    }

    /// The URL for a browser.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}
