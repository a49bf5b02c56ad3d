//! The tables of `KEYS.md`, which list the error for each kind of file.

use std::collections::BTreeMap;

/// The error for each file that the tables name.
pub(crate) struct Table(BTreeMap<String, String>);

impl Table {
    pub(crate) fn read() -> Self {
        let mut said = BTreeMap::new();
        for line in include_str!("../../KEYS.md").lines() {
            let line = line.replace(r"\|", "\0");
            let cells: Vec<_> = line
                .split('|')
                .map(|cell| cell.trim().replace('\0', "|"))
                .collect();
            let (text, files) = match cells.as_slice() {
                [_, found, advice, command, files, _] if files.starts_with('`') => {
                    let command = command.trim_matches('`');
                    let expected = "expected a private key that can sign assertions";
                    let text = format!("{expected}, found {found}; {advice}: {command}");
                    (text, files)
                }
                [_, text, files, _] if files.starts_with('`') => (text.clone(), files),
                _ => continue,
            };
            for file in files.split(", ") {
                let file = file.trim_matches('`').to_owned();
                assert!(said.insert(file.clone(), text.clone()).is_none(), "{file}");
            }
        }
        Self(said)
    }

    /// The error for this file.
    pub(crate) fn take(&mut self, file: &str) -> String {
        let said = self.0.remove(file);
        said.unwrap_or_else(|| panic!("KEYS.md does not name {file}"))
    }

    /// The files that nobody asked for.
    pub(crate) fn rest(self) -> Vec<String> {
        self.0.into_keys().collect()
    }
}
