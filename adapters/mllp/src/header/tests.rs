use super::*;

const MSH: &[u8] =
    b"MSH|^~\\&|ADT1|MCM|LAB|MCM|20261130||ADT^A01|MSG1|P|2.5.1|||AL|NE||UNICODE UTF-8\rPID|1";

#[test]
fn fields_are_counted_as_hl7_counts_them() {
    for end in [&b"\r"[..], b"\n", b"\r\n", b""] {
        let message = [&MSH[..MSH.len() - 6], end].concat();
        let header = Header::parse(&message).unwrap();
        assert_eq!(header.separator(), b'|');
        assert_eq!(header.component_separator(), b'^');
        assert_eq!(header.field(0), b"");
        assert_eq!(header.field(1), b"");
        assert_eq!(header.field(2), b"^~\\&");
        assert_eq!(header.field(3), b"ADT1");
        assert_eq!(header.time(), b"20261130");
        assert_eq!(header.message_type(), b"ADT^A01");
        assert_eq!(header.control_id(), b"MSG1");
        assert_eq!(header.processing_id(), b"P");
        assert_eq!(header.version(), b"2.5.1");
        assert_eq!(header.accept_acknowledgment(), b"AL");
        assert_eq!(header.application_acknowledgment(), b"NE");
        assert_eq!(header.character_sets(), b"UNICODE UTF-8");
        assert_eq!(header.field(19), b"");
    }
}

#[test]
fn a_message_may_have_delimiters_of_its_own() {
    let header = Header::parse(b"MSH*:;!/#*A*B*C*D*E**ADT:A01*7").unwrap();
    assert_eq!(header.separator(), b'*');
    assert_eq!(header.component_separator(), b':');
    assert_eq!(header.field(2), b":;!/#");
    assert_eq!(header.message_type(), b"ADT:A01");
    assert_eq!(header.control_id(), b"7");
}

#[test]
fn what_is_no_header_is_told_apart() {
    use HeaderError::*;
    let long = [b"MSH|^~\\&||||||||".as_slice(), &[b'x'; 200], b"|P"].concat();
    for (message, expected) in [
        (&b""[..], NotMsh(Found::Nothing)),
        (b" \r\n", NotMsh(Found::Nothing)),
        (b"FHS|^~\\&|", NotMsh(Found::Batch)),
        (b"BHS|^~\\&|", NotMsh(Found::Batch)),
        (b"\x0bMSH|", NotMsh(Found::Frame)),
        (b"\r\nMSH|", NotMsh(Found::Space)),
        (b"\xef\xbb\xbfMSH|", NotMsh(Found::Space)),
        (b"msh|", NotMsh(Found::OtherCase)),
        (b"{\"Meta\":", NotMsh(Found::Json)),
        (b"\xef\xbb\xbf<?xml", NotMsh(Found::Xml)),
        (b"ISA*00*", NotMsh(Found::X12)),
        (b"PID|1", NotMsh(Found::Other)),
        (b"MSH", CutOff),
        (b"MSH\rPID", CutOff),
        (b"MSH|^~\\&", CutOff),
        (b"MSH|^~", CutOff),
        (b"MSHA^~\\&A", Delimiter { found: b'A' }),
        (b"MSH ^~\\& ", Delimiter { found: b' ' }),
        (b"MSH\x80^~\\&\x80", Delimiter { found: 0x80 }),
        (b"MSH|^~\\1|", Delimiter { found: b'1' }),
        (b"MSH|^^\\&|A", DelimiterTwice { found: b'^' }),
        (b"MSH|^~\\^|A", DelimiterTwice { found: b'^' }),
        (b"MSH|^~\\&#&|A", Encoding { found: 6 }),
        (b"MSH|^~|\\&|A", Encoding { found: 2 }),
        (b"MSH||^~\\&|A", Encoding { found: 0 }),
        (b"MSH|^~\\|A", Encoding { found: 3 }),
        (b"MSH|^~\\&|||||||ADT^A01", NoControlId),
        (b"MSH|^~\\&|||||||ADT^A01||P", NoControlId),
        (&long, ControlIdTooLong { found: 200 }),
    ] {
        let text = message.escape_ascii();
        assert_eq!(Header::parse(message).err(), Some(expected), "{text}");
    }
    let longest = [b"MSH|^~\\&||||||||".as_slice(), &[b'x'; 199]].concat();
    assert_eq!(Header::parse(&longest).unwrap().control_id().len(), 199);
}

#[test]
fn a_header_shows_nothing_of_a_patient() {
    let header = Header::parse(MSH).unwrap();
    assert_eq!(std::format!("{header:?}"), "Header { .. }");
}
