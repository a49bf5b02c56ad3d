use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::value_parser;
use redox_auth_reqwest::Rate;

use super::{ClientArgs, LogArgs, MllpArgs, PutArgs, SftpArgs, SourceArgs};

#[derive(Debug, clap::Args)]
#[command(after_long_help = OUTCOMES)]
pub(crate) struct SendArgs {
    /// The files to send. A file of messages holds one JSON object with `Meta`, or one on each line if its name ends in
    /// `.ndjson` or `.jsonl`. `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Read a message from each line of the files, whatever their names
    #[arg(long, conflicts_with_all = ["upload", "sftp"])]
    pub(crate) ndjson: bool,
    /// Upload the files, and print the URIs that messages use to refer to them
    #[arg(long, conflicts_with = "sftp")]
    pub(crate) upload: bool,
    /// The number of messages to send at the same time
    #[arg(long, value_name = "N", default_value_t = 4, conflicts_with = "sftp", value_parser = value_parser!(u8).range(1..))]
    pub(crate) jobs: u8,
    /// The highest number of messages to send in a second, such as `25`, or in a minute, such as `300/min`. Without
    /// this option the command learns the limit from the server's answers. With several messages the command always
    /// waits as long as the server asks, and retries a message that got 429
    #[arg(long, value_name = "N[/min]", conflicts_with = "sftp", value_parser = rate)]
    pub(crate) rate: Option<Rate>,
    /// Keep the results in this file, and skip messages and files that it lists as done. After an interruption, the
    /// same command resumes
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// Send messages again whose outcome is `unknown` in the results. Redox may process them twice
    #[arg(long, requires = "results")]
    pub(crate) repeat_unknown: bool,
    #[command(flatten)]
    pub(crate) mllp: MllpArgs,
    #[command(flatten)]
    pub(crate) sftp: SftpArgs,
    #[command(flatten)]
    pub(crate) put: PutArgs,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

impl SendArgs {
    /// The only file, if the API's answer to it is the result of the command.
    pub(crate) fn only_file(&self) -> Option<&Path> {
        match self.files.as_slice() {
            [file] if self.results.is_none() && !self.has_lines(file) => Some(file),
            _ => None,
        }
    }

    /// Whether the files go to the API, which requires a token.
    pub(crate) const fn takes_token(&self) -> bool {
        self.mllp.mllp.is_none() && self.sftp.sftp.is_none()
    }

    /// Whether each line of this file is a message.
    pub(crate) fn has_lines(&self, file: &Path) -> bool {
        let is_named_so =
            |it: &OsStr| it.eq_ignore_ascii_case("ndjson") || it.eq_ignore_ascii_case("jsonl");
        self.takes_token()
            && !self.upload
            && (self.ndjson || file.extension().is_some_and(is_named_so))
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    let (number, is_per_minute) = match text.split_once('/') {
        None | Some((_, "s")) => (text.trim_end_matches("/s"), false),
        Some((number, "min")) => (number, true),
        Some(_) => ("", false),
    };
    match number.parse() {
        Ok(number @ 1..) if is_per_minute => Ok(Rate::per_min(number)),
        Ok(number @ 1..) => Ok(Rate::per_sec(number)),
        _ => Err(
            "the rate must be a whole number of messages a second, such as 25, or a minute, such as 300/min"
                .to_owned(),
        ),
    }
}

/// For `--help`.
const OUTCOMES: &str = "\
For a single message the command prints the API's answer, and for a single upload the file's URI. For several messages or \
files, for lines, over MLLP and SFTP and with --results, it prints one line of JSON as soon as each message or file is done. \
The line has `file`, `line`, `outcome`, `status`, and `logs`, `uri` or `errors`. MLLP adds `ack` and `control_id`. SFTP adds \
`path`, and `part`: the name of an incomplete file that stayed on the server when the connection ended. The exit code is that \
of the worst outcome:

  ok        0  done
  refused   1  the server refused
  not_sent  2  the message or file is not fit to send, or the run had to stop before
  unknown   3  no usable answer: the server may have processed it";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_and_one_that_is_none_is_named() {
        for (text, expected) in [
            ("1", Rate::per_sec(1)),
            ("25", Rate::per_sec(25)),
            ("25/s", Rate::per_sec(25)),
            ("300/min", Rate::per_min(300)),
            ("4294967295", Rate::per_sec(u32::MAX)),
        ] {
            assert_eq!(rate(text), Ok(expected), "{text}");
        }
        for text in ["0", "-1", "ten", "10/h", "300/min/s", "", "4294967296"] {
            let error = rate(text).unwrap_err();
            assert!(error.contains("such as 300/min"), "{text}: {error}");
        }
    }
}
