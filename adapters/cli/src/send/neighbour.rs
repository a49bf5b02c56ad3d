//! Files that are no messages of the requested kind, which people often keep next to messages.

use core::fmt;

use super::format::{Format, Group};

/// The format of a file that is no message of the Data Model API, and the way to send it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Neighbour(Format);

impl Neighbour {
    /// The format, unless the content may be a message in JSON.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        let is_other = |it: &Format| it.group != Group::Message;
        Format::of(content).filter(is_other).map(Self)
    }

    /// The same for one line among others, which cannot be uploaded alone.
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
                "--mllp HOST:PORT sends it over MLLP, and --upload sends it as a file that a message can refer to"
            }
            Group::Segments => "put a segment MSH before them, then --mllp HOST:PORT sends it over MLLP",
            Group::Lines => "send it with --ndjson",
            Group::Array => {
                "send each of its members, for example: jq -c '.[]' FILE | redox-auth send --ndjson -"
            }
            Group::Fhir => {
                "the FHIR API accepts it, with a token: `redox-auth token` prints one"
            }
            Group::Document => "--upload sends it as a file that a message can refer to",
            Group::Packed(command) => {
                return write!(f, "unpack it first, for example: {command} FILE | redox-auth send -");
            }
            group => return either(f, group),
        })
    }
}

/// The format of a file that is no HL7 v2, and the way to send it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct NotHl7v2(Format);

impl NotHl7v2 {
    /// The format, unless the content may be HL7 v2.
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
                "the Data Model API accepts messages in JSON: send it without --mllp"
            }
            Group::Lines => {
                "the Data Model API accepts messages in JSON: send it with --ndjson, without --mllp"
            }
            Group::Fhir => "the FHIR API accepts it, with a token: `redox-auth token` prints one",
            Group::Document => "MLLP carries only HL7 v2: send it with --upload, without --mllp",
            Group::Packed(command) => {
                return write!(
                    f,
                    "unpack it first, for example: {command} FILE | redox-auth send --mllp HOST:PORT -"
                );
            }
            group => return either(f, group),
        })
    }
}

/// The advice for both.
fn either(f: &mut fmt::Formatter<'_>, group: Group) -> fmt::Result {
    f.write_str(match group {
        Group::Secret => {
            "keep keys and tokens out of messages; give the file of a private key to --key"
        }
        Group::Encrypted => "decrypt it first",
        Group::Page => {
            "a program may have saved an error page or a login page: fetch the file again"
        }
        Group::Utf16 => "convert it first, for example: iconv -f UTF-16 -t UTF-8 FILE",
        _ => "check the program that writes it",
    })
}
