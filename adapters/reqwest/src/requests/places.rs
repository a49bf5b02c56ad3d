use std::sync::Arc;

use redox_auth_core::{Api, AuthorizeError, DATA_MODEL_PATH, FHIR_PATH, Server};
use reqwest::Url;

use crate::connections::way::Way;
use crate::error::Error;
use crate::tokens::identity::ServerParts;

/// The URLs that requests to the API may have.
///
/// [`Server::may_receive_token`] decides. The client remembers each accepted origin as the text that begins all of its URLs,
/// including the slash: in normalized form no other URL begins like that.
#[derive(Debug)]
pub(crate) struct Places {
    server: Arc<ServerParts>,
    /// The base of the API's paths, with a slash at its end.
    base: Url,
    api_origin: String,
    upload_origin: Option<String>,
    api_way: Way,
    upload_way: Way,
}

/// One of the hosts of an API.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ApiPlace {
    Api,
    Upload,
}

impl Places {
    /// For a server whose URLs were checked; `None` if `url` rejects one of them.
    pub(crate) fn new(parts: &Arc<ServerParts>) -> Option<Self> {
        let server = parts.get();
        let base = Url::parse(&format!("{}/", server.base_url().as_str())).ok()?;
        let upload_origin = match server.upload_url() {
            Some(url) => Some(origin(&Url::parse(url.as_str()).ok()?)),
            None => None,
        };
        let api_origin = origin(&base);
        let api_way = Way::to(server.base_url());
        Some(Self {
            server: Arc::clone(parts),
            api_way,
            upload_way: server.upload_url().map_or(api_way, Way::to),
            upload_origin: upload_origin.filter(|it| *it != api_origin),
            api_origin,
            base,
        })
    }

    pub(crate) fn server(&self) -> Server<'_> {
        self.server.get()
    }

    pub(crate) const fn way(&self, place: ApiPlace) -> Way {
        match place {
            ApiPlace::Api => self.api_way,
            ApiPlace::Upload => self.upload_way,
        }
    }

    /// Finds the host that a URL leads to.
    ///
    /// # Errors
    /// [`Error::Authorize`] if the token must not go there.
    pub(crate) fn check(&self, url: &Url) -> Result<ApiPlace, Error> {
        let begins =
            |origin: &String| url.as_str().starts_with(origin.as_str()) && url.fragment().is_none();
        if begins(&self.api_origin) {
            return Ok(ApiPlace::Api);
        }
        if self.upload_origin.as_ref().is_some_and(begins) {
            return Ok(ApiPlace::Upload);
        }
        let asked = self.server().may_receive_token(url.as_str());
        asked.map_err(AuthorizeError::Url)?;
        Ok(ApiPlace::Api)
    }

    /// The URL of a path below the base URL, or of a whole URL, when a token may be sent there.
    ///
    /// # Errors
    /// [`Error::Path`], and [`Error::Authorize`] for a URL that must not receive the token.
    pub(crate) fn locate(&self, path_or_url: &str) -> Result<(ApiPlace, Url), Error> {
        let url = match path_or_url.strip_prefix('/') {
            Some(path) => return self.below("", path),
            None => Url::parse(path_or_url)
                .map_err(|_| Error::Path("neither a path that begins with a slash nor a URL"))?,
        };
        Ok((self.check(&url)?, url))
    }

    /// The URL of a path below a folder of the base URL. The folder has no slash before and one after it; the path may have
    /// a query.
    ///
    /// # Errors
    /// As [`Places::locate`].
    pub(crate) fn below(&self, folder: &str, path: &str) -> Result<(ApiPlace, Url), Error> {
        // The dot makes it a relative path, whatever its first character. Only the path is parsed, and not the host again.
        let url = self.base.join(&["./", folder, path].concat()).ok();
        // Dots in the path are resolved by now.
        let is_below = |url: &Url| {
            let path = url.as_str().strip_prefix(self.base.as_str());
            path.is_some_and(|path| path.starts_with(folder)) && url.fragment().is_none()
        };
        let url = url.filter(is_below);
        let url = url.ok_or(Error::Path("a path that leads elsewhere"))?;
        Ok((self.check(&url)?, url))
    }

    /// Which of Redox's APIs a URL belongs to.
    pub(crate) fn api(&self, place: ApiPlace, url: &Url) -> Api {
        let path = url.as_str().strip_prefix(self.base.as_str()).unwrap_or("");
        let begins = |prefix: &str| path.starts_with(prefix.trim_start_matches('/'));
        match place {
            ApiPlace::Upload => Api::Upload,
            ApiPlace::Api if begins(FHIR_PATH) => Api::Fhir,
            ApiPlace::Api if begins(PLATFORM_PATH) => Api::Platform,
            ApiPlace::Api if begins(DATA_MODEL_PATH) => Api::DataModel,
            ApiPlace::Api => Api::Other,
        }
    }
}

