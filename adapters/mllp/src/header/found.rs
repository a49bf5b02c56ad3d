use core::fmt;

/// The kind of text found where a message should begin.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// Nothing, or white space alone.
    Nothing,
    /// A batch or file header, FHS or BHS: the messages in it are sent one by one.
    Batch,
    /// A message that has its frame already.
    Frame,
    /// White space or a byte-order mark.
    Space,
    /// MSH in other letters.
    OtherCase,
    /// JSON.
    Json,
    /// XML, such as a C-CDA document.
    Xml,
    /// An X12 interchange.
    X12,
    /// Something else.
    Other,
}

impl Found {
    /// Recognizes the kind by its first bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let text = text.trim_ascii_start();
        let name = text.get(..3).unwrap_or(text);
        match text.first() {
            None => Self::Nothing,
            Some(_) if matches!(name, b"FHS" | b"BHS") => Self::Batch,
            Some(_) if name == b"ISA" => Self::X12,
            Some(b'{' | b'[') => Self::Json,
            Some(b'<') => Self::Xml,
            Some(0x0b) => Self::Frame,
            Some(_) if name == b"MSH" => Self::Space,
            Some(_) if name.eq_ignore_ascii_case(b"MSH") => Self::OtherCase,
            Some(_) => Self::Other,
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "empty",
            Self::Batch => "a batch (FHS or BHS), whose messages are sent one by one",
            Self::Frame => {
                "a message with its frame already around it (VT, 0x0B): leave the frame out"
            }
            Self::Space => "white space or a byte-order mark before MSH",
            Self::OtherCase => "MSH in lower case",
            Self::Json => "JSON",
            Self::Xml => "XML",
            Self::X12 => "an X12 interchange (ISA)",
            Self::Other => "something else",
        })
    }
}

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
