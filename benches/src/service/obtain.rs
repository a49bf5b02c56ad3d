use core::time::Duration;
use std::time::Instant;

use redox_auth_reqwest::Tenants;
use tokio::task::JoinSet;

use crate::inputs::token_hosts::tenant;

/// Has these tenants obtain a token each, some at a time; returns how long each waited for it.
pub(super) async fn obtain(
    table: &Tenants<String>,
    numbers: impl Iterator<Item = usize>,
) -> Vec<Duration> {
    let (mut under_way, mut times) = (JoinSet::new(), Vec::new());
    for number in numbers {
        if under_way.len() >= AT_A_TIME {
            times.extend(under_way.join_next().await);
        }
        let table = table.clone();
        under_way.spawn(async move {
            let began = Instant::now();
            table.token(&tenant(number)).await.expect("a token");
            began.elapsed()
        });
    }
    while let Some(time) = under_way.join_next().await {
        times.push(time);
    }
    times
        .into_iter()
        .map(|time| time.expect("it ends"))
        .collect()
}

const AT_A_TIME: usize = 64;
