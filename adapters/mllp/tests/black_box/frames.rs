//! Frames from bytes, however they are split.

use redox_auth_mllp::{FrameError, Part, Reader};

/// What a reader makes of bytes, the parts of bodies put together.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Read {
    Whole(String),
    Broken(FrameError),
}

fn read(bytes: &[u8], step: usize, limit: u32) -> Vec<Read> {
    let mut reader = Reader::new(limit);
    let (mut found, mut body) = (Vec::new(), Vec::new());
    let mut take = |part: Part<'_>| match part {
        Part::Start => body.clear(),
        Part::Body(part) => {
            assert!(!part.is_empty());
            body.extend_from_slice(part);
        }
        Part::End => found.push(Read::Whole(body.escape_ascii().to_string())),
        Part::Broken(error) => found.push(Read::Broken(error)),
    };
    for mut piece in bytes.chunks(step) {
        while let Some(part) = reader.read(&mut piece) {
            take(part);
        }
        assert!(piece.is_empty(), "all of it is read");
    }
    if let Some(part) = reader.close() {
        take(part);
    }
    assert_eq!(reader.close(), None);
    found
}

#[test]
fn bytes_are_read_alike_however_they_are_split() {
    use FrameError::*;
    let whole = |body: &str| Read::Whole(body.to_owned());
    for (bytes, expected) in [
        (&b""[..], vec![]),
        (b"\r\n\r\n", vec![]),
        (b"\x0bA\rB\r\x1c\r", vec![whole("A\\rB\\r")]),
        (b"\x0b\x1c\r", vec![whole("")]),
        (b"\x0bA\x1c\r\x0bB\x1c\r", vec![whole("A"), whole("B")]),
        (
            b"noise\x0bA\x1c\r\r\n\x0bB\x1c\r\n",
            vec![whole("A"), whole("B")],
        ),
        // No CR behind FS, or LF: the bytes that may stand there end the frame as well.
        (
            b"\x0bA\x1c\x0bB\x1c\n\x0bC\x1c",
            vec![whole("A"), whole("B"), whole("C")],
        ),
        (b"\x0bA\tB\n\x1c\r", vec![whole("A\\tB\\n")]),
        (
            b"\x0bAB\x1cC\r\x0bD\x1c\r",
            vec![Read::Broken(EndInside { at: 2 }), whole("D")],
        ),
        (
            b"\x0bAB\x1c\x1c\r\x0bD\x1c\r",
            vec![Read::Broken(EndInside { at: 2 }), whole("D")],
        ),
        (
            b"\x0bABC\x0bD\x1c\r",
            vec![Read::Broken(StartInside { at: 3 }), whole("D")],
        ),
        (
            b"\x0b\x0bD\x1c\r\x0b",
            vec![
                Read::Broken(StartInside { at: 0 }),
                whole("D"),
                Read::Broken(CutOff { found: 0 }),
            ],
        ),
        (b"\x0bABC", vec![Read::Broken(CutOff { found: 3 })]),
        (b"\x0b12345678\x1c\r", vec![whole("12345678")]),
        (
            b"\x0b123456789 never ends\x0bA\x1c\r",
            vec![Read::Broken(TooLong { limit: 8 }), whole("A")],
        ),
        (
            b"\x0b123456789\x1c\r\x1c\r",
            vec![Read::Broken(TooLong { limit: 8 })],
        ),
        (b"12345678\x0bA\x1c\r", vec![whole("A")]),
        (
            b"HTTP/1.1 400 Bad Request\x0bA\x1c\r",
            vec![Read::Broken(NoStart { limit: 8 }), whole("A")],
        ),
    ] {
        for step in 1..=bytes.len().max(1) {
            let found = read(bytes, step, 8);
            assert_eq!(
                found,
                expected,
                "{} in steps of {step}",
                bytes.escape_ascii()
            );
        }
    }
}

#[test]
fn a_frame_whose_cr_is_late_is_as_good_as_complete() {
    let mut reader = Reader::new(8);
    let mut input = &b"\x0bA\x1c"[..];
    while reader.read(&mut input).is_some() {
        assert!(!reader.is_ending());
    }
    assert!(reader.is_ending());
    assert_eq!(reader.close(), Some(Part::End));
    // The CR that follows anyway belongs to no frame.
    assert_eq!(reader.read(&mut &b"\r"[..]), None);
    assert_eq!(reader.read(&mut &b"\x0b"[..]), Some(Part::Start));
}
