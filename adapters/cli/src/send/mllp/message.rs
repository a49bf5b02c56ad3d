use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::scan::{Found, Scan};
use super::sources::Sources;
use crate::send::format::BEGINNING;
use crate::send::neighbour::NotHl7v2;
use crate::send::outcome::Place;
use crate::send::reader::Item;
use crate::terminal::shown;

/// The place of a message in the files.
pub(super) struct Message {
    pub(super) file: usize,
    pub(super) start: u64,
    pub(super) len: u64,
    pub(super) control_id: String,
}

/// The messages of all files in order, each with its problem if it has one.
pub(super) fn all(sources: &mut Sources, scan: fn() -> Scan) -> Vec<Item<Message>> {
    let mut items = Vec::new();
    let mut ids = HashMap::new();
    let paths = sources.paths();
    for (file, path) in paths.iter().enumerate() {
        let name = path.display().to_string();
        let (found, end) = found_in(sources, file, scan());
        for message in found {
            let place = Place {
                file: name.clone(),
                line: Some(message.line),
            };
            items.push(item(file, place, message, &paths, &mut ids));
        }
        if let Err(error) = end {
            items.push(Item {
                place: Place {
                    file: name,
                    line: None,
                },
                digest: None,
                parcel: Err(format!("cannot read it: {error}")),
            });
        }
    }
    items
}

/// The messages of one file, and why there are no more of them.
fn found_in(sources: &mut Sources, file: usize, mut scan: Scan) -> (Vec<Found>, io::Result<()>) {
    let end = sources.read(file, 0, u64::MAX).and_then(|mut content| {
        let mut piece = vec![0; PIECE];
        loop {
            match content.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(len) => scan.take(piece.get(..len).unwrap_or(&[])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    });
    let mut found = match end {
        Ok(()) => scan.end(),
        Err(_) => scan.whole(),
    };
    if let Some(Found { checked, .. }) = found.first_mut().filter(|it| it.checked.is_err())
        && let Some(other) = beginning(sources, file).as_deref().and_then(NotHl7v2::of)
    {
        *checked = Err(other.to_string());
    }
    (found, end)
}

/// The first bytes of a file, if the file can be read.
fn beginning(sources: &mut Sources, file: usize) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let mut part = sources.read(file, 0, to_u64(BEGINNING)).ok()?;
    part.read_to_end(&mut content).ok()?;
    Some(content)
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// A message that may be sent, or its problem. An acknowledgment names its message by the control ID alone, so each message needs
/// its own.
fn item(
    file: usize,
    place: Place,
    found: Found,
    paths: &[PathBuf],
    ids: &mut HashMap<Vec<u8>, (usize, u64)>,
) -> Item<Message> {
    let parcel = found.checked.and_then(|control_id| {
        let id = shown(&String::from_utf8_lossy(&control_id));
        let first = *ids.entry(control_id).or_insert((file, found.line));
        if first != (file, found.line) {
            let (file, line) = first;
            let file = paths.get(file).map_or(Path::new(""), PathBuf::as_path).display();
            return Err(format!(
                "the message in line {line} of {file} has the same control ID in MSH-10, {id}: give each message its own"
            ));
        }
        Ok(Message {
            file,
            start: found.start,
            len: found.len,
            control_id: id,
        })
    });
    Item {
        place,
        digest: found.digest.map(|digest| format!("mllp:{digest}")),
        parcel,
    }
}

/// The length of the pieces in which a file is scanned, in bytes.
const PIECE: usize = 64 * 1024;
