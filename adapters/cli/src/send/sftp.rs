#[cfg(unix)]
mod content;
#[cfg(unix)]
mod files;
#[cfg(unix)]
mod left;
#[cfg(unix)]
mod names;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod put;

use crate::args::SendArgs;
use crate::failure::Failure;

/// `ssh` gets the password over a Unix socket.
#[cfg(not(unix))]
pub(super) async fn run(_args: SendArgs) -> Result<(), Failure> {
    Err(Failure::usage(
        "--sftp needs Linux, macOS or another Unix system",
    ))
}

/// Sends files over SFTP, one at a time and in order, and prints the outcome of each.
#[cfg(unix)]
pub(super) async fn run(args: SendArgs) -> Result<(), Failure> {
    use super::in_order::{Printing, send_all};

    let link = crate::sftp::Link::of(&args.sftp)?;
    let mut run = super::run::Run::start(&args)?;
    let items = files::all(&args);
    // Before the first outcome: a problem with the server, the host key or the password concerns all files.
    let mut put = put::Put::new(link, &args, run.bar.clone());
    if items.iter().any(|item| item.parcel.is_ok()) {
        put.begin().await?;
    }
    let sizes = items.iter().flat_map(|item| &item.parcel);
    run.bar.set_length(sizes.map(|parcel| parcel.size).sum());
    let (bar, mut before) = (run.bar.clone(), 0_u64);
    // An error may end a file early, and the results may leave a file out.
    let items = items.into_iter().inspect(|item| {
        bar.set_position(before);
        let size = item.parcel.as_ref().map_or(0, |parcel| parcel.size);
        before = before.saturating_add(size);
    });
    let sending = async |work| put.send(work).await;
    send_all(&mut run, items, Printing::AtOnce, sending).await?;
    put.end().await;
    run.result(&args)
}
