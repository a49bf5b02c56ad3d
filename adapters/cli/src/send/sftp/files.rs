use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::names::name_of;
use crate::args::SendArgs;
use crate::send::outcome::Place;
use crate::send::reader::Item;

/// A file that may be sent.
pub(super) struct Parcel {
    pub(super) path: PathBuf,
    /// On the server.
    pub(super) name: String,
    /// In bytes.
    pub(super) size: u64,
}

/// The files in order, each with its problem if it has one.
pub(super) fn all(args: &SendArgs) -> Vec<Item<Parcel>> {
    let mut names = HashSet::new();
    let files = args.files.iter();
    files
        .map(|path| {
            let parcel = parcel(path).and_then(|parcel| {
                if names.insert(parcel.name.clone()) {
                    Ok(parcel)
                } else {
                    Err(
                        "another file of this run has the same name; send it to another folder"
                            .to_owned(),
                    )
                }
            });
            // It takes as long as reading the file, and only results need it.
            let digest = match &parcel {
                Ok(parcel) if args.results.is_some() => digest_of(parcel).map(Some),
                _ => Ok(None),
            };
            let (digest, parcel) = match digest {
                Ok(digest) => (digest, parcel),
                Err(error) => (None, Err(unreadable(&error))),
            };
            Item {
                place: Place {
                    file: path.display().to_string(),
                    line: None,
                },
                digest,
                parcel,
            }
        })
        .collect()
}

fn parcel(path: &Path) -> Result<Parcel, String> {
    let name = name_of(path)?;
    let metadata = path.metadata().map_err(|error| unreadable(&error))?;
    if metadata.is_dir() {
        return Err("it is a folder; name the files in it".to_owned());
    }
    if !metadata.is_file() {
        return Err("it is no regular file; copy its content into one".to_owned());
    }
    Ok(Parcel {
        path: path.to_owned(),
        name,
        size: metadata.len(),
    })
}

/// Tells a file of this name and content from all others in the results.
fn digest_of(parcel: &Parcel) -> io::Result<String> {
    let mut digest = Context::new(&SHA256);
    digest.update(parcel.name.as_bytes());
    digest.update(&[0]);
    let mut file = File::open(&parcel.path)?;
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(len) => digest.update(piece.get(..len).unwrap_or(&[])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let digest = Base64UrlUnpadded::encode_string(digest.finish().as_ref());
    Ok(format!("sftp:{digest}"))
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot read it: {error}")
}

/// The length of one read of a file, in bytes.
const PIECE: usize = 256 * 1024;
