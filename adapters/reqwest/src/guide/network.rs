//! Use proxies, certificates and connections.
//!
//! # Which server is trusted
//! The certificate of a server must come from an authority of the operating system, of the file in `SSL_CERT_FILE`, or of
//! [`Builder::ca_file`](crate::Builder::ca_file). [`Builder::client_certificate`](crate::Builder::client_certificate) is for a
//! server that asks for a certificate of the client.
//!
//! # Proxies
//! Requests to other machines go through the proxy in `HTTPS_PROXY` or `ALL_PROXY`, unless `NO_PROXY` excludes the host. The
//! feature `socks` adds SOCKS proxies. [`ProxyError`](crate::ProxyError) names the proxy, the variable and the answer.
//!
//! The file `NETWORK.md` of this crate lists every situation with its message. `redox-auth doctor` checks them step by step.
//!
//! # Connections
//! The clients of a process share TLS, root certificates and pools of connections.
//! [`Connections`](crate::Connections) is for a program that decides which clients share them. The client opens and reads
//! nothing before the first request. A pool belongs to a tokio runtime: a program with several runtimes has several pools.
//!
//! An idle connection is kept for 50 s, less than the load balancers of the large clouds keep one. Where the API keeps it for
//! less (`Keep-Alive: timeout`), the client opens a new connection in time. The pool of hyper has one idle time for all
//! connections: after a burst, a request may meet a connection that the server is about to close.
//! [`Connections::http`](crate::Connections::http) sets a shorter idle time (`pool_idle_timeout`) for a server that hangs up
//! early. Over HTTP/2 the client asks after 5 s of silence whether the server is there, while requests are under way, and
//! closes the connection 4 s later.
//!
//! # A client of your own
//! [`Builder::http`](crate::Builder::http) changes the connections of one client.
//! [`Builder::api_client`](crate::Builder::api_client) takes an HTTP client of yours for requests to the API; its settings
//! then apply. A [`TokenSource`](crate::TokenSource) gives tokens to any other program code that sends requests, such as
//! `AuthorizeLayer` of the crate `redox-auth-tower`.
