use std::path::Path;

use aws_lc_rs::rand;

/// The name that a file gets on the server: its own.
pub(super) fn name_of(path: &Path) -> Result<String, String> {
    if path == Path::new("-") {
        return Err("standard input has no name for the server; write it into a file".to_owned());
    }
    let name = path.file_name().ok_or("this path ends in no name")?;
    let name = name.to_str().ok_or("its name is not UTF-8; rename it")?;
    if name.chars().any(char::is_control) {
        return Err(
            "its name has a line end or another control character in it; rename it".to_owned(),
        );
    }
    if name.contains(['/', '\\']) {
        return Err("its name has a slash or a backslash in it, which some servers take for a folder; rename it".to_owned());
    }
    Ok(name.to_owned())
}

/// A name for a file that is not finished: hidden, and never the same twice, because some servers open no file again.
pub(super) fn part_of(name: &str) -> Result<String, String> {
    let mut random = [0; 8];
    rand::fill(&mut random).map_err(|_| "this machine has no random numbers")?;
    let random = u64::from_ne_bytes(random);
    let mut end = name.len().min(LONGEST_NAME);
    while !name.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let name = name.get(..end).unwrap_or_default();
    Ok(format!(".{name}.{random:016x}.part"))
}

/// In bytes: most file systems take names of 255.
const LONGEST_NAME: usize = 255 - ".".len() - ".0123456789abcdef.part".len();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_unless_that_could_be_misread() {
        for (path, expected) in [
            ("a.csv", "a.csv"),
            ("/x/y/Müller 1.csv", "Müller 1.csv"),
            ("x/.hidden", ".hidden"),
            ("x/..a", "..a"),
        ] {
            assert_eq!(name_of(Path::new(path)).as_deref(), Ok(expected));
        }
        for (path, expected) in [
            ("-", "standard input"),
            ("..", "ends in no name"),
            ("/", "ends in no name"),
            ("a\nb", "line end"),
            ("a\r", "line end"),
            ("a\\b", "slash"),
        ] {
            let error = name_of(Path::new(path)).unwrap_err();
            assert!(error.contains(expected), "{path:?}: {error}");
        }
    }

    #[test]
    fn the_name_of_an_unfinished_file_is_hidden_new_and_short_enough() {
        let part = part_of("a.csv").unwrap();
        assert!(part.starts_with(".a.csv."), "{part}");
        assert!(part.ends_with(".part"), "{part}");
        assert_eq!(part.len(), ".a.csv.0123456789abcdef.part".len());
        assert_ne!(part, part_of("a.csv").unwrap());
        for name in ["x".repeat(255), "ü".repeat(127)] {
            let part = part_of(&name).unwrap();
            assert!((253..=255).contains(&part.len()), "{}", part.len());
        }
    }
}
