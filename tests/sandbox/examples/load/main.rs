//! How fast the sandbox answers token requests: beside the sandbox of another build, and with its page open beside without;
//! and how fast the page's actions are while 10,000 requests arrive in ten seconds.
//!
//! ```text
//! cargo xtask bench dashboard
//! ```
//!
//! By hand: `load SERVE BEFORE NODE SCRIPT`. `SERVE` is the example of this name, `BEFORE` the program that it is measured
//! beside, and `NODE SCRIPT URL` opens the page, prints `ready`, and after a line on its input prints how long each action
//! took. All of it is measured by turns in one run, because the machine is never equally busy in two.

mod assertions;
mod client;
mod comparison;
mod page;
mod process;

use core::error::Error;
use core::time::Duration;
use std::env;

use assertions::Signer;
use comparison::compare;
use page::Page;
use process::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [serve, before, node, script] = arguments.as_slice() else {
        return Err("expected SERVE BEFORE NODE SCRIPT".into());
    };
    let signer = Signer::new()?;
    let unwatched = Sandbox::start(serve, &signer)?;
    let earlier = Sandbox::start(before, &signer)?;
    let found = compare(&signer, &earlier, &unwatched).await?;
    println!("token requests, nobody looking, beside a76515d (wanted: at least 0.98)\n{found}");
    drop(earlier);

    let watched = Sandbox::start(serve, &signer)?;
    let mut page = Page::open(node, script, watched.dashboard())?;
    let sent = client::send_paced(watched.address(), signer.requests(ARRIVING)?, TIME).await?;
    let actions = page.actions()?;
    let seconds = sent.as_secs_f64();
    println!(
        "{ARRIVING} requests in {seconds:.1} s, the page open: actions (wanted: 95 % within 200 ms)\n{actions}"
    );
    println!(
        "  memory of the sandbox, at most: {} MiB",
        watched.peak_mebibytes()?
    );

    let found = compare(&signer, &unwatched, &watched).await?;
    println!(
        "token requests, the page open, beside nobody looking (wanted: at least 0.9)\n{found}"
    );
    Ok(())
}

const ARRIVING: usize = 10_000;

const TIME: Duration = Duration::from_secs(10);
