use http::{HeaderMap, StatusCode};

/// A request that can carry a token: one of `http` or of `reqwest`.
pub trait OutgoingRequest {
    /// Its URL. Only a whole URL is accepted.
    fn url(&self) -> String;

    /// Its headers.
    fn headers_mut(&mut self) -> &mut HeaderMap;
}

impl<B> OutgoingRequest for http::Request<B> {
    fn url(&self) -> String {
        self.uri().to_string()
    }

    fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers_mut()
    }
}

impl OutgoingRequest for reqwest::Request {
    fn url(&self) -> String {
        self.url().to_string()
    }

    fn headers_mut(&mut self) -> &mut HeaderMap {
        self.headers_mut()
    }
}

/// An answer of the API: one of `http` or of `reqwest`.
pub trait OutgoingResponse {
    /// Its status: 401 makes the layer replace the token.
    fn status(&self) -> StatusCode;
}

impl<B> OutgoingResponse for http::Response<B> {
    fn status(&self) -> StatusCode {
        self.status()
    }
}

impl OutgoingResponse for reqwest::Response {
    fn status(&self) -> StatusCode {
        self.status()
    }
}
