//! Files that are no message of the kind that was asked for, which people have beside those that are.

use core::fmt;

use super::format::{Format, Group};

/// What a file is, which is no message of the Data Model API, and the way that takes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Neighbour(Format);

impl Neighbour {
    /// What this is, unless it may be a message in JSON.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        let is_other = |it: &Format| it.group != Group::Message;
        Format::of(content).filter(is_other).map(Self)
    }

    /// The same of one line among others, which nobody can upload alone.
    pub(super) fn of_line(line: &[u8]) -> Option<Self> {
        let is_known = |Self(it): &Self| !matches!(it.group, Group::Document | Group::Empty);
        Self::of(line).filter(is_known)
    }
}

impl fmt::Display for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a message in JSON, found {}; ", self.0.name)?;
        f.write_str(match self.0.group {
            Group::Hl7v2 => {
                "--mllp HOST:PORT sends it over MLLP, and --upload sends it as a file, for a message to refer to"
            }
            Group::Segments => "put a segment MSH before them, then --mllp HOST:PORT sends it over MLLP",
            Group::Lines => "send it with --ndjson",
            Group::Array => {
                "send each of its members, as in: jq -c '.[]' FILE | redox-auth send --ndjson -"
            }
            Group::Fhir => {
                "the FHIR API takes it, with a token: `redox-auth token` prints one"
            }
            Group::Document => "--upload sends it as a file, for a message to refer to",
            Group::Packed(command) => {
                return write!(f, "unpack it first, as in: {command} FILE | redox-auth send -");
            }
            group => return either(f, group),
        })
    }
}

/// What a file is, which is no HL7 v2, and the way that takes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct NotHl7v2(Format);

impl NotHl7v2 {
    /// What this is, unless it may be HL7 v2.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        let is_other = |it: &Format| it.group != Group::Hl7v2;
        Format::of(content).filter(is_other).map(Self)
    }
}

impl fmt::Display for NotHl7v2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a message must begin with MSH: this is {}; ",
            self.0.name
        )?;
        f.write_str(match self.0.group {
            Group::Hl7v2 | Group::Segments => "put a segment MSH before them",
            Group::Message | Group::Array => {
                "the Data Model API takes messages in JSON: send it without --mllp"
            }
            Group::Lines => {
                "the Data Model API takes messages in JSON: send it with --ndjson, without --mllp"
            }
            Group::Fhir => "the FHIR API takes it, with a token: `redox-auth token` prints one",
            Group::Document => "MLLP takes HL7 v2 alone: send it with --upload, without --mllp",
            Group::Packed(command) => {
                return write!(
                    f,
                    "unpack it first, as in: {command} FILE | redox-auth send --mllp HOST:PORT -"
                );
            }
            group => return either(f, group),
        })
    }
}

/// What holds for both.
fn either(f: &mut fmt::Formatter<'_>, group: Group) -> fmt::Result {
    f.write_str(match group {
        Group::Secret => {
            "keep keys and tokens out of messages; --key takes the file of a private key"
        }
        Group::Encrypted => "decrypt it first",
        Group::Page => "a program may have saved an error or a page to sign in: fetch it again",
        Group::Utf16 => "convert it first, as in: iconv -f UTF-16 -t UTF-8 FILE",
        _ => "check the program that writes it",
    })
}
