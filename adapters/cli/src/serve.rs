mod guard;
mod metrics;
mod profiles;
mod routes;
mod secret;
#[cfg(unix)]
mod socket;
mod tokens;

use core::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::serve::Listener;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;

use crate::args::{ProfileArgs, ServeArgs};
use crate::ended::ended;
use crate::failure::Failure;
use crate::hangup::Hangups;
use crate::print;
use guard::{Guarded, Port};
use profiles::Profiles;
use routes::Served;
use tokens::Tokens;

/// Hands tokens to programs on this machine until it is ended.
pub(crate) async fn run(args: ServeArgs, profile: &ProfileArgs) -> Result<(), Failure> {
    let profiles = Profiles::read(profile, &args.profiles)?;
    let is_alone = profiles.is_empty() || args.client.is_given();
    let tokens = is_alone.then(|| -> Result<_, Failure> {
        let redox = profiles::served(&args.client)?;
        Ok(Tokens::new(redox, args.source.source_id))
    });
    let agent = Agent {
        metrics: metrics::record()?,
        served: Arc::new(Served {
            tokens: tokens.transpose()?,
            profiles,
        }),
    };
    match (&args.socket, &args.secret_file) {
        (Some(path), _) => agent.at_socket(path).await,
        (None, Some(secret_file)) => agent.at_port(args.listen, secret_file).await,
        (None, None) => Err(Failure::usage(
            "expected --socket or --secret-file, because every user of this machine can connect to a port; found neither",
        )),
    }
}

/// What hands out tokens.
struct Agent {
    metrics: PrometheusHandle,
    served: Arc<Served>,
}

impl Agent {
    #[cfg(unix)]
    async fn at_socket(self, path: &Path) -> Result<(), Failure> {
        let (listener, file) = socket::listen(path)?;
        let place = path.display().to_string();
        let result = self.serve(listener, None, &place).await;
        drop(file);
        result
    }

    #[cfg(not(unix))]
    async fn at_socket(self, _: &Path) -> Result<(), Failure> {
        Err(Failure::usage(
            "--socket: expected a Unix, found another system",
        ))
    }

    async fn at_port(self, address: SocketAddr, secret_file: &Path) -> Result<(), Failure> {
        if !address.ip().is_loopback() {
            return Err(Failure::usage(format!(
                "--listen: expected an address of the loopback interface, found {address}"
            )));
        }
        let failed = |error| Failure::usage(format!("cannot listen on {address}: {error}"));
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let port = Port {
            number: address.port(),
            secret: secret::read_or_make(secret_file)?,
        };
        let guarded = Some(Arc::new(port));
        self.serve(listener, guarded, &format!("http://{address}"))
            .await
    }

    async fn serve<L>(self, listener: L, guarded: Guarded, place: &str) -> Result<(), Failure>
    where
        L: Listener<Addr: core::fmt::Debug>,
    {
        let (ended, hangups) = (ended()?, Hangups::listen()?);
        let router = routes::router(Arc::clone(&self.served), self.metrics.clone(), guarded);
        print(place)?;
        tokio::select! {
            failure = self.served.renew() => Err(failure),
            served = axum::serve(listener, router) => {
                served.map_err(|error| Failure::usage(format!("cannot serve: {error}")))
            }
            never = metrics::sum_up(&self.metrics) => match never {},
            () = hangups.each(async || self.served.read_files_again().await) => Ok(()),
            () = ended => Ok(()),
        }
    }
}
