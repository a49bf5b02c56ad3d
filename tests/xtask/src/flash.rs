use std::path::Path;

use crate::command::{Failure, Run};
use crate::weight::Weight;

/// What core adds to an image, in bytes of flash.
#[derive(Debug, Default)]
pub(crate) struct Flash {
    rows: Vec<Row>,
    /// What the modules of core and the crates that it calls take, the largest first.
    areas: Vec<(String, u64)>,
}

#[derive(Debug)]
struct Row {
    what: &'static str,
    bytes: u64,
    /// The most that it may take.
    limit: Option<u64>,
}

impl Flash {
    /// Weighs the images in this `folder`.
    pub(crate) fn weigh(folder: &Path) -> Result<Self, Failure> {
        let nothing = Weight::of(&folder.join("flash_nothing"))?.flash;
        let symbols = |name: &str| {
            let list = Run::new("arm-none-eabi-nm").args("-S -C");
            list.path(&folder.join(name)).output()
        };
        let added = |name: &str| -> Result<u64, Failure> {
            let lists = harness(&symbols(name)?);
            let all = Weight::of(&folder.join(name))?.flash;
            Ok(all.saturating_sub(nothing).saturating_sub(lists))
        };
        let session = added("flash_session")?;
        let core = added("flash_core")?;
        let texts = added("flash_texts")?;
        let words = added("flash_words")?;
        let dialect = added("flash_dialect")?;
        let dpop = added("flash_dpop")?;
        let metadata = added("flash_metadata")?;
        let waiting = added("flash_waiting")?;
        let gateway = added("flash_gateway_alone")?;
        let gateway_dpop = added("flash_gateway_dpop")?;
        let gateway_discovery = added("flash_gateway_discovery")?;
        let row = |what, bytes, limit| Row { what, bytes, limit };
        Ok(Self {
            areas: areas(&symbols("flash_core")?),
            rows: vec![
                row("a session and all it calls", session, Some(SESSION_LIMIT)),
                row("all else but texts", core.saturating_sub(session), None),
                row("texts of errors", texts.saturating_sub(core), None),
                row("the three above", texts, Some(CORE_LIMIT)),
                row(
                    "the words of a refusal",
                    words.saturating_sub(texts),
                    Some(WORDS_LIMIT),
                ),
                row(
                    "a session in a dialect beside one in none",
                    dialect.saturating_sub(texts),
                    Some(DIALECT_LIMIT),
                ),
                row(
                    "a session with DPoP beside one without",
                    dpop.saturating_sub(texts),
                    Some(DPOP_LIMIT),
                ),
                row(
                    "the metadata of a server",
                    metadata.saturating_sub(texts),
                    Some(METADATA_LIMIT),
                ),
                row(
                    "request_async beside request",
                    waiting.saturating_sub(session),
                    None,
                ),
                row("a gateway with its session", gateway, Some(GATEWAY_LIMIT)),
                row(
                    "the same with DPoP beside it without",
                    gateway_dpop.saturating_sub(gateway),
                    Some(GATEWAY_DPOP_LIMIT),
                ),
                row(
                    "the same with discovery beside it without",
                    gateway_discovery.saturating_sub(gateway),
                    Some(GATEWAY_DISCOVERY_LIMIT),
                ),
            ],
        })
    }

    pub(crate) fn print(&self) {
        for Row { what, bytes, limit } in &self.rows {
            let limit = limit.map_or(String::new(), |limit| format!("  of at most {limit}"));
            println!("  {what:<40}{bytes:>12}{limit}");
        }
        let areas: Vec<_> = self
            .areas
            .iter()
            .map(|(area, bytes)| format!("{area} {bytes}"))
            .collect();
        println!("  without texts, by module: {}", areas.join(", "));
    }

    /// Fails for what has grown beyond its limit.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let too_large = |row: &&Row| row.limit.is_some_and(|limit| row.bytes > limit);
        match self.rows.iter().find(too_large) {
            None => Ok(()),
            Some(Row { what, bytes, .. }) => Err(Failure::new(format!(
                "{what} takes {bytes} bytes of flash, more than its limit"
            ))),
        }
    }
}

/// How long the lists of the functions are that the images only have to be weighed, from what `nm -S -C` prints.
fn harness(symbols: &str) -> u64 {
    sized(symbols)
        .filter(|(name, _)| name.starts_with("flash_") && name.contains("_calls::"))
        .map(|(_, size)| size)
        .sum()
}

