//! reqwless has an HTTP of its own, so it goes by core's session alone.

use core::error::Error;

use redox_auth_core::Method;
use redox_auth_stacks::{Answered, HttpPost, post_message};
use reqwless::client::HttpClient;
use reqwless::request::RequestBuilder as _;
use std_embedded_nal_async::Stack;

use crate::plain_sandbox;

struct Reqwless<'n>(HttpClient<'n, Stack, Stack>);

impl HttpPost for Reqwless<'_> {
    async fn exchange(
        &mut self,
        method: Method,
        url: &str,
        content_type: &str,
        authorization: Option<&str>,
        body: &[u8],
    ) -> Result<Answered, Box<dyn Error>> {
        let method = match method {
            Method::Get => reqwless::request::Method::GET,
            Method::Post => reqwless::request::Method::POST,
        };
        let mut headers = vec![("Content-Type", content_type)];
        headers.extend(authorization.map(|value| ("Authorization", value)));
        let mut buffer = [0; 4096];
        let request = self.0.request(method, url).await.map_err(failed)?;
        let mut request = request.headers(&headers).body(body);
        let response = request.send(&mut buffer).await.map_err(failed)?;
        let mut answered = Answered {
            status: response.status.0,
            ..Answered::default()
        };
        for (name, value) in response.headers() {
            if name.eq_ignore_ascii_case("date") {
                answered.date = Some(value.to_vec());
            } else if name.eq_ignore_ascii_case("retry-after") {
                answered.retry_after = Some(value.to_vec());
            }
        }
        answered.body = response
            .body()
            .read_to_end()
            .await
            .map_err(failed)?
            .to_vec();
        Ok(answered)
    }
}

fn failed(error: reqwless::Error) -> Box<dyn Error> {
    format!("{error:?}").into()
}

#[test]
fn reqwless_goes_by_the_session_alone() {
    let (sandbox, stack) = (plain_sandbox(), Stack::default());
    let mut http = Reqwless(HttpClient::new(&stack, &stack));
    let status = async_io::block_on(post_message(&sandbox, &mut http));
    assert_eq!(status.unwrap(), 200);
}
