use core::fmt::Write;
use std::fs::File;
use std::io::{BufRead as _, BufReader, stderr};
use std::path::{Path, PathBuf};
use std::thread;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressState, ProgressStyle};
use terminal_size::{Width, terminal_size_of};

use crate::args::SendArgs;
use crate::failure::Failure;

/// The progress of one long body, for a person at a terminal; hidden otherwise.
pub(super) fn bar_of_bytes(len: usize, args: &SendArgs) -> ProgressBar {
    if len < WORTH_A_BAR || args.log.is_talkative() {
        return ProgressBar::hidden();
    }
    let len = u64::try_from(len).unwrap_or(u64::MAX);
    ProgressBar::new(len).with_style(style(bytes))
}

/// How many are done, of all where that is known; over SFTP the bytes of all files.
pub(super) fn bar_of_many(args: &SendArgs) -> ProgressBar {
    if args.log.is_talkative() {
        return ProgressBar::hidden();
    }
    if args.sftp.sftp.is_some() {
        return ProgressBar::no_length().with_style(style(bytes));
    }
    let bar = if args.mllp.mllp.is_some() || args.files.iter().any(|file| args.has_lines(file)) {
        ProgressBar::no_length()
    } else {
        ProgressBar::new(u64::try_from(args.files.len()).unwrap_or(u64::MAX))
    };
    bar.with_style(style(|amount| HumanCount(amount).to_string()))
}

/// Counts the messages in files of lines, for the bar: short files at once, long files in the background, and pipes not at all.
pub(super) fn count_lines(bar: &ProgressBar, args: &SendArgs) -> Result<(), Failure> {
    let is_counted_elsewhere = args.mllp.mllp.is_some() || args.sftp.sftp.is_some();
    if bar.is_hidden() || bar.length().is_some() || is_counted_elsewhere {
        return Ok(());
    }
    let is_file = |file: &PathBuf| file.is_file() && file != Path::new("-");
    if !args.files.iter().all(is_file) {
        return Ok(());
    }
    let lengths = args.files.iter().map(|file| file.metadata().ok());
    let len: u64 = lengths.flatten().map(|it| it.len()).sum();
    let files = args.files.iter().cloned();
    let files: Vec<_> = files.map(|file| (args.has_lines(&file), file)).collect();
    let bar = bar.clone();
    let count = move || {
        let counts = files.iter().map(|(has_lines, file)| match has_lines {
            true => messages_in(file),
            false => Some(1),
        });
        if let Some(sum) = counts.sum::<Option<u64>>() {
            bar.set_length(sum);
        }
    };
    if len <= COUNTED_AT_ONCE {
        count();
        return Ok(());
    }
    let started = thread::Builder::new().spawn(count);
    started.map(drop).map_err(|error| {
        Failure::usage(format!(
            "cannot start a thread that counts messages: {error}"
        ))
    })
}

/// Files of this length together, in bytes, are counted in about a millisecond.
const COUNTED_AT_ONCE: u64 = 1 << 20;

/// How many lines of a file have something in them.
fn messages_in(file: &Path) -> Option<u64> {
    let mut source = BufReader::new(File::open(file).ok()?);
    let (mut count, mut is_blank) = (0_u64, true);
    loop {
        let piece = source.fill_buf().ok()?;
        if piece.is_empty() {
            return Some(count.saturating_add(u64::from(!is_blank)));
        }
        for byte in piece {
            if *byte == b'\n' {
                count = count.saturating_add(u64::from(!is_blank));
                is_blank = true;
            } else {
                is_blank &= byte.is_ascii_whitespace();
            }
        }
        let len = piece.len();
        source.consume(len);
    }
}

fn bytes(amount: u64) -> String {
    HumanBytes(amount).to_string()
}

/// A line that is never wider than the terminal.
fn style(amount: fn(u64) -> String) -> ProgressStyle {
    let line = move |state: &ProgressState, out: &mut dyn Write| {
        let shown = Shown {
            done: state.pos(),
            total: state.len(),
            secs_left: state.eta().as_secs(),
            per_sec: state.per_sec(),
        };
        let _ = out.write_str(&shown.line(width(), amount));
    };
    ProgressStyle::with_template("{line} {wide_msg}")
        .expect("a template without a mistake")
        .with_key("line", line)
}

