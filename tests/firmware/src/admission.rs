use core::fmt;

use redox_auth_core::{Meta, Party, Sources, Traffic};
use redox_auth_mllp::Header;

/// Writes an ADT message as a Data Model message, `PatientAdmin`: who the patient is, and what happened.
///
/// An example, and small: PID-3 (the first identifier), PID-5 (family and given name), PID-7 and PID-8, of ADT^A01, A03 and
/// A08. What it cannot carry over it refuses, and leaves out no part of a field that it takes.
///
/// # Errors
///
/// [`NotMapped`]; `out` holds a part of the message then.
pub(crate) fn write_admission<'o>(
    header: &Header<'_>,
    message: &[u8],
    [source_id, destination_id]: [&str; 2],
    out: &'o mut [u8],
) -> Result<&'o [u8], NotMapped> {
    let hl7 = Delimiters::of(header);
    let mut kind = hl7.components(header.message_type());
    let event = match (kind.next(), kind.next()) {
        (Some(b"ADT"), Some(b"A01")) => "Arrival",
        (Some(b"ADT"), Some(b"A03")) => "Discharge",
        (Some(b"ADT"), Some(b"A08")) => "PatientUpdate",
        _ => return Err(NotMapped::Kind),
    };
    let pid = message.split(|byte| matches!(byte, b'\r' | b'\n'));
    let pid = pid.filter_map(|segment| segment.strip_prefix(b"PID"));
    let pid = pid.into_iter().next().ok_or(NotMapped::NoPatient)?;
    let field = |number| {
        pid.split(|byte| *byte == hl7.field)
            .nth(number)
            .unwrap_or(b"")
    };
    let first = field(3).split(|byte| *byte == hl7.repetition).next();
    let component = |field, number| hl7.components(field).nth(number).unwrap_or(b"");
    let identifier = first.unwrap_or(b"");
    let id = component(identifier, 0);
    if id.is_empty() {
        return Err(NotMapped::NoPatient);
    }
    // CX.5 says of which kind it is; a medical record number if it says nothing.
    let id_type = match component(identifier, 4) {
        b"" => b"MR",
        found => found,
    };
    let traffic = match header.processing_id() {
        b"P" => Traffic::Live,
        _ => Traffic::Test,
    };

    let destinations = [Party::new(destination_id)];
    let meta = Meta::new("PatientAdmin", event, &destinations)
        .traffic(traffic)
        .source(Party::new(source_id))
        .sources(Sources::Several);
    let mut json = Json { out, len: 0, hl7 };
    json.put(b"{\"Meta\":")?;
    let room = json.out.get_mut(json.len..).unwrap_or(&mut []);
    json.len += meta.write(room).map_err(|_| NotMapped::TooLong)?.len();
    json.text(b",\"Patient\":{\"Identifiers\":[{\"ID\":", id)?;
    json.text(b",\"IDType\":", id_type)?;
    json.put(b"}],\"Demographics\":{")?;
    json.text(b"\"LastName\":", component(field(5), 0))?;
    json.text(b",\"FirstName\":", component(field(5), 1))?;
    json.put(b",\"DOB\":")?;
    json.date(field(7))?;
    json.text(b",\"Sex\":", sex(field(8)))?;
    json.put(b"}}}")?;
    let Json { out, len, .. } = json;
    out.get(..len).ok_or(NotMapped::TooLong)
}

/// Why a message is not carried over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NotMapped {
    /// It is of another kind.
    Kind,
    /// It names no patient.
    NoPatient,
    /// A date is none.
    Date,
    /// A text is not in UTF-8, or has an escape sequence other than those of the delimiters.
    Text,
    /// It does not fit into the memory for it.
    TooLong,
}

impl fmt::Display for NotMapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kind => "expected ADT of A01, A03 or A08 in MSH-9",
            Self::NoPatient => "expected an identifier of the patient in PID-3",
            Self::Date => "expected a date in PID-7, YYYYMMDD",
            Self::Text => {
                "expected texts in UTF-8, with no escape sequence but those of delimiters"
            }
            Self::TooLong => "the message is too long for this gateway",
        })
    }
}

