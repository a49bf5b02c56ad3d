use std::path::Path;

use aws_lc_rs::rand;
use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::terminal::shown_path;
use crate::{input, key, permissions};

/// The secret that programs must send: the file's, or a new one in a file that only its owner can read.
pub(super) fn read_or_make(path: &Path) -> Result<Zeroizing<String>, Failure> {
    if !path.exists() {
        let secret = make()?;
        key::write_private(path, secret.as_bytes())?;
        return Ok(secret);
    }
    permissions::note(path);
    let secret = input::read_text(path, "secret", MAX_SECRET_FILE)?;
    if secret.len() < MIN_SECRET || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::usage(format!(
            "secret in {}: expected at least {MIN_SECRET} characters of visible ASCII, found less or others",
            shown_path(path)
        )));
    }
    Ok(secret)
}

fn make() -> Result<Zeroizing<String>, Failure> {
    let mut random = Zeroizing::new([0; 32]);
    rand::fill(random.as_mut_slice())
        .map_err(|_| Failure::usage("the secret could not be made: no random bytes"))?;
    Ok(Zeroizing::new(Base64UrlUnpadded::encode_string(
        random.as_slice(),
    )))
}

/// In bytes: too many to guess.
const MIN_SECRET: usize = 16;

const MAX_SECRET_FILE: u64 = 4 * 1024;