/// Scheme, host, and the port if it is not the usual one: the beginning of every URL there. A user name would come before
/// the host, therefore a URL with a user name begins otherwise.
fn origin(url: &Url) -> String {
    format!("{}/", url.origin().ascii_serialization())
}

/// The base of the Platform API's paths (Redox's page "Redox Platform API").
const PLATFORM_PATH: &str = "/platform/";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Redox;

    fn places(base_url: &str, upload_url: Option<&str>) -> Places {
        let parts = ServerParts {
            base_url: base_url.to_owned(),
            token_url: "https://as.example/token".to_owned(),
            upload_url: upload_url.map(str::to_owned),
            audience: None,
            typ: redox_auth_core::JwtType::Jwt,
            scope: String::new(),
        };
        Places::new(&Arc::new(parts)).unwrap()
    }

    #[test]
    fn a_path_stays_below_its_base() {
        let proxy = places("https://proxy.example/redox/", None);
        let located = |path: &str| proxy.locate(path).map(|(_, url)| String::from(url));
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
        let bare = places("https://proxy.example", None);
        for path in ["@evil.example", ".evil.example", ":1/a"] {
            assert!(bare.locate(path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_whole_url_is_one_of_this_server() {
        let places = places(
            "https://api.example/r4",
            Some("https://blob.example/upload"),
        );
        for (url, place) in [
            ("https://api.example/r4/Patient", ApiPlace::Api),
            ("https://api.example/else", ApiPlace::Api),
            ("https://API.example:443/else", ApiPlace::Api),
            ("https://blob.example/upload", ApiPlace::Upload),
        ] {
            assert_eq!(places.locate(url).unwrap().0, place, "{url}");
        }
        for url in [
            "https://evil.example/r4",
            "http://api.example/r4",
            "https://api.example:444/r4",
            "https://user@api.example/r4",
            "https://api.example@evil.example/r4",
            "https://api.example.evil.example/r4",
            "https://xn--pi-example-/r4",
            "https://[::1]/r4",
            "https://[::ffff:127.0.0.1]/r4",
            "https://аpi.example/r4",
            "https:\\\\evil.example\\api.example/",
        ] {
            assert!(places.locate(url).is_err(), "{url}");
        }
    }

    #[test]
    fn the_cache_agrees_with_core() {
        let redox = Redox::builder().no_key().build().unwrap();
        let places = redox.places();
        for url in [
            "https://api.redoxengine.com/endpoint",
            "https://blob.redoxengine.com/upload",
            "https://api.redoxengine.com:443/a?b",
            "https://api.redoxengine.com/a#b",
            "https://redoxengine.com/",
            "https://api.redoxengine.com.evil.example/",
        ] {
            let url = Url::parse(url).unwrap();
            let asked = places.server().may_receive_token(url.as_str());
            assert_eq!(places.check(&url).is_ok(), asked.is_ok(), "{url}");
        }
    }
}
