//! The format of a file from its content: people have many kinds of files next to messages.

mod binary;
mod json;
mod text;
mod xml;

/// The format of a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Format {
    /// Its name, with an article if necessary.
    pub(super) name: &'static str,
    pub(super) group: Group,
}

/// How to send it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Group {
    /// Messages of HL7 v2, or a batch of them.
    Hl7v2,
    /// Segments of HL7 v2 without the first.
    Segments,
    /// An object in JSON: a message, perhaps.
    Message,
    /// A message on each line.
    Lines,
    /// Several messages in an array.
    Array,
    /// A resource of FHIR, in JSON.
    Fhir,
    /// A document that a message may refer to.
    Document,
    /// A file, packed; this command unpacks it.
    Packed(&'static str),
    /// An encrypted file.
    Encrypted,
    /// A private key, a token or a secret.
    Secret,
    /// A page that a program saved in place of the wanted file.
    Page,
    /// Text in UTF-16.
    Utf16,
    /// Nothing at all.
    Empty,
}

impl Format {
    /// Detects the format from a file or its beginning. `None` for a text that may be JSON with a mistake.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        let content = content.trim_ascii_start();
        if content.starts_with(b"{") && !content.starts_with(b"{\\rtf") {
            return json::of(content);
        }
        if let Some(found) = binary::of(content) {
            return Some(found);
        }
        let text = beginning(content);
        // MLLP frames a message with a vertical tab and a file separator.
        let text = text.trim_start_matches(['\u{feff}', '\u{b}']).trim();
        if text.is_empty() && content.len() <= BEGINNING {
            return Some(Self::new("an empty file", Group::Empty));
        }
        if text.starts_with('<') {
            return Some(xml::of(text));
        }
        if text.starts_with(['{', '[']) {
            return json::of(content);
        }
        if is_member(text) {
            return None;
        }
        Some(text::of(text))
    }

    const fn new(name: &'static str, group: Group) -> Self {
        Self { name, group }
    }

    const fn document(name: &'static str) -> Self {
        Self::new(name, Group::Document)
    }
}

/// The first bytes as text, whatever its character set.
fn beginning(content: &[u8]) -> String {
    let beginning = content.get(..BEGINNING).unwrap_or(content);
    String::from_utf8_lossy(beginning).into_owned()
}

/// Whether the text begins with the name of a member, like JSON without its first brace.
fn is_member(text: &str) -> bool {
    let name = text.strip_prefix('"').and_then(|it| it.split_once('"'));
    name.is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
}

