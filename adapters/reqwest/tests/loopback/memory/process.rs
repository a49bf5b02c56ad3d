//! A process that stands still, looked at from outside: what is in its memory.

use core::ops::Range;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

/// A secret, cut into pieces: not one of them may be found.
pub(super) struct Secret {
    kind: &'static str,
    pieces: Vec<Vec<u8>>,
}

impl Secret {
    /// A text, as it stands.
    pub(super) fn text(kind: &'static str, text: &str) -> Self {
        Self::cut(kind, text.as_bytes())
    }

    /// A number in both orders of its bytes.
    pub(super) fn number(kind: &'static str, number: &[u8]) -> Self {
        let reversed: Vec<u8> = number.iter().rev().copied().collect();
        let mut secret = Self::cut(kind, number);
        secret.pieces.extend(Self::cut(kind, &reversed).pieces);
        secret
    }

    /// The part of a PEM that stands for these bytes of its DER.
    pub(super) fn in_pem(kind: &'static str, pem: &str, bytes: Range<usize>) -> Self {
        let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
        // 12 bytes are a piece, of which four make a line.
        let pieces = bytes.start.div_ceil(12)..bytes.end / 12;
        let all = lines.concat().into_bytes();
        let all: Vec<&[u8]> = all.chunks(PIECE_LEN).collect();
        Self::cut(kind, &all[pieces].concat())
    }

    fn cut(kind: &'static str, secret: &[u8]) -> Self {
        let pieces = secret.chunks_exact(PIECE_LEN).map(<[u8]>::to_vec);
        let pieces: Vec<Vec<u8>> = pieces.collect();
        assert!(!pieces.is_empty(), "{kind}: too short to look for");
        Self { kind, pieces }
    }
}

/// The number of copies, by kind and by place.
pub(super) type Found = BTreeMap<&'static str, BTreeMap<String, usize>>;

/// Looks for these secrets in all memory of a process that may hold something: heap, stacks, data.
pub(super) fn search(pid: u32, secrets: &[Secret]) -> Found {
    let mut beginnings: HashMap<[u8; 2], Vec<(usize, usize)>> = HashMap::new();
    let mut begins = vec![false; 1 << 16];
    for (number, secret) in secrets.iter().enumerate() {
        for (index, piece) in secret.pieces.iter().enumerate() {
            let pair = [piece[0], piece[1]];
            begins[usize::from(u16::from_le_bytes(pair))] = true;
            beginnings.entry(pair).or_default().push((number, index));
        }
    }
    let mut found = Found::new();
    for region in regions(pid) {
        // Counted for each piece: a secret counts as often as its most frequent piece.
        let mut copies: HashMap<(usize, usize), usize> = HashMap::new();
        for (at, pair) in region.bytes.windows(2).enumerate() {
            let pair = [pair[0], pair[1]];
            if !begins[usize::from(u16::from_le_bytes(pair))] {
                continue;
            }
            for &(number, index) in &beginnings[&pair] {
                if region.bytes[at..].starts_with(&secrets[number].pieces[index]) {
                    let count = copies.entry((number, index)).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        for (number, secret) in secrets.iter().enumerate() {
            let most = copies.iter().filter(|((it, _), _)| *it == number);
            if let Some(most) = most.map(|(_, count)| *count).max() {
                let places = found.entry(secret.kind).or_default();
                let count = places.entry(region.name.clone()).or_default();
                *count = count.saturating_add(most);
            }
        }
    }
    found
}

struct Region {
    name: String,
    bytes: Vec<u8>,
}

/// Everything that can be written to.
fn regions(pid: u32) -> Vec<Region> {
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut regions = Vec::new();
    for line in maps.lines() {
        let mut columns = line.split_whitespace();
        let (range, permissions) = (columns.next().unwrap(), columns.next().unwrap());
        if !permissions.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|it| u64::from_str_radix(it, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end.checked_sub(start).unwrap()).unwrap()];
        memory.read_exact_at(&mut bytes, start).expect(line);
        regions.push(Region {
            name: columns.nth(3).unwrap_or("anonymous").to_owned(),
            bytes,
        });
    }
    assert!(regions.iter().any(|region| region.name == "[heap]"));
    regions
}

const PIECE_LEN: usize = 16;
