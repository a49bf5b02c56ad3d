mod early;
mod link;
mod message;
mod scan;
mod sources;

use std::path::Path;

use redox_auth_mllp::{Ack, Outcome as Became};

use super::in_order::{Printing, send_all};
use super::outcome::{Outcome, Verdict};
use super::run::{Done, Run, Work};
use crate::args::{MllpArgs, SendArgs};
use crate::failure::Failure;
use crate::terminal::shown;
use link::Link;
use message::Message;
use scan::Scan;
use sources::Sources;

/// Sends the messages of these files over MLLP, one at a time and in order, and prints the outcome of each.
pub(super) async fn run(args: SendArgs) -> Result<(), Failure> {
    let mut run = Run::start(&args)?;
    let mut sources = Sources::open(&args.files);
    let mut buffer = vec![0; BUFFER];
    let mut link = Link::new(&args.mllp, &mut buffer);
    let scan = match args.results {
        Some(_) => Scan::with_digests,
        None => Scan::new,
    };
    // The scan ends before the first message is sent, because it finds a control ID that occurs twice.
    let items = message::all(&mut sources, scan);
    run.bar
        .set_length(u64::try_from(items.len()).unwrap_or(u64::MAX));
    let mut sending = async |work| send(&mut link, &mut sources, work).await;
    send_all(&mut run, items, Printing::BesideNext, &mut sending).await?;
    run.result(&args)
}

/// Sends the first message of a file, and returns the code of its acknowledgment.
pub(crate) async fn send_one(args: &MllpArgs, file: &Path) -> Result<&'static str, ProbeError> {
    let wrong = |error| ProbeError::NotSent(Failure::usage(error));
    let mut sources = Sources::open(&[file.to_path_buf()]);
    let message = message::all(&mut sources, Scan::new).into_iter().next();
    let message = message.ok_or_else(|| wrong("the file has no message".to_owned()))?;
    let Message { start, len, .. } = message.parcel.map_err(wrong)?;
    let content = sources.read(0, start, len);
    let content = content.map_err(|error| wrong(format!("cannot read it: {error}")))?;
    let mut buffer = vec![0; BUFFER];
    let mut link = Link::new(args, &mut buffer);
    let became = link.send(content).await;
    let no_answer = |error| ProbeError::NotSent(Failure::no_answer(error));
    match became.map_err(|error| no_answer(error.to_string()))? {
        Some(Became::Ok(ack)) => Ok(ack.code().as_str()),
        Some(Became::Refused(ack)) => Err(ProbeError::Refused(words(&ack).join(", "))),
        Some(Became::Unknown(unknown)) => Err(ProbeError::Unknown(shown(&unknown.to_string()))),
        Some(Became::NotSent(reason)) => Err(no_answer(reason.to_string())),
        None => Err(no_answer("it was given up".to_owned())),
    }
}

/// Why a message was not acknowledged.
pub(crate) enum ProbeError {
    /// The receiver refused it, with these words.
    Refused(String),
    /// The receiver may have it, and no acknowledgment says so.
    Unknown(String),
    NotSent(Failure),
}

async fn send(link: &mut Link<'_>, sources: &mut Sources, work: Work<Message>) -> Done {
    let Work {
        place,
        digest,
        parcel: message,
        start,
        ..
    } = work;
    let started = start.map_or(Ok(()), |start| start.write());
    let content = sources.read(message.file, message.start, message.len);
    let outcome = match started.map(|()| content) {
        Err(failure) => not_sent(failure.in_one_line()).stopping(failure),
        Ok(Err(error)) => not_sent(format!("cannot read it: {error}")),
        Ok(Ok(content)) => match link.send(content).await {
            Ok(Some(became)) => outcome_of(&became),
            Ok(None) => not_sent("it was given up".to_owned()),
            Err(error) => {
                let failure = Failure::no_answer(error.to_string());
                not_sent(error.to_string()).stopping(failure)
            }
        },
    };
    Done {
        place,
        digest,
        outcome: outcome.with_control_id(message.control_id),
    }
}

fn not_sent(error: String) -> Outcome {
    Outcome::without_answer(Verdict::NotSent, error)
}

/// The outcome of a message as the results record it.
fn outcome_of(became: &Became<'_>) -> Outcome {
    match became {
        Became::Ok(ack) => Outcome::over_mllp(Verdict::Ok, Some(ack.code().as_str()), Vec::new()),
        Became::Refused(ack) => {
            Outcome::over_mllp(Verdict::Refused, Some(ack.code().as_str()), words(ack))
        }
        Became::NotSent(reason) => not_sent(reason.to_string()),
        Became::Unknown(unknown) => {
            let error = shown(&unknown.to_string());
            Outcome::over_mllp(Verdict::Unknown, None, vec![error])
        }
    }
}

/// The receiver's words for a refusal.
fn words(ack: &Ack<'_>) -> Vec<String> {
    let texts = [ack.text(), ack.error_code()].into_iter();
    let mut texts: Vec<_> = texts
        .filter(|text| !text.is_empty())
        .map(|text| shown(&text.to_string()))
        .collect();
    texts.dedup();
    texts
}

/// The most bytes of a message that are sent at once.
const BUFFER: usize = 64 * 1024;