/// The length of a beginning that identifies a file, in bytes.
pub(super) const BEGINNING: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn name(content: &[u8]) -> Option<&'static str> {
        Format::of(content).map(|it| it.name)
    }

    #[test]
    fn formats_are_told_apart() {
        let tar = [&[b'x'; 257][..], b"ustar\x0000"].concat();
        let dicom = [&[0; 128][..], b"DICM"].concat();
        let utf16: Vec<_> = "MSH|^~\\&|A"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let latin = b"MSH|^~\\&|A|B\rPID|1||1||M\xdcLLER\r";
        for (content, expected) in [
            (&b"MSH|^~\\&|A|B\rPID|1\r"[..], "HL7 v2"),
            (b"\x0bMSH|^~\\&|A|B\rPID|1\r\x1c\r", "HL7 v2"),
            (b"\xef\xbb\xbf\r\nMSH^~|\\&^A", "HL7 v2"),
            (b"msh|^~\\&|A", "HL7 v2"),
            (latin, "HL7 v2"),
            (b"FHS|^~\\&|A\rBHS|^~\\&|\rMSH|", "a batch of HL7 v2"),
            (b"BHS|^~\\&|\rMSH|", "a batch of HL7 v2"),
            (b"PID|1||1234\rPV1|1|I\r", "segments of HL7 v2 without MSH"),
            (&utf16, "text in UTF-16"),
            (b"\xff\xfeM\0S\0H\0", "text in UTF-16"),
            (b"ISA*00*          *00*~", "X12"),
            (b"ISA|00|          |00|~", "X12"),
            (b"GS*HC*A*B*20261130~ST*837*1~", "X12 without its envelope"),
            (b"ST*270*1234~", "X12 without its envelope"),
            (b"UNA:+.? 'UNB+UNOA:2+A+B'", "EDIFACT"),
            (b"UNB+UNOA:2+A+B'", "EDIFACT"),
            (b"UNA:+./*'UIB+UNOA:0++1'", "NCPDP SCRIPT"),
            (b"610066D0B1PCN       1011234567890     20261130SOFTWARE  \x1e\x1cAM01\x1cC4", "NCPDP Telecommunication"),
            (b"\x0200T1234567890\x03", "NCPDP Telecommunication"),
            (b"<?xml version=\"1.0\"?><a/>", "XML"),
            (
                b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- <Bundle> -->\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>",
                "a C-CDA document",
            ),
            (b"<cda:ClinicalDocument xmlns:cda='urn:hl7-org:v3'/>", "a C-CDA document"),
            (b"<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"1\"/></Patient>", "FHIR in XML"),
            (b"<ADT_A01 xmlns=\"urn:hl7-org:v2xml\"/>", "HL7 v2 in XML"),
            (b"<PRPA_IN201305UV02 xmlns=\"urn:hl7-org:v3\"/>", "HL7 v3"),
            (b"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><ClinicalDocument/>", "a SOAP message"),
            (b"<Message xmlns=\"http://www.ncpdp.org/schema/SCRIPT\"/>", "NCPDP SCRIPT"),
            (b"<!DOCTYPE html>\n<html>", "an HTML page"),
            (b"<HTML><body>", "an HTML page"),
            (b"a,b,c\n1,2,3\n", "CSV"),
            (b"a;b\r\n1;2\r\n", "CSV"),
            (b"a\tb\r1\t2\r", "CSV"),
            (b"id|name|born\n1|A|2026\n", "CSV"),
            (b"\"a\",\"b: c\"\n\"1\",\"2\"\n", "CSV"),
            (b"PK\x03\x04", "a zip archive"),
            (b"\x1f\x8b\x08", "a file compressed by gzip"),
            (b"BZh91AY", "a file compressed by bzip2"),
            (b"\xfd7zXZ\0", "a file compressed by xz"),
            (b"\x28\xb5\x2f\xfd", "a file compressed by zstd"),
            (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
            (&tar, "a tar archive"),
            (b"%PDF-1.7", "a PDF"),
            (&dicom, "DICOM"),
            (b"\x89PNG\r\n\x1a\n", "an image"),
            (b"\xff\xd8\xff\xe0", "an image"),
            (b"GIF89a", "an image"),
            (b"II*\0", "an image"),
            (b"MM\0*", "an image"),
            (b"{\\rtf1\\ansi", "RTF"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of Microsoft Office"),
            (b"\x7fELF\x02\x01", "bytes that are no text"),
            (b"\x00", "bytes that are no text"),
            (b"[{\"Meta\":{}}]", "a JSON array"),
            (b"{\"Meta\":{}}\n{\"Meta\":{}}\n", "a JSON object on each line"),
            (b"{\"Meta\":{}}", "JSON"),
            (b"{\"resourceType\":\"Patient\"}", "FHIR in JSON"),
            (b"{\"kty\":\"EC\",\"crv\":\"P-256\"}", "a key (JWK)"),
            (b"{\"keys\":[]}", "a set of keys (JWKS)"),
            (b"{\"access_token\":\"x\"}", "a token response"),
            (b"{\"type\":\"service_account\",\"private_key\":\"x\"}", "a private key"),
            (b"-----BEGIN PRIVATE KEY-----\nMIG", "a private key"),
            (b"-----BEGIN EC PRIVATE KEY-----\nMIG", "a private key"),
            (b"PuTTY-User-Key-File-3: x", "a private key"),
            (b"-----BEGIN CERTIFICATE-----\nMIG", "a key or certificate in PEM"),
            (b"ssh-rsa AAAA", "a key or certificate in PEM"),
            (b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "a JWT"),
            (b"-----BEGIN PGP MESSAGE-----\n", "a file encrypted by PGP"),
            (b"", "an empty file"),
            (b" \r\n", "an empty file"),
            (b"\xef\xbb\xbf", "an empty file"),
            (b"Patient was admitted.\n", "plain text"),
            (b"MSHA hospital", "plain text"),
            (b"ISAAC", "plain text"),
            (b"ACK 1", "plain text"),
            (b"M\xdcLLER, Hans", "plain text"),
        ] {
            assert_eq!(name(content), Some(expected), "{}", content.escape_ascii());
        }
        for other in [
            &b"\"Meta\": {},\n\"Patient\": {},\n"[..],
            b"[]",
            b"[1]",
            b"{",
            b"{\"Meta\":",
        ] {
            let group = Format::of(other).map(|it| it.group);
            let is_json = matches!(group, None | Some(Group::Message));
            assert!(is_json, "{}: {group:?}", other.escape_ascii());
        }
    }

    #[test]
    fn the_beginning_of_a_long_file_is_enough() {
        for start in [
            "MSH|^~\\&|A\r",
            "<ClinicalDocument>",
            "a,b\n",
            "{\"resourceType\":",
        ] {
            let mut content = start.as_bytes().to_vec();
            content.extend("é,x\n".repeat(40_000).as_bytes());
            let (whole, part) = (name(&content), name(&content[..BEGINNING]));
            assert_eq!(whole, part, "{start}");
        }
    }
}
