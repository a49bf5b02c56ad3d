use redox_auth_mllp::{BodyError, Header, Part, Reader, Segments};

/// A message, as it stands in a file.
///
/// # Panics
/// When it is framed differently in parts than as a whole, or when its frame reads back as another message.
pub fn mllp_message(input: &[u8]) {
    let Ok(header) = Header::parse(input) else {
        return;
    };
    let whole = framed(input, header.separator(), usize::MAX);
    for step in [1, 2, 3, 7, 64] {
        let parts = framed(input, header.separator(), step);
        assert_eq!(parts, whole, "in steps of {step}");
    }
    let Ok(frame) = whole else {
        return;
    };
    let mut reader = Reader::new(u32::MAX);
    let mut rest = frame.as_slice();
    assert_eq!(reader.read(&mut rest), Some(Part::Start));
    let Some(Part::Body(body)) = reader.read(&mut rest) else {
        panic!("a message has a body");
    };
    assert_eq!(reader.read(&mut rest), Some(Part::End));
    assert_eq!(reader.read(&mut rest), None);
    assert!(body.ends_with(b"\r") && !body.contains(&b'\n'));
    let again = Header::parse(body).expect("the header of the same message");
    for number in 2..30 {
        assert_eq!(again.field(number), header.field(number), "MSH-{number}");
    }
    let names = |text: &[u8]| -> Vec<Vec<u8>> {
        let lines = text.split(|byte| matches!(byte, b'\r' | b'\n'));
        lines
            .filter(|line| !line.is_empty())
            .map(<[u8]>::to_vec)
            .collect()
    };
    assert_eq!(names(body), names(input), "segments");
}

fn framed(input: &[u8], separator: u8, step: usize) -> Result<Vec<u8>, BodyError> {
    let mut segments = Segments::new(separator);
    let mut frame = vec![0x0b];
    for piece in input.chunks(step) {
        frame.extend_from_slice(segments.take(&mut piece.to_vec())?);
    }
    frame.extend_from_slice(segments.end()?);
    Ok(frame)
}
