//! Every way to Redis that the documentation names.

use std::sync::Arc;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::sentinel::{SentinelClient, SentinelServerType};
use redis::{Client, PushKind, RedisError, TlsCertificates};
use redox_auth_redis::RedisTokens;
use redox_auth_reqwest::SharedTokens;
use tokio::sync::{Mutex, mpsc};

use crate::support::{
    Admin, MINUTE, NAME, PATIENCE, RECORD, Server, free_port, holder, key, patient, record, why,
};

/// Leaves a record and a turn behind.
pub(crate) async fn serves(tokens: &RedisTokens) {
    assert!(tokens.take_turn(holder(1), MINUTE).await.unwrap());
    tokens.store(RECORD, MINUTE).await.unwrap();
    assert_eq!(record(tokens).await, RECORD);
    tokens.end_turn(holder(1)).await.unwrap();
    assert!(tokens.take_turn(holder(2), MINUTE).await.unwrap());
}

#[tokio::test]
async fn over_tcp() {
    let port = free_port();
    let _server = Server::with(&format!("--bind 127.0.0.1 --port {port}"));
    let url = format!("redis://127.0.0.1:{port}/0");
    let tokens = RedisTokens::connect(&url, key(1), NAME).unwrap();
    serves(&tokens.timeout(PATIENCE)).await;
}

#[tokio::test]
async fn over_a_connection_of_the_service() {
    let server = Server::start();
    let client = Client::open(server.url()).unwrap();
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    let connection = ConnectionManager::new_with_config(client, config);
    let connection = connection.await.unwrap();
    serves(&RedisTokens::over(connection, key(1), NAME).timeout(PATIENCE)).await;
}

/// Waits until the one replica has all that was written so far.
async fn replicated(admin: &mut Admin) {
    // `WAIT` is about writes of its own connection, and with them about all before.
    admin.set("written", b"last").await;
    let replicas: u64 = admin.ask("WAIT 1 0").await;
    assert_eq!(replicas, 1);
}

#[tokio::test]
async fn by_a_sentinel_over_a_failover() {
    let (port, master_port, replica_port) = (free_port(), free_port(), free_port());
    let options = "--bind 127.0.0.1 --repl-diskless-sync-delay 0 --port";
    let mut master = Server::with(&format!("{options} {master_port}"));
    let replicaof = format!("--replicaof 127.0.0.1 {master_port}");
    let _replica = Server::with(&format!("{options} {replica_port} {replicaof}"));
    let mut admin = master.admin().await;
    replicated(&mut admin).await;
    let _sentinel = Server::sentinel(port, master_port);
    let url = format!("redis://127.0.0.1:{port}");

    let client =
        SentinelClient::build(vec![url.as_str()], "main", None, SentinelServerType::Master);
    let client = Arc::new(Mutex::new(client.unwrap()));
    let connect = move || {
        let client = Arc::clone(&client);
        async move {
            let mut client = client.lock().await;
            loop {
                let connected = client.get_async_connection_with_config(&patient()).await;
                // It gives its Sentinels a second or less, which a slow machine may need.
                if !connected.as_ref().is_err_and(RedisError::is_timeout) {
                    return connected;
                }
            }
        }
    };
    let tokens = RedisTokens::connect_by(connect, key(1), NAME).timeout(PATIENCE);
    serves(&tokens).await;
    replicated(&mut admin).await;

    let (sender, mut events) = mpsc::unbounded_channel();
    let config = patient().set_push_sender(sender);
    let sentinel = Client::open(format!("{url}?protocol=resp3")).unwrap();
    let sentinel = sentinel.get_multiplexed_async_connection_with_config(&config);
    let mut sentinel = sentinel.await.unwrap();
    sentinel.subscribe("+switch-master").await.unwrap();
    let mut failover = redis::cmd("SENTINEL");
    let failover = failover.arg("FAILOVER").arg("main");
    // It does not know the replica well enough yet.
    while let Err(error) = failover.query_async::<()>(&mut sentinel).await {
        assert_eq!(error.code(), Some("NOGOODSLAVE"), "{error}");
    }
    while events.recv().await.unwrap().kind != PushKind::Message {}
    master.kill();
    assert_eq!(record(&tokens).await, RECORD);
    tokens.store(b"the next one", MINUTE).await.unwrap();
    assert_eq!(record(&tokens).await, b"the next one");
}

#[tokio::test]
async fn over_tls_to_a_server_whose_certificate_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let certified = rcgen::generate_simple_self_signed([String::from("localhost")]).unwrap();
    let pem = |label, der: &[u8]| {
        pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap()
    };
    let certificate = pem("CERTIFICATE", certified.cert.der());
    let private_key = pem("PRIVATE KEY", &certified.signing_key.serialize_der());
    std::fs::write(folder.path().join("certificate"), &certificate).unwrap();
    std::fs::write(folder.path().join("key"), private_key).unwrap();
    let port = free_port();
    let _server = Server::with(&format!(
        "--bind 127.0.0.1 --port 0 --tls-port {port} --tls-auth-clients no \
        --tls-cert-file {path}/certificate --tls-key-file {path}/key"
    ));
    let url = format!("rediss://localhost:{port}/0");

    let stranger = RedisTokens::connect(&url, key(1), NAME).unwrap();
    let error = why(stranger.timeout(PATIENCE).load().await);
    assert!(error.starts_with("NoConnection"), "{error}");

    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(certificate.into_bytes()),
    };
    let client = Client::build_with_tls(url, certificates).unwrap();
    let connect = move || {
        let client = client.clone();
        async move {
            client
                .get_multiplexed_async_connection_with_config(&patient())
                .await
        }
    };
    serves(&RedisTokens::connect_by(connect, key(1), NAME).timeout(PATIENCE)).await;
}
