use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// Sends all requests, as fast as they are answered, on a few connections; how long that took.
pub(crate) async fn send_all(to: SocketAddr, requests: Vec<Vec<u8>>) -> io::Result<Duration> {
    send_paced(to, requests, Duration::ZERO).await
}

/// Sends the requests evenly spread over this time, or as fast as they are answered where that is slower.
pub(crate) async fn send_paced(
    to: SocketAddr,
    requests: Vec<Vec<u8>>,
    time: Duration,
) -> io::Result<Duration> {
    let count = u32::try_from(requests.len()).unwrap_or(u32::MAX);
    let gap = time.checked_div(count).unwrap_or_default();
    let waiting = Arc::new(Mutex::new(requests.into_iter().zip(0_u32..)));
    let mut connections = JoinSet::new();
    let started = Instant::now();
    for _ in 0..CONNECTIONS {
        let waiting = Arc::clone(&waiting);
        connections.spawn(async move {
            let mut stream = TcpStream::connect(to).await?;
            stream.set_nodelay(true)?;
            loop {
                let next = waiting.lock().await.next();
                let Some((request, place)) = next else { break };
                if let Some(early) = gap.saturating_mul(place).checked_sub(started.elapsed()) {
                    tokio::time::sleep(early).await;
                }
                stream.write_all(&request).await?;
                answer(&mut stream).await?;
            }
            Ok::<_, io::Error>(())
        });
    }
    while let Some(done) = connections.join_next().await {
        done.map_err(io::Error::other)??;
    }
    Ok(started.elapsed())
}

/// Reads one answer, which must be a token.
async fn answer(stream: &mut TcpStream) -> io::Result<()> {
    let mut answer = Vec::with_capacity(2048);
    loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_ascii_lowercase();
        let length = head
            .split_once("content-length: ")
            .and_then(|(_, rest)| rest.lines().next()?.parse().ok());
        if length.is_none_or(|length: usize| body.len() < length) {
            continue;
        }
        if !head.starts_with("http/1.1 200") {
            return Err(io::Error::other(format!("no token: {head}")));
        }
        return Ok(());
    }
}

const CONNECTIONS: usize = 8;
