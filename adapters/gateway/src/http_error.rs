use core::fmt;

/// Why an answer is none that can be used: what was found in it, or what of the [`Limits`](crate::Limits) it breaks.
///
/// Whatever came of its body before is not all of it. The connection is closed, for nobody knows what would come next.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HttpError {
    /// The connection ended before the first byte of the answer.
    Closed,
    /// The connection ended in the middle of the head, or after an interim answer.
    HeadCutOff,
    /// The connection ended before the body did.
    BodyCutOff {
        /// How many bytes of it had come.
        found: u64,
    },
    /// The exchange took too long.
    TimedOut {
        /// How long it may take, in milliseconds.
        limit_ms: u32,
    },
    /// The head has more bytes than can be read and dropped, or its status or a header that frames the message does not
    /// fit. Other headers that do not fit are dropped, see [`Limits::head_bytes`](crate::Limits::head_bytes).
    HeadTooLong {
        /// The most that it may have.
        limit: usize,
    },
    /// A line feed without the carriage return before it. RFC 9112 §2.2 lets a recipient take it for a line's end, but
    /// not all do, and whoever sends it may count on that.
    BareLineFeed,
    /// A carriage return without the line feed behind it.
    BareCarriageReturn,
    /// The line before the first header begins with white space (RFC 9112 §2.2).
    FoldedHeader,
    /// A header has no colon.
    NoColon,
    /// The name of a header has a character that none has (RFC 9110 §5.1).
    HeaderName,
    /// The value of a header has a character that none has (RFC 9110 §5.5).
    HeaderValue,
    /// It does not begin with the status line of HTTP/1.0 or HTTP/1.1.
    StatusLine,
    /// `101`: the server goes on in another protocol, which nobody asked for.
    SwitchingProtocols,
    /// One interim answer after the other, and no final one.
    TooManyInterimAnswers {
        /// The most there may be.
        limit: u8,
    },
    /// A `Content-Length` that is no number.
    ContentLength,
    /// A second `Content-Length`, be it the same or another.
    TwoContentLengths,
    /// Both `Content-Length` and `Transfer-Encoding`, which two programs could read as two different bodies
    /// (RFC 9112 §6.3).
    LengthAndEncoding,
    /// A `Transfer-Encoding` that is not just `chunked`, or one in HTTP/1.0.
    TransferEncoding,
    /// The body is longer than may be taken.
    BodyTooLong {
        /// How long it is at least, in bytes.
        found: u64,
        /// The most that it may have.
        limit: u64,
    },
    /// The size of a chunk is no hexadecimal number, or is not followed by what has to follow it.
    ChunkSize,
    /// The size of a chunk has more digits than a number of 64 bits.
    ChunkSizeTooLong,
    /// A chunk does not end where its size says that it does.
    ChunkEnd,
    /// The extensions and trailers of a chunked body have more bytes than are allowed for them.
    ChunkExtrasTooLong {
        /// The most that they may have.
        limit: usize,
    },
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Closed => f.write_str("the connection ended before the answer"),
            Self::HeadCutOff => f.write_str("the connection ended in the middle of the head"),
            Self::BodyCutOff { found } => {
                write!(
                    f,
                    "the connection ended in the body, after {found} bytes of it"
                )
            }
            Self::TimedOut { limit_ms } => {
                write!(f, "the exchange took longer than {limit_ms} ms")
            }
            Self::HeadTooLong { limit } => {
                write!(f, "the head is longer than {limit} bytes")
            }
            Self::BareLineFeed => f.write_str("a line feed without a carriage return"),
            Self::BareCarriageReturn => f.write_str("a carriage return without a line feed"),
            Self::FoldedHeader => f.write_str("white space before the first header"),
            Self::NoColon => f.write_str("a header without a colon"),
            Self::HeaderName => f.write_str("a header's name with a character that none has"),
            Self::HeaderValue => f.write_str("a header's value with a character that none has"),
            Self::StatusLine => f.write_str("no status line of HTTP/1.1"),
            Self::SwitchingProtocols => {
                f.write_str("the server switches to a protocol that nobody asked for")
            }
            Self::TooManyInterimAnswers { limit } => {
                write!(f, "more than {limit} interim answers")
            }
            Self::ContentLength => f.write_str("a Content-Length that is no number"),
            Self::TwoContentLengths => f.write_str("two headers Content-Length"),
            Self::LengthAndEncoding => f.write_str("both Content-Length and Transfer-Encoding"),
            Self::TransferEncoding => {
                f.write_str("a Transfer-Encoding other than chunked in HTTP/1.1")
            }
            Self::BodyTooLong { found, limit } => {
                write!(
                    f,
                    "a body of at least {found} bytes, expected at most {limit}"
                )
            }
            Self::ChunkSize => f.write_str("a chunk whose size is no number"),
            Self::ChunkSizeTooLong => f.write_str("a chunk whose size has more than 64 bits"),
            Self::ChunkEnd => f.write_str("a chunk of another length than its size says"),
            Self::ChunkExtrasTooLong { limit } => {
                write!(f, "extensions and trailers of more than {limit} bytes")
            }
        }
    }
}

impl core::error::Error for HttpError {}