/// The progress as text.
struct Shown {
    done: u64,
    total: Option<u64>,
    secs_left: u64,
    per_sec: f64,
}

impl Shown {
    /// In words if they fit. Otherwise leaves out first the words, then the rate, then the time.
    fn line(&self, width: usize, amount: fn(u64) -> String) -> String {
        let words = self.parts(amount, [" of ", " left", ", "]);
        if words.len() <= width {
            return words;
        }
        let brief = self.parts(brief, ["/", "", " "]);
        let mut line = String::new();
        for part in brief.split(' ') {
            let len = line.len().saturating_add(part.len()).saturating_add(1);
            if line.is_empty() {
                line.push_str(part);
            } else if len <= width {
                line.push(' ');
                line.push_str(part);
            }
        }
        line.chars().take(width).collect()
    }

    fn parts(&self, amount: fn(u64) -> String, [of, left, separator]: [&str; 3]) -> String {
        let mut line = amount(self.done);
        if let Some(total) = self.total {
            let _ = write!(line, "{of}{}", amount(total));
            if self.done < total {
                let _ = write!(line, "{separator}{}{left}", short(self.secs_left));
            }
        }
        let rate = match self.per_sec {
            rate @ 0.0..10.0 => format!("{rate:.1}"),
            rate => amount(whole(rate)),
        };
        let _ = write!(line, "{separator}{rate}/s");
        line
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a cast saturates, and no run sends so many in a second"
)]
const fn whole(rate: f64) -> u64 {
    rate as u64
}

/// A number of at most five digits and a letter.
fn brief(number: u64) -> String {
    match number {
        0..=99_999 => number.to_string(),
        100_000..=99_999_999 => format!("{}k", number / 1_000),
        _ => format!("{}M", number / 1_000_000),
    }
}

/// A time in one unit.
fn short(secs: u64) -> String {
    match secs {
        0..=99 => format!("{secs}s"),
        100..=5999 => format!("{}m", secs.div_ceil(60)),
        6000..=359_999 => format!("{}h", secs.div_ceil(3600)),
        _ => format!("{}d", secs.div_ceil(86_400)),
    }
}

/// The columns of standard error without the last, in which some terminals break the line.
fn width() -> usize {
    let width = terminal_size_of(stderr()).map_or(USUAL_WIDTH, |(Width(width), _)| width.into());
    width.saturating_sub(1).max(1)
}

const USUAL_WIDTH: usize = 80;

/// The length of a body that takes noticeable time on a slow line, in bytes.
const WORTH_A_BAR: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_line_is_as_wide_as_there_is_room() {
        let shown = Shown {
            done: 1_200,
            total: Some(10_000),
            secs_left: 700,
            per_sec: 25.4,
        };
        let count = |amount| HumanCount(amount).to_string();
        for (width, expected) in [
            (79, "1,200 of 10,000, 12m left, 25/s"),
            (31, "1,200 of 10,000, 12m left, 25/s"),
            (30, "1200/10000 12m 25/s"),
            (19, "1200/10000 12m 25/s"),
            (18, "1200/10000 12m"),
            (13, "1200/10000"),
            (5, "1200/"),
        ] {
            assert_eq!(shown.line(width, count), expected, "{width}");
        }
        let unknown = Shown {
            total: None,
            per_sec: 0.51,
            ..shown
        };
        assert_eq!(unknown.line(19, count), "1,200, 0.5/s");
        for (secs, expected) in [
            (0, "0s"),
            (99, "99s"),
            (100, "2m"),
            (6_000, "2h"),
            (360_000, "5d"),
        ] {
            assert_eq!(short(secs), expected);
        }
    }

    #[test]
    fn lines_with_nothing_in_them_are_no_messages() {
        for (content, expected) in [
            (&b""[..], 0),
            (b"\n\r\n \n", 0),
            (b"{}\n\n{}", 2),
            (b"{}\n{}\n", 2),
        ] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(content).unwrap();
            assert_eq!(messages_in(file.path()), Some(expected));
        }
    }
}
