use std::collections::BTreeMap;

/// Files in the folder `/in`, in memory, by their whole paths.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: BTreeMap<String, Vec<u8>>,
}

impl Files {
    pub(super) fn content(&self, path: &str) -> Option<&Vec<u8>> {
        self.files.get(path)
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// The names in a folder.
    pub(super) fn names(&self, folder: &str) -> Vec<String> {
        match folder {
            "/" => vec!["in".to_owned()],
            _ => {
                let within = |path: &String| path.strip_prefix("/in/").map(str::to_owned);
                self.files.keys().filter_map(within).collect()
            }
        }
    }

    pub(super) fn is_folder(path: &str) -> bool {
        matches!(path, "/" | "/in")
    }

    /// Whether a file of this path may be there.
    pub(super) fn may_be(path: &str) -> bool {
        let name = path.strip_prefix("/in/");
        name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    }

    pub(super) fn create(&mut self, path: &str) {
        self.files.insert(path.to_owned(), Vec::new());
    }

    /// Writes, if there is space; `false` if not.
    pub(super) fn write(&mut self, path: &str, offset: usize, data: &[u8]) -> bool {
        let end = offset.saturating_add(data.len());
        let Some(content) = self.files.get(path) else {
            return false;
        };
        let more = end.saturating_sub(content.len());
        if self.free() < more {
            return false;
        }
        let Some(content) = self.files.get_mut(path) else {
            return false;
        };
        if content.len() < end {
            content.resize(end, 0);
        }
        if let Some(place) = content.get_mut(offset..end) {
            place.copy_from_slice(data);
        }
        true
    }

    pub(super) fn remove(&mut self, path: &str) -> bool {
        self.files.remove(path).is_some()
    }

    pub(super) fn rename(&mut self, from: &str, to: &str) {
        if let Some(content) = self.files.remove(from) {
            self.files.insert(to.to_owned(), content);
        }
    }

    /// How many bytes can still be written.
    pub(super) fn free(&self) -> usize {
        let used = self.files.values().map(Vec::len);
        MOST_BYTES.saturating_sub(used.fold(0, usize::saturating_add))
    }
}

/// A path without `.`, `..` and double slashes; a relative one begins at `/`.
pub(super) fn absolute(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The most that is kept, in bytes.
const MOST_BYTES: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_absolute() {
        for (path, expected) in [
            ("", "/"),
            (".", "/"),
            ("in", "/in"),
            ("in/./a", "/in/a"),
            ("/in//a/", "/in/a"),
            ("../../in", "/in"),
        ] {
            assert_eq!(absolute(path), expected, "{path}");
        }
    }

    #[test]
    fn there_is_space_for_so_many_bytes() {
        let mut files = Files::default();
        files.create("/in/a");
        assert!(files.write("/in/a", 3, b"abc"));
        assert_eq!(files.content("/in/a").unwrap(), b"\0\0\0abc");
        assert!(files.write("/in/a", 0, &vec![1; MOST_BYTES]));
        assert_eq!(files.free(), 0);
        assert!(files.write("/in/a", 0, b"x"), "no more than is there");
        assert!(!files.write("/in/a", MOST_BYTES, b"x"));
        assert!(!files.write("/in/a", usize::MAX, b"x"));
        assert!(!files.write("/in/b", 0, b"x"));
    }
}
