use redox_auth_core::{AuthorizeError, Server, Url};

use crate::Error;

/// The target of an application's request: a URL, and the rest of its path.
#[derive(Clone, Copy)]
pub(crate) struct Target<'t> {
    pub(crate) url: Url<'t>,
    pub(crate) path: &'t str,
}

impl<'t> Target<'t> {
    /// Parses a path below the base URL, which starts with a slash, or a whole URL.
    ///
    /// Rejects `.` and `..` segments: a server would resolve them, and the path could lead out of the base URL.
    pub(crate) fn of(server: &Server<'t>, path_or_url: &'t str) -> Result<Self, Error> {
        let target = if path_or_url.starts_with('/') {
            Self {
                url: server.base_url(),
                path: path_or_url,
            }
        } else {
            let url = Url::parse(path_or_url)
                .map_err(|error| Error::Authorize(AuthorizeError::Url(error)))?;
            Self { url, path: "" }
        };
        let path = if target.path.is_empty() {
            target.url.path()
        } else {
            target.path
        };
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        if path.split('/').any(is_dots) {
            return Err(Error::Path);
        }
        Ok(target)
    }
}

/// `.` or `..`, escaped or not.
fn is_dots(segment: &str) -> bool {
    let mut rest = segment;
    let mut dots = 0_u8;
    while !rest.is_empty() {
        let escaped = rest.get(..3).filter(|it| it.eq_ignore_ascii_case("%2e"));
        let tail = match escaped {
            Some(_) => rest.get(3..),
            None => rest.strip_prefix('.'),
        };
        let Some(tail) = tail else {
            return false;
        };
        rest = tail;
        dots = dots.saturating_add(1);
    }
    dots == 1 || dots == 2
}
