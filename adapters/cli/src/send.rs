mod answer;
mod format;
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
use std::io::{IsTerminal as _, stdout};
use std::path::Path;

use redox_auth_reqwest::{Pacing, Redox};
use serde_json::Value;

use crate::args::SendArgs;
use crate::failure::Failure;
use crate::terminal::{say, shown_lines, shown_path};
use crate::{connect, input, notes, print};
use answer::{Taken, failure};
pub(crate) use mllp::{ProbeError, send_one};
use neighbour::Neighbour;
use outcome::Verdict;
use parcel::{Kind, Parcel};
use progress::bar_of_bytes;
use tally::Tally;

/// Sends messages or files, and prints their outcomes.
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

/// Sends the content of one file, and prints the answer unchanged.
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
    let mut tally = Tally::default();
    match Taken::read(kind, response).await {
        Ok(taken) => {
            tally.count(Verdict::Ok);
            let printed = match taken.into_result() {
                nothing if nothing.is_empty() => Ok(()),
                result => print(&for_reader(result)),
            };
            say(&tally);
            printed
        }
        Err(error) => {
            tally.count(Verdict::of(&error));
            let failure = failure(kind, error);
            Err(failure.with_message(format!("{failure}\n{tally}")))
        }
    }
}

/// An answer, unchanged for a program. For a person at a terminal: JSON in lines, without escape sequences.
fn for_reader(answer: String) -> String {
    if !stdout().is_terminal() {
        return answer;
    }
    let value = serde_json::from_str::<Value>(&answer);
    let pretty = value.and_then(|value| serde_json::to_string_pretty(&value));
    let lines: Vec<_> = shown_lines(&pretty.unwrap_or(answer)).collect();
    lines.join("\n")
}

fn message(file: &Path, redox: &Redox) -> Result<Parcel, Failure> {
    let mut content = input::read(file, "message", MAX_MESSAGE)?;
    parcel(mem::take(&mut *content), redox, Neighbour::of)
        .map_err(|problem| Failure::usage(format!("message in {}: {problem}", shown_path(file))))
}

/// A sendable message, or why the message is not sendable.
fn parcel(
    content: Vec<u8>,
    redox: &Redox,
    neighbour: impl Fn(&[u8]) -> Option<Neighbour>,
) -> Result<Parcel, String> {
    let content = input::without_mark(content, "message");
    if let Some(neighbour) = neighbour(&content) {
        return Err(neighbour.to_string());
    }
    Parcel::message(content, redox).map_err(|error| error.to_string())
}

/// A client with the source of the messages.
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

/// The largest message that Redox accepts (its page "Quotas and constraints"), in bytes.
const MAX_MESSAGE: u64 = 40_000_000;