/// HL7 table 0001 in the words of the Data Model.
const fn sex(code: &[u8]) -> &[u8] {
    match code {
        b"M" => b"Male",
        b"F" => b"Female",
        b"" | b"U" => b"Unknown",
        _ => b"Other",
    }
}

/// The delimiters of one message.
#[derive(Clone, Copy)]
struct Delimiters {
    field: u8,
    component: u8,
    repetition: u8,
    escape: u8,
    subcomponent: u8,
}

impl Delimiters {
    fn of(header: &Header<'_>) -> Self {
        let encoding = header.field(2);
        let at = |index: usize| encoding.get(index).copied().unwrap_or(0);
        Self {
            field: header.separator(),
            component: header.component_separator(),
            repetition: at(1),
            escape: at(2),
            subcomponent: at(3),
        }
    }

    fn components(self, field: &[u8]) -> impl Iterator<Item = &[u8]> {
        field.split(move |byte| *byte == self.component)
    }

    /// What stands for a delimiter between two escape characters.
    fn escaped(self, sequence: &[u8]) -> Result<u8, NotMapped> {
        match sequence {
            b"F" => Ok(self.field),
            b"S" => Ok(self.component),
            b"R" => Ok(self.repetition),
            b"E" => Ok(self.escape),
            b"T" => Ok(self.subcomponent),
            _ => Err(NotMapped::Text),
        }
    }
}

/// JSON that is being written.
struct Json<'o> {
    out: &'o mut [u8],
    len: usize,
    hl7: Delimiters,
}

impl Json<'_> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), NotMapped> {
        let end = self.len + bytes.len();
        let room = self.out.get_mut(self.len..end);
        room.ok_or(NotMapped::TooLong)?.copy_from_slice(bytes);
        self.len = end;
        Ok(())
    }

    /// A name, and a text of HL7 as its value.
    fn text(&mut self, name: &[u8], text: &[u8]) -> Result<(), NotMapped> {
        str::from_utf8(text).map_err(|_| NotMapped::Text)?;
        self.put(name)?;
        self.put(b"\"")?;
        let mut rest = text;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if byte != self.hl7.escape {
                self.put_escaped(byte)?;
                continue;
            }
            let end = after.iter().position(|byte| *byte == self.hl7.escape);
            let (sequence, behind) = after.split_at(end.ok_or(NotMapped::Text)?);
            self.put_escaped(self.hl7.escaped(sequence)?)?;
            rest = behind.split_first().map_or(&[][..], |(_, rest)| rest);
        }
        self.put(b"\"")
    }

    /// A byte of a text, as JSON has it (RFC 8259 §7).
    fn put_escaped(&mut self, byte: u8) -> Result<(), NotMapped> {
        match byte {
            b'"' | b'\\' => self.put(&[b'\\', byte]),
            0..=0x1f => {
                let digit = |value: u8| b"0123456789abcdef".get(usize::from(value)).copied();
                let digits = [byte >> 4, byte & 15].map(|value| digit(value).unwrap_or(b'0'));
                self.put(b"\\u00")?;
                self.put(&digits)
            }
            _ => self.put(&[byte]),
        }
    }

    /// `YYYYMMDD`, with or without a time behind it, as `"YYYY-MM-DD"`; `null` for nothing.
    fn date(&mut self, field: &[u8]) -> Result<(), NotMapped> {
        if field.is_empty() {
            return self.put(b"null");
        }
        let date = field
            .get(..8)
            .filter(|it| it.iter().all(u8::is_ascii_digit));
        let (year, day) = date.ok_or(NotMapped::Date)?.split_at(4);
        let (month, day) = day.split_at(2);
        for part in [b"\"", year, b"-", month, b"-", day, b"\""] {
            self.put(part)?;
        }
        Ok(())
    }
}