/// What each module of core takes, and each other crate, from what `nm -S -C` prints. Constants have no name there.
fn areas(symbols: &str) -> Vec<(String, u64)> {
    let mut areas: Vec<(String, u64)> = Vec::new();
    for (name, size) in sized(symbols) {
        let Some(area) = area(name) else {
            continue;
        };
        match areas.iter_mut().find(|(known, _)| known == area) {
            Some((_, sum)) => *sum = sum.saturating_add(size),
            None => areas.push((area.to_owned(), size)),
        }
    }
    areas.retain(|(_, size)| *size >= LEAST_SHOWN);
    areas.sort_by_key(|(_, size)| core::cmp::Reverse(*size));
    areas
}

/// `session` for `<redox_auth_core::session::Session<_>>::next`, `base64ct` for what is in another crate.
fn area(name: &str) -> Option<&str> {
    if name.starts_with(".L") {
        return Some("constants");
    }
    let word = |text: &'_ str| text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    let path = name.trim_start_matches(['<', '&', '*']);
    let path = path.strip_prefix("mut ").unwrap_or(path);
    let path = path.strip_prefix("redox_auth_core::").unwrap_or(path);
    let (area, rest) = path.split_at(word(path)?);
    (rest.starts_with("::") && !area.starts_with("flash_")).then_some(area)
}

/// Names and sizes of the symbols that have one.
fn sized(symbols: &str) -> impl Iterator<Item = (&str, u64)> {
    symbols.lines().filter_map(|line| {
        // An address, a size, a letter for the kind, the name.
        let mut words = line.splitn(4, ' ');
        let size = u64::from_str_radix(words.nth(1)?, 16).ok()?;
        Some((words.nth(1)?, size))
    })
}

/// Smaller areas are not worth a line.
const LEAST_SHOWN: u64 = 256;

/// What a device has to spare for a session, in bytes.
const SESSION_LIMIT: u64 = 24 * 1024;

/// What it takes, in bytes, rounded up to the next KiB: whatever grows beyond is to be decided, not to happen.
const CORE_LIMIT: u64 = 56 * 1024;

/// The same for what a program pays that shows them.
const WORDS_LIMIT: u64 = 4 * 1024 + 256;

/// The same for what a program pays that finds its server.
const METADATA_LIMIT: u64 = 5 * 1024;

/// The same for what a program pays whose server asks for more than Redox does.
const DIALECT_LIMIT: u64 = 11 * 1024;

/// The same for what a program pays whose tokens are bound to a key.
const DPOP_LIMIT: u64 = 13 * 1024;

/// The same for a gateway whose signatures and connections come from elsewhere, and for what it takes more with each.
const GATEWAY_LIMIT: u64 = 40 * 1024;
const GATEWAY_DPOP_LIMIT: u64 = 8 * 1024;
const GATEWAY_DISCOVERY_LIMIT: u64 = 6 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_its_limit_passes_and_what_is_beyond_fails() {
        let flash = |bytes| Flash {
            areas: Vec::new(),
            rows: vec![
                Row {
                    what: "free",
                    bytes: 9,
                    limit: None,
                },
                Row {
                    what: "core",
                    bytes,
                    limit: Some(8),
                },
            ],
        };
        assert!(flash(8).check().is_ok());
        let failure = flash(9).check().unwrap_err();
        assert!(
            failure.what.contains("core takes 9 bytes"),
            "{}",
            failure.what
        );
    }

    #[test]
    fn only_the_lists_of_functions_are_not_counted() {
        let symbols = "\
00000400 0000003e T Reset
00007794 000000c8 r flash_session::session_calls::SESSION
00007794 00000010 r flash_texts::text_calls::TEXTS
00000500 00000c58 t <redox_auth_core::session::Session<redox_auth_core::identity::Client<dyn Signer>>>::receive
         U memcpy
";
        assert_eq!(harness(symbols), 0xd8);
    }

    #[test]
    fn symbols_count_for_their_module_and_others_for_their_crate() {
        let symbols = "\
00000400 00000100 t <redox_auth_core::session::Session<redox_auth_core::identity::Client<dyn Signer>>>::next
00000500 00000200 t redox_auth_core::session::back_off::scatter
00000700 00000100 t <&mut serde_json_core::ser::Serializer as serde_core::ser::Serializer>::serialize_str
00000800 00000400 r .Lanon.28ea9da51b3317e6b464bd826baa89be.166
00000c00 00000010 t <redox_auth_core::out::Out>::put
00000c10 00000800 r flash_core::other_calls::REST
00000800 T memcpy
";
        let expected = [
            ("constants", 0x400),
            ("session", 0x300),
            ("serde_json_core", 0x100),
        ];
        assert_eq!(
            areas(symbols),
            expected.map(|(area, size)| (area.to_owned(), size))
        );
    }
}
