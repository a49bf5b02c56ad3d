use redox_auth_core::AuthorizeError;
use redox_auth_core::Server;
use reqwest::Url;

use crate::Error;

/// The URL of a path below the base URL, or of a whole URL, when a token may be sent there.
///
/// # Errors
/// [`Error::Path`], and [`Error::Authorize`] for a place where the token must not go.
pub(crate) fn locate(server: &Server<'_>, path_or_url: &str) -> Result<Url, Error> {
    let url = if path_or_url.starts_with('/') {
        below(server.base_url().as_str(), path_or_url)?
    } else {
        Url::parse(path_or_url)
            .map_err(|_| Error::Path("neither a path that begins with a slash nor a URL"))?
    };
    server
        .may_receive_token(url.as_str())
        .map_err(AuthorizeError::Url)?;
    Ok(url)
}

/// `path` begins with a slash and may have a query.
fn below(base_url: &str, path: &str) -> Result<Url, Error> {
    let leads_elsewhere = Error::Path("a path that leads elsewhere");
    let (Ok(base), Ok(url)) = (
        Url::parse(&format!("{base_url}/")),
        Url::parse(&format!("{base_url}{path}")),
    ) else {
        return Err(leads_elsewhere);
    };
    // Dots in the path are resolved by now.
    let is_below = url.as_str().starts_with(base.as_str());
    if is_below && url.origin() == base.origin() && url.fragment().is_none() {
        Ok(url)
    } else {
        Err(leads_elsewhere)
    }
}

#[cfg(test)]
mod tests {
    use redox_auth_core::Server;

    use super::locate;

    fn server(base_url: &str) -> Server<'_> {
        Server::new(base_url, "https://as.example/token").unwrap()
    }

    #[test]
    fn a_path_stays_below_its_base() {
        let proxy = server("https://proxy.example/redox/");
        let located = |path: &str| locate(&proxy, path).map(String::from);
        assert_eq!(
            located("/endpoint").unwrap(),
            "https://proxy.example/redox/endpoint"
        );
        assert_eq!(
            located("//evil.example").unwrap(),
            "https://proxy.example/redox//evil.example"
        );
        for path in ["endpoint", "", "@evil.example", "/a#b", "/../x"] {
            assert!(located(path).is_err(), "{path}");
        }
        let bare = server("https://proxy.example");
        for path in ["@evil.example", ".evil.example", ":1/a"] {
            assert!(locate(&bare, path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_whole_url_is_one_of_this_server() {
        let server = server("https://api.example/r4")
            .with_upload_url("https://blob.example/upload")
            .unwrap();
        for url in [
            "https://api.example/r4/Patient",
            "https://api.example/else",
            "https://blob.example/upload",
        ] {
            assert_eq!(locate(&server, url).unwrap().as_str(), url);
        }
        for url in [
            "https://evil.example/r4",
            "http://api.example/r4",
            "https://api.example:444/r4",
            "https://user@api.example/r4",
            "https://api.example@evil.example/r4",
        ] {
            assert!(locate(&server, url).is_err(), "{url}");
        }
    }
}
