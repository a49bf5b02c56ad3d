use core::net::SocketAddr;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

/// Starts a token endpoint on this machine that gives every request a token of this length, and returns its URL.
///
/// It ends each connection with the answer, so that no client keeps one open, and it serves for as long as the process
/// lives.
///
/// # Errors
/// If there is no port to listen on.
pub(crate) fn token_endpoint(token_len: usize) -> io::Result<String> {
    let token = "t".repeat(token_len);
    let body = format!(
        r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600,"scope":""}}"#
    );
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let address = listen(move |mut connection| {
        read_request(&mut connection)?;
        connection.write_all(answer.as_bytes())
    })?;
    Ok(format!("http://{address}/token"))
}

/// Starts an https endpoint on this machine that hangs up on the first byte of a connection, and returns its URL and when
/// these bytes came.
///
/// # Errors
/// If there is no port to listen on.
pub(crate) fn first_bytes() -> io::Result<(String, Receiver<Instant>)> {
    let (sender, times) = mpsc::channel();
    let address = listen(move |mut connection| {
        connection.read_exact(&mut [0])?;
        sender.send(Instant::now()).map_err(io::Error::other)
    })?;
    Ok((format!("https://{address}/token"), times))
}

/// Serves one connection after the other on a thread of its own; a connection that fails is its client's matter.
fn listen(
    mut serve: impl FnMut(TcpStream) -> io::Result<()> + Send + 'static,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // The client has an error of its own then, and says so.
            let _ = serve(connection);
        }
    });
    Ok(address)
}

/// Reads one request to the end of its body.
fn read_request(connection: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::with_capacity(4096);
    let mut part = [0; 4096];
    while !is_whole(&request) {
        let len = connection.read(&mut part)?;
        if len == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        request.extend_from_slice(part.get(..len).unwrap_or_default());
    }
    Ok(())
}

/// Whether a request has come to its end.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    body.len() >= length.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_answers_when_the_body_has_come() {
        let url = token_endpoint(800).unwrap();
        let address = url.trim_start_matches("http://").trim_end_matches("/token");
        for body in ["", "grant_type=client_credentials"] {
            let mut connection = TcpStream::connect(address).unwrap();
            let head = format!(
                "POST /token HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            connection.write_all(head.as_bytes()).unwrap();
            connection.write_all(body.as_bytes()).unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).unwrap();
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
            let answer: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!(answer["access_token"].as_str().unwrap().len(), 800);
        }
    }

    #[test]
    fn a_request_is_whole_when_its_body_is() {
        let head = b"POST / HTTP/1.1\r\ncontent-length: 3\r\n";
        assert!(!is_whole(head));
        assert!(!is_whole(&[head, &b"\r\nab"[..]].concat()));
        assert!(is_whole(&[head, &b"\r\nabc"[..]].concat()));
    }

    #[test]
    fn the_first_byte_of_a_connection_has_a_time() {
        let (url, times) = first_bytes().unwrap();
        let address = url
            .trim_start_matches("https://")
            .trim_end_matches("/token");
        let before = Instant::now();
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(&[22]).unwrap();
        assert!(times.recv().unwrap() >= before);
    }
}
