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

/// Sends files over SFTP, one at a time and in order, and prints what becomes of each.
#[cfg(unix)]
pub(super) async fn run(args: SendArgs) -> Result<(), Failure> {
    let link = crate::sftp::Link::of(&args.sftp)?;
    let mut run = super::run::Run::start(&args)?;
    let items = files::all(&args);
    // Before anything is printed of a file: what is wrong with the server, the key or the password is wrong for all.
    let mut put = put::Put::new(link, &args);
    if items.iter().any(|item| item.parcel.is_ok()) {
        put.begin().await?;
    }
    super::in_order::send_all(&mut run, items, async |work| put.send(work).await).await?;
    put.end().await;
    run.result(&args)
}
