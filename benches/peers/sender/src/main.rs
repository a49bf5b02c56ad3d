//! Sends the same body again and again with `reqwest` alone: what a command on top of it can reach at best.

use core::error::Error;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::{env, fs};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Url};
use tokio::task::JoinSet;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut arguments = env::args().skip(1);
    let mut next = || arguments.next().ok_or(USAGE);
    let url = Url::parse(&next()?)?;
    let body: &'static [u8] = fs::read(next()?)?.leak();
    let messages: usize = next()?.parse()?;
    let jobs: usize = next()?.parse()?;
    let sent = Arc::new(AtomicUsize::new(0));
    let client = Client::new();
    let mut all = JoinSet::new();
    for _ in 0..jobs {
        let (sent, client, url) = (Arc::clone(&sent), client.clone(), url.clone());
        all.spawn(async move {
            while sent.fetch_add(1, Ordering::Relaxed) < messages {
                let request = client.post(url.clone()).body(body);
                let request = request
                    .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                    .header(AUTHORIZATION, HeaderValue::from_static("Bearer of-nobody"));
                request.send().await?.error_for_status()?.bytes().await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(job) = all.join_next().await {
        job??;
    }
    Ok(())
}

const USAGE: &str = "usage: peer-sender URL FILE MESSAGES JOBS";
