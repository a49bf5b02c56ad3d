use core::str::FromStr;
use core::time::Duration;

use crate::fault::duration;
use crate::{ParseFaultError, Times};

/// A fault of a file over SFTP.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SftpFault {
    /// The disk has no space for it.
    Full,
    /// The connection ends after so many bytes of it.
    Drop(u64),
    /// The connection ends in place of the answer to its renaming, which is done.
    DropAfterRename,
    /// The connection ends in place of its renaming.
    DropBeforeRename,
    /// Its renaming is refused with this code: 3, 4 or 11.
    Rename(u32),
    /// Its renaming replaces a file of the new name, whatever was asked for.
    RenameReplaces,
    /// Each piece of it is acknowledged so late.
    Slow(Duration),
}

/// A fault and the number of files that it strikes, parsed from text.
///
/// [`GRAMMAR`](Self::GRAMMAR) has the form of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SftpOrder {
    pub(super) fault: SftpFault,
    pub(super) times: Times,
}

impl SftpOrder {
    /// The form of an order, for people.
    pub const GRAMMAR: &'static str = "\
sftp:FAULT[:times=N], for example sftp:full:times=1

  full                  the disk has no space for the file
  drop=BYTES            the connection ends after so many bytes of the file
  drop-before-rename    the connection ends in place of the renaming
  drop-after-rename     the file is renamed, and the connection ends in place of the answer
  rename=3              the renaming is refused as ProFTPD refuses what is not permitted
  rename=4              the renaming is refused as OpenSSH refuses a name that is taken
  rename=11             the renaming is refused as ProFTPD refuses a name that is taken
  rename=replaces       the renaming replaces a file of the new name, whatever was asked for
  slow=TIME             each piece of the file is acknowledged so late: 500ms, 3s, 2m

  times=N               for so many files [default: for every one]";
}

/// # Errors
/// [`ParseFaultError`] for the first part of the text that is not understood.
impl FromStr for SftpOrder {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let rest = text.strip_prefix("sftp:");
        let rest = rest.ok_or_else(|| ParseFaultError::new(text, "sftp:FAULT, like sftp:full"))?;
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
            Some(("slow", time)) => SftpFault::Slow(duration(time)?),
            Some(("drop", bytes)) => match bytes.parse() {
                Ok(bytes) => SftpFault::Drop(bytes),
                Err(_) => return Err(ParseFaultError::new(bytes, "a number of bytes")),
            },
            Some(("rename", code)) => match code {
                "3" => SftpFault::Rename(3),
                "4" => SftpFault::Rename(4),
                "11" => SftpFault::Rename(11),
                "replaces" => SftpFault::RenameReplaces,
                _ => return Err(ParseFaultError::new(code, "3, 4, 11 or replaces")),
            },
            Some(_) => return Err(unknown(fault)),
            None => match fault {
                "full" => SftpFault::Full,
                "drop-before-rename" => SftpFault::DropBeforeRename,
                "drop-after-rename" => SftpFault::DropAfterRename,
                _ => return Err(unknown(fault)),
            },
        };
        Ok(Self { fault, times })
    }
}

fn unknown(fault: &str) -> ParseFaultError {
    ParseFaultError::new(fault, "a fault, like full, drop=1000 or rename=4")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_the_grammar_is_understood() {
        let names = SftpOrder::GRAMMAR
            .lines()
            .filter_map(|line| line.strip_prefix("  "));
        let names = names
            .filter_map(|line| line.split_once("  "))
            .map(|it| it.0);
        let mut count = 0_usize;
        for name in names.filter(|name| *name != "times=N") {
            let text = format!(
                "sftp:{}:times=2",
                name.replace("TIME", "3s").replace("BYTES", "7")
            );
            let order = text.parse::<SftpOrder>();
            assert!(
                order.is_ok_and(|order| order.times == Times::Next(2)),
                "{text}"
            );
            count = count.saturating_add(1);
        }
        assert_eq!(count, 9);
    }

    #[test]
    fn what_is_no_fault_is_named() {
        for (text, found) in [
            ("full", "full"),
            ("sftp:empty", "empty"),
            ("sftp:drop=x", "x"),
            ("sftp:rename=5", "5"),
            ("sftp:full:times=0", "times=0"),
            ("sftp:slow=x", "x"),
        ] {
            let error = text.parse::<SftpOrder>().unwrap_err().to_string();
            assert!(error.contains(found), "{text}: {error}");
        }
    }
}
