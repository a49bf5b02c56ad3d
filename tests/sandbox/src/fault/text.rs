use core::fmt;
use core::time::Duration;

use jiff::SignedDuration;

use super::order::What;
use super::{Disconnect, Fault, FaultOrder, Junk, Place, RetryAfter, Times};

/// The text form of the command line, without the place and the number of answers.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyRequests(retry_after) => write!(f, "429{retry_after}"),
            Self::Unavailable(status, retry_after) => {
                write!(f, "{}{retry_after}", status.as_u16())
            }
            Self::BlankRefusal => f.write_str("blank"),
            Self::UnknownKey => f.write_str("unknown-key"),
            Self::Redirect(status, to) => write!(f, "redirect={to}:status={}", status.as_u16()),
            Self::Junk(Junk::Html) => f.write_str("html"),
            Self::Junk(Junk::Empty) => f.write_str("empty"),
            Self::Junk(Junk::Truncated) => f.write_str("truncated"),
            Self::Junk(Junk::LongToken(len)) => write!(f, "long-token={len}"),
            Self::Junk(Junk::WrongTypes) => f.write_str("wrong-types"),
            Self::Aged(secs) => write!(f, "age={secs}"),
            Self::Undated => f.write_str("undated"),
            Self::Misdated(by) => write!(f, "date={by:#}"),
            Self::GarbledDate => f.write_str("garbled-date"),
            Self::Revoked => f.write_str("revoked"),
            Self::Disconnect(Disconnect::Unanswered) => f.write_str("drop=unanswered"),
            Self::Disconnect(Disconnect::BeforeBody) => f.write_str("drop=before"),
            Self::Disconnect(Disconnect::WithinBody) => f.write_str("drop=within"),
            Self::Disconnect(Disconnect::AfterAnswer) => f.write_str("drop=after"),
            Self::Late(by) => write!(f, "latency={:#}", signed(*by)),
            Self::Slow { piece, pause } => write!(f, "slow={piece}/{:#}", signed(*pause)),
            Self::Endless => f.write_str("endless"),
            Self::Oversized(len) => write!(f, "oversized={len}"),
        }
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => Ok(()),
            Self::Secs(secs) => write!(f, ":retry-after={secs}"),
            Self::Date(secs) => write!(f, ":retry-after=date+{secs}"),
            Self::Garbled => f.write_str(":retry-after=garbled"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "token",
            Self::Legacy => "legacy",
            Self::Api => "api",
            Self::Upload => "upload",
            Self::Platform => "platform",
            Self::Jwks => "jwks",
        })
    }
}

/// The text form of the command line. For a mix of chosen faults, only the seed and the weight of no fault.
impl fmt::Display for FaultOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.place)?;
        match &self.what {
            What::Nothing => f.write_str("none")?,
            What::Fault(fault) => write!(f, "{fault}")?,
            What::Mix(mix) => write!(f, "mix={}:spared={}", mix.seed(), mix.weight_spared())?,
        }
        match self.times {
            Times::Next(times) => write!(f, ":times={times}"),
            Times::UntilCleared => Ok(()),
        }
    }
}

fn signed(time: Duration) -> SignedDuration {
    SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)
}
