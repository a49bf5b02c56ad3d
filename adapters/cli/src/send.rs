mod answer;
mod in_order;
mod many;
mod mllp;
mod neighbour;
mod outcome;
mod parcel;
mod progress;
mod reader;
mod results;
mod run;
mod sftp;
mod tally;

use core::mem;
use std::path::Path;

use redox_auth_reqwest::{Pacing, Redox};

use crate::args::SendArgs;
use crate::failure::Failure;
use crate::terminal::shown_path;
use crate::{connect, input, notes, print};
use answer::{Taken, failure};
use neighbour::Neighbour;
use parcel::{Kind, Parcel};
use progress::bar_of_bytes;

/// Sends messages or files, and prints what becomes of them.
pub(crate) async fn run(args: SendArgs) -> Result<(), Failure> {
    if args.mllp.mllp.is_some() {
        return mllp::run(args).await;
    }
    if args.sftp.sftp.is_some() {
        return sftp::run(args).await;
    }
    match args.only_file() {
        Some(file) => one(file, &args).await,
        None => many::run(args).await,
    }
}

/// Sends what is in one file, and prints the answer as it is.
async fn one(file: &Path, args: &SendArgs) -> Result<(), Failure> {
    let redox = client(args, args.rate.map(|rate| Pacing::new().at_most(rate)))?;
    let parcel = if args.upload {
        Parcel::file(file)
    } else {
        message(file, &redox)
    }?;
    let kind = parcel.kind;
    notes::print(&redox, &redox.token().await?);
    let bar = bar_of_bytes(parcel.content.len(), args);
    let call = if bar.is_hidden() {
        parcel.call(&redox)
    } else {
        parcel.counted_call(&redox, &bar)
    };
    let response = call.send().await;
    bar.finish_and_clear();
    match Taken::read(kind, response).await {
        Ok(taken) => match taken.into_result() {
            nothing if nothing.is_empty() => Ok(()),
            result => print(&result),
        },
        Err(error) => Err(failure(kind, error)),
    }
}

fn message(file: &Path, redox: &Redox) -> Result<Parcel, Failure> {
    let mut content = input::read(file, "message", MAX_MESSAGE)?;
    parcel(mem::take(&mut *content), redox)
        .map_err(|problem| Failure::usage(format!("message in {}: {problem}", shown_path(file))))
}

/// A message that may be sent, or why it may not.
fn parcel(content: Vec<u8>, redox: &Redox) -> Result<Parcel, String> {
    let content = input::without_mark(content, "message");
    if let Some(neighbour) = Neighbour::of(&content) {
        return Err(neighbour.to_string());
    }
    Parcel::message(content, redox).map_err(|error| error.to_string())
}

/// A client with the source that messages come from.
fn client(args: &SendArgs, pacing: Option<Pacing>) -> Result<Redox, Failure> {
    let mut builder = connect::builder(&args.client)?;
    if let Some(pacing) = pacing {
        builder = builder.pace(pacing);
    }
    if let Some(source_id) = &args.source.source_id {
        builder = builder.source_id(source_id);
    }
    Ok(builder.build()?)
}

/// The largest message that Redox takes (its page "Quotas and constraints"), in bytes.
const MAX_MESSAGE: u64 = 40_000_000;
