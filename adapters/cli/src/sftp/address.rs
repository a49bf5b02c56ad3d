use core::fmt;
use core::str::FromStr;

/// A folder on an SFTP server, and the user with access to it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Address {
    pub(crate) user: String,
    /// Without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Absolute, or relative to the user's start folder; never empty.
    pub(crate) folder: String,
}

impl Address {
    /// The path of a file of this name in the folder.
    pub(crate) fn path_of(&self, name: &str) -> String {
        match self.folder.as_str() {
            "." => name.to_owned(),
            folder if folder.ends_with('/') => format!("{folder}{name}"),
            folder => format!("{folder}/{name}"),
        }
    }

    /// Host and port, in the form for connections.
    pub(crate) fn host_and_port(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

/// For messages.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.user, self.host_and_port())
    }
}

/// `USER@HOST[:PORT][/DIR]`; `/~/DIR` is relative to the user's start folder.
impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.chars().any(char::is_control) {
            return Err(
                "the address must not hold a line end or another control character".to_owned(),
            );
        }
        let wrong = || {
            "the address must be USER@HOST/DIR or USER@HOST:PORT/DIR, such as clinic@sftp.example.org/inbox".to_owned()
        };
        let (authority, path) = text
            .find('/')
            .and_then(|at| text.split_at_checked(at))
            .unwrap_or((text, ""));
        // Some servers have user names with an `@`.
        let (user, host_and_port) = authority.rsplit_once('@').ok_or_else(wrong)?;
        if user.contains(':') {
            return Err("the address must not hold a password: write it into a file and name it with --sftp-password-file".to_owned());
        }
        let (host, port) = host_and_port_of(host_and_port).ok_or_else(wrong)?;
        // `ssh` would interpret them as options, or as something other than a name.
        let is_name = |name: &str| {
            !name.is_empty()
                && !name.starts_with('-')
                && !name.contains(|it: char| it.is_whitespace() || "'\"`\\$;&<>|(){}%".contains(it))
        };
        if !is_name(user) || !is_name(host) {
            return Err(wrong());
        }
        let folder = match path {
            "" | "/~" | "/~/" => ".",
            path => path.strip_prefix("/~/").unwrap_or(path),
        };
        Ok(Self {
            user: user.to_owned(),
            host: host.to_owned(),
            port,
            folder: folder.to_owned(),
        })
    }
}

fn host_and_port_of(text: &str) -> Option<(&str, u16)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => text
            .find(':')
            .and_then(|at| text.split_at_checked(at))
            .unwrap_or((text, "")),
    };
    let port = match rest {
        "" => SSH_PORT,
        rest => rest
            .strip_prefix(':')?
            .parse()
            .ok()
            .filter(|port| *port > 0)?,
    };
    Some((host, port))
}

const SSH_PORT: u16 = 22;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_user_host_port_and_folder() {
        for (text, user, host, port, folder) in [
            ("u@h", "u", "h", 22, "."),
            ("u@h/", "u", "h", 22, "/"),
            ("u@h/in", "u", "h", 22, "/in"),
            ("u@h:2222/in/box/", "u", "h", 2222, "/in/box/"),
            ("u@h/~/in", "u", "h", 22, "in"),
            ("u@h/~", "u", "h", 22, "."),
            ("u@clinic@h/a@b:c", "u@clinic", "h", 22, "/a@b:c"),
            ("u@[::1]:22/x", "u", "::1", 22, "/x"),
            ("u@[fe80::1]", "u", "fe80::1", 22, "."),
        ] {
            let found = text.parse::<Address>().unwrap();
            let expected = Address {
                user: user.to_owned(),
                host: host.to_owned(),
                port,
                folder: folder.to_owned(),
            };
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "h/in",
            "@h",
            "u@",
            "u@/in",
            "u@h:0",
            "u@h:x",
            "u@h:70000",
            "-oProxyCommand=x@h",
            "u@-v",
            "u@::1/in",
            "u@[::1/in",
            "u@h h",
            "u v@h",
            "u@h:",
            "u@%h",
        ] {
            let error = text.parse::<Address>().unwrap_err();
            assert!(error.contains("must be USER@HOST"), "{text}: {error}");
        }
        let error = "u:geheim@h/in".parse::<Address>().unwrap_err();
        assert!(error.contains("--sftp-password-file"), "{error}");
        assert!(!error.contains("geheim"), "{error}");
        assert!("u@h/a\nb".parse::<Address>().is_err());
    }

    #[test]
    fn a_file_lies_in_the_folder() {
        for (address, expected) in [
            ("u@h", "x"),
            ("u@h/", "/x"),
            ("u@h/in", "/in/x"),
            ("u@h/in/", "/in/x"),
            ("u@h/~/in", "in/x"),
        ] {
            assert_eq!(address.parse::<Address>().unwrap().path_of("x"), expected);
        }
    }
}
