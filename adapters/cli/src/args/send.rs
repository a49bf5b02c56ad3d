use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::value_parser;

use super::{ClientArgs, LogArgs, SourceArgs};

#[derive(Debug, clap::Args)]
#[command(after_long_help = OUTCOMES)]
pub(crate) struct SendArgs {
    /// The messages: in each file one, a JSON object with `Meta`, or one on each line where the name of the file ends in
    /// `.ndjson` or `.jsonl`; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Take each line of the files for a message, whatever the files are called
    #[arg(long, conflicts_with = "upload")]
    pub(crate) ndjson: bool,
    /// Upload the files themselves, for messages to refer to, and print their URIs
    #[arg(long)]
    pub(crate) upload: bool,
    /// How many messages are under way at a time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = value_parser!(u8).range(1..))]
    pub(crate) jobs: u8,
    /// Keep the results in this file, and do not send again what it lists as done: the same command then resumes where an
    /// earlier one ended
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// Send again what the results call unknown, although Redox may then process it twice
    #[arg(long, requires = "results")]
    pub(crate) repeat_unknown: bool,
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

impl SendArgs {
    /// The file whose answer is the result, where it is the only one.
    pub(crate) fn only_file(&self) -> Option<&Path> {
        match self.files.as_slice() {
            [file] if self.results.is_none() && !self.has_lines(file) => Some(file),
            _ => None,
        }
    }

    /// Whether each line of this file is a message.
    pub(crate) fn has_lines(&self, file: &Path) -> bool {
        let is_named_so =
            |it: &OsStr| it.eq_ignore_ascii_case("ndjson") || it.eq_ignore_ascii_case("jsonl");
        !self.upload && (self.ndjson || file.extension().is_some_and(is_named_so))
    }
}

/// For `--help`.
const OUTCOMES: &str = "\
The answer to a single message is printed as it is, and the URI of a single file. Of several, of lines, and with \
--results, each gets a line of JSON as soon as it is done, with `file`, `line`, `outcome`, `status`, and `logs`, `uri` or \
`errors`. The outcomes, each with the exit code of a run in which it was the worst:

  ok        0  done
  refused   1  the API said no
  not_sent  2  not fit to be sent, or nothing could be sent any more
  unknown   3  no usable answer: it may have been done";
