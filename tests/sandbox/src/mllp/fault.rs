use core::str::FromStr;
use core::time::Duration;

use crate::fault::duration;
use crate::{ParseFaultError, Times};

/// A fault of the acknowledgment of a message over MLLP.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MllpFault {
    /// It comes so late.
    Late(Duration),
    /// AE in place of AA.
    Ae,
    /// AR in place of AA.
    Ar,
    /// It names another control ID.
    OtherId,
    /// A refusal of another message comes before it.
    Stale,
    /// It comes byte by byte.
    Split,
    /// Its last segment does not end in CR.
    NoCr,
    /// Its segments end in LF.
    Lf,
    /// The connection ends in its place.
    HangUp,
    /// The connection ends when no other message follows for so long.
    Idle(Duration),
    /// It does not come.
    Silent,
}

/// A fault and the number of messages that it strikes, parsed from text.
///
/// [`GRAMMAR`](Self::GRAMMAR) has the form of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MllpOrder {
    pub(super) fault: MllpFault,
    pub(super) times: Times,
}

impl MllpOrder {
    /// The form of an order, for people.
    pub const GRAMMAR: &'static str = "\
mllp:FAULT[:times=N], for example mllp:ae:times=1

  late=TIME             the acknowledgment comes so late: 500ms, 3s, 2m
  ae, ar                it says AE or AR
  other-id              it names another control ID
  stale                 a refusal of another message comes before it
  split                 it comes byte by byte
  no-cr                 its last segment does not end in CR
  lf                    its segments end in LF
  hang-up               the connection ends in its place
  idle=TIME             the connection ends when no message follows for so long
  silent                it does not come

  times=N               for so many messages [default: for every one]";
}

/// # Errors
/// [`ParseFaultError`] for the first part of the text that is not understood.
impl FromStr for MllpOrder {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let rest = text.strip_prefix("mllp:");
        let rest = rest.ok_or_else(|| ParseFaultError::new(text, "mllp:FAULT, like mllp:ae"))?;
        let (fault, times) = match rest.split_once(':') {
            None => (rest, Times::UntilCleared),
            Some((fault, option)) => {
                let number = option.strip_prefix("times=");
                let number = number.and_then(|number| number.parse().ok());
                let number = number.filter(|number| *number > 0);
                let expected = "times=N, a number";
                let number = number.ok_or_else(|| ParseFaultError::new(option, expected))?;
                (fault, Times::Next(number))
            }
        };
        let fault = match fault.split_once('=') {
            Some(("late", time)) => MllpFault::Late(duration(time)?),
            Some(("idle", time)) => MllpFault::Idle(duration(time)?),
            Some(_) => return Err(unknown(fault)),
            None => match fault {
                "ae" => MllpFault::Ae,
                "ar" => MllpFault::Ar,
                "other-id" => MllpFault::OtherId,
                "stale" => MllpFault::Stale,
                "split" => MllpFault::Split,
                "no-cr" => MllpFault::NoCr,
                "lf" => MllpFault::Lf,
                "hang-up" => MllpFault::HangUp,
                "silent" => MllpFault::Silent,
                _ => return Err(unknown(fault)),
            },
        };
        Ok(Self { fault, times })
    }
}

fn unknown(fault: &str) -> ParseFaultError {
    ParseFaultError::new(fault, "a fault, like ae, stale or late=3s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_grammar_is_understood() {
        let names = MllpOrder::GRAMMAR
            .lines()
            .filter_map(|line| line.strip_prefix("  "));
        let names = names
            .filter_map(|line| line.split_once("  "))
            .map(|(names, _)| names);
        let mut count = 0;
        for name in names
            .flat_map(|names| names.split(", "))
            .filter(|name| *name != "times=N")
        {
            let text = format!("mllp:{}:times=2", name.replace("TIME", "3s"));
            let order = text.parse::<MllpOrder>();
            assert!(
                order.is_ok_and(|order| order.times == Times::Next(2)),
                "{text}"
            );
            count += 1;
        }
        assert_eq!(count, 11);
        for wrong in [
            "ae",
            "mllp:",
            "mllp:xx",
            "mllp:late=x",
            "mllp:ae:times=0",
            "mllp:ae:x",
            "mllp:x=1s",
        ] {
            assert!(wrong.parse::<MllpOrder>().is_err(), "{wrong}");
        }
    }
}
