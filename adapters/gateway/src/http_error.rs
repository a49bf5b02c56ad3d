use core::fmt;

/// Why an answer is invalid, or which of the [`Limits`](crate::Limits) it exceeds.
///
/// Any part of the body received before is incomplete. The connection is closed, because the meaning of further bytes
/// is unknown.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HttpError {
    /// The connection ended before the first byte of the answer.
    Closed,
    /// The connection ended in the middle of the head, or after an interim answer.
    HeadCutOff,
    /// The connection ended before the body.
    BodyCutOff {
        /// The number of body bytes received.
        found: u64,
    },
    /// The exchange exceeded its time limit.
    TimedOut {
        /// The limit, in milliseconds.
        limit_ms: u32,
    },
    /// The head is longer than the number of bytes that can be read and dropped. Or its status, or a header that frames
    /// the message, does not fit. Other headers that do not fit are dropped, see
    /// [`Limits::head_bytes`](crate::Limits::head_bytes).
    HeadTooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A line feed without a carriage return before it. RFC 9112 §2.2 allows a recipient to accept it as a line's end,
    /// but not all recipients do, and an attacker can exploit the difference.
    BareLineFeed,
    /// A carriage return without a line feed after it.
    BareCarriageReturn,
    /// The line before the first header starts with white space (RFC 9112 §2.2).
    FoldedHeader,
    /// A header has no colon.
    NoColon,
    /// The name of a header has an invalid character (RFC 9110 §5.1).
    HeaderName,
    /// The value of a header has an invalid character (RFC 9110 §5.5).
    HeaderValue,
    /// The answer does not start with the status line of HTTP/1.0 or HTTP/1.1.
    StatusLine,
    /// `101`: the server switches to another protocol, which the gateway did not request.
    SwitchingProtocols,
    /// Too many interim answers, and no final answer.
    TooManyInterimAnswers {
        /// The limit.
        limit: u8,
    },
    /// The value of `Content-Length` is not a number.
    ContentLength,
    /// There are two headers `Content-Length`, with equal or different values.
    TwoContentLengths,
    /// There are both `Content-Length` and `Transfer-Encoding`, and two programs could read two different bodies (RFC
    /// 9112 §6.3).
    LengthAndEncoding,
    /// The value of `Transfer-Encoding` is not just `chunked`, or the answer is in HTTP/1.0.
    TransferEncoding,
    /// The body is too long.
    BodyTooLong {
        /// The length of the body in bytes, or a lower bound.
        found: u64,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The size of a chunk is not a hexadecimal number, or an invalid character follows it.
    ChunkSize,
    /// The size of a chunk has more digits than a number of 64 bits.
    ChunkSizeTooLong,
    /// A chunk does not end where its size says.
    ChunkEnd,
    /// The extensions and trailers of a chunked body exceed their limit.
    ChunkExtrasTooLong {
        /// The limit, in bytes.
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
            Self::HeaderName => f.write_str("a header's name with an invalid character"),
            Self::HeaderValue => f.write_str("a header's value with an invalid character"),
            Self::StatusLine => f.write_str("no status line of HTTP/1.1"),
            Self::SwitchingProtocols => {
                f.write_str("the server switches to another protocol, unasked")
            }
            Self::TooManyInterimAnswers { limit } => {
                write!(f, "more than {limit} interim answers")
            }
            Self::ContentLength => f.write_str("a Content-Length that is no number"),
            Self::TwoContentLengths => f.write_str("two Content-Length headers"),
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
