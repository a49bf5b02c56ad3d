use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

use super::patience::within;
use super::route::Route;

/// Whether something on the way makes certificates for the names that it is asked for: a server has one for its own, and
/// none for a name that nobody can have (RFC 6761 section 6.4). Nothing is sent over the connection.
pub(super) async fn is_there(route: &Route<'_>) -> bool {
    let Some(stream) = route.open().await else {
        return false;
    };
    let Ok(name) = ServerName::try_from(NAME) else {
        return false;
    };
    let connector = TlsConnector::from(Arc::clone(&route.any_issuer));
    within(connector.connect(name, stream)).await.is_ok()
}

/// A name that no server can have.
const NAME: &str = "redox-auth-doctor.invalid";
