mod check;
mod guard;
#[cfg(test)]
mod machine;
mod metrics;
#[cfg(unix)]
mod passed;
mod problem;
mod profiles;
mod routes;
mod secret;
#[cfg(unix)]
mod service_manager;
#[cfg(not(unix))]
#[path = "serve/no_service_manager.rs"]
mod service_manager;
#[cfg(unix)]
mod socket;
mod tokens;

use core::fmt::Debug;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::Value;
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

/// The socket that the process inherited.
#[derive(Default)]
pub(crate) struct Inherited {
    #[cfg(unix)]
    socket: Option<passed::Passed>,
}

impl Inherited {
    /// Removes it from the environment. Call this before there are threads.
    pub(crate) fn take() -> Result<Self, Failure> {
        Ok(Self {
            #[cfg(unix)]
            socket: passed::Passed::take()?,
        })
    }
}

/// Serves tokens to programs on this machine until a signal ends it.
pub(crate) async fn run(
    args: ServeArgs,
    profile: &ProfileArgs,
    inherited: Inherited,
) -> Result<(), Failure> {
    if args.check {
        return check::run(&args).await;
    }
    let place = place(&args, inherited)?;
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
    agent.at(place).await
}

/// The address for programs.
enum Place {
    Socket(PathBuf),
    Port(SocketAddr, PathBuf),
    #[cfg(unix)]
    Passed(passed::Passed, Option<PathBuf>),
}

fn place(args: &ServeArgs, inherited: Inherited) -> Result<Place, Failure> {
    #[cfg(unix)]
    if let Some(passed) = inherited.socket {
        return match (&args.socket, args.listen) {
            (None, None) => Ok(Place::Passed(passed, args.secret_file.clone())),
            _ => Err(Failure::usage(
                "the service manager passed a socket (LISTEN_FDS); leave out --socket and --listen, or the socket unit",
            )),
        };
    }
    #[cfg(not(unix))]
    let Inherited {} = inherited;
    match (&args.socket, &args.secret_file) {
        (Some(path), _) => Ok(Place::Socket(path.clone())),
        (None, Some(secret_file)) => {
            let address = args.listen.unwrap_or(ANY_PORT);
            Ok(Place::Port(address, secret_file.clone()))
        }
        (None, None) => Err(Failure::usage(
            "expected --socket or --secret-file, because every user of this machine can connect to a port; found neither",
        )),
    }
}

/// The sources of tokens.
struct Agent {
    metrics: PrometheusHandle,
    served: Arc<Served>,
}

impl Agent {
    async fn at(self, place: Place) -> Result<(), Failure> {
        match place {
            Place::Socket(path) => self.at_socket(&path).await,
            Place::Port(address, secret_file) => {
                expect_loopback("--listen", address)?;
                let failed = |error| Failure::usage(format!("cannot listen on {address}: {error}"));
                let listener = TcpListener::bind(address).await.map_err(failed)?;
                self.at_port(listener, &secret_file).await
            }
            #[cfg(unix)]
            Place::Passed(passed, secret_file) => {
                self.at_passed(passed, secret_file.as_deref()).await
            }
        }
    }

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
            "--socket: Unix sockets need a Unix system; use --listen and --secret-file",
        ))
    }

    async fn at_port(self, listener: TcpListener, secret_file: &Path) -> Result<(), Failure> {
        let address = listener
            .local_addr()
            .map_err(|error| cannot_serve(&error))?;
        let port = Port {
            number: Some(address.port()),
            secret: secret::read_or_make(secret_file)?,
        };
        let guarded = Some(Arc::new(port));
        self.serve(listener, guarded, &format!("http://{address}"))
            .await
    }

    #[cfg(unix)]
    async fn at_passed(
        self,
        passed: passed::Passed,
        secret_file: Option<&Path>,
    ) -> Result<(), Failure> {
        use passed::{Access, Passed};

        match (passed, secret_file) {
            (Passed::Port(listener), secret_file) => {
                let address = listener
                    .local_addr()
                    .map_err(|error| cannot_serve(&error))?;
                expect_loopback("the socket unit", address)?;
                let secret_file = secret_file.ok_or_else(|| {
                    Failure::usage(format!(
                        "expected --secret-file, because every user of this machine can connect to {address}; found none"
                    ))
                })?;
                let listener = TcpListener::from_std(listener);
                let listener = listener.map_err(|error| cannot_serve(&error))?;
                self.at_port(listener, secret_file).await
            }
            (
                Passed::Unix {
                    place,
                    access: Access::All,
                    ..
                },
                None,
            ) => Err(Failure::usage(format!(
                "every user of this machine can connect to {place}; set `SocketMode=0660` and `SocketGroup=` in the socket unit, or give --secret-file"
            ))),
            (
                Passed::Unix {
                    listener, place, ..
                },
                secret_file,
            ) => {
                let secret = secret_file.map(secret::read_or_make).transpose()?;
                let guarded = secret.map(|secret| {
                    Arc::new(Port {
                        number: None,
                        secret,
                    })
                });
                let listener = tokio::net::UnixListener::from_std(listener);
                let listener = listener.map_err(|error| cannot_serve(&error))?;
                self.serve(listener, guarded, &place).await
            }
        }
    }

    async fn serve<L>(self, listener: L, guarded: Guarded, place: &str) -> Result<(), Failure>
    where
        L: Listener<Addr: Debug>,
    {
        let (ended, hangups) = (ended()?, Hangups::listen()?);
        let router = routes::router(Arc::clone(&self.served), self.metrics.clone(), guarded);
        print(place)?;
        service_manager::ready();
        let read_again = async || {
            service_manager::reloading();
            self.served.read_files_again().await;
            service_manager::ready();
        };
        let result = tokio::select! {
            failure = self.served.renew(service_manager::status) => Err(failure),
            served = axum::serve(listener, router) => served.map_err(|error| cannot_serve(&error)),
            never = metrics::sum_up(&self.metrics) => match never {},
            never = service_manager::watchdog() => match never {},
            () = hangups.each(read_again) => Ok(()),
            () = ended => Ok(()),
        };
        service_manager::stopping();
        result
    }
}

fn expect_loopback(what: &str, address: SocketAddr) -> Result<(), Failure> {
    match address.ip().is_loopback() {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "{what}: expected an address of the loopback interface, found {address}"
        ))),
    }
}

fn cannot_serve(error: &std::io::Error) -> Failure {
    Failure::usage(format!("cannot serve: {error}"))
}

/// An answer in JSON that no cache stores.
fn answer(status: StatusCode, members: &Value) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
    ];
    (status, headers, members.to_string()).into_response()
}

/// A free port of the loopback interface.
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
