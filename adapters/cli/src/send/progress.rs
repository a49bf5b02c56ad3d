use indicatif::{ProgressBar, ProgressStyle};

use crate::args::SendArgs;

/// How much of one body is sent, for a person who would wait for it without a sign; hidden from everybody else.
pub(super) fn bar_of_bytes(len: usize, args: &SendArgs) -> ProgressBar {
    if len < WORTH_A_BAR || args.log.is_talkative() {
        return ProgressBar::hidden();
    }
    let len = u64::try_from(len).unwrap_or(u64::MAX);
    ProgressBar::new(len).with_style(style(
        "{bar:40} {bytes} of {total_bytes}, {binary_bytes_per_sec}",
    ))
}

/// How many are done, of all where that is known.
pub(super) fn bar_of_many(args: &SendArgs) -> ProgressBar {
    if args.log.is_talkative() {
        return ProgressBar::hidden();
    }
    if args.mllp.mllp.is_some() || args.files.iter().any(|file| args.has_lines(file)) {
        return ProgressBar::no_length().with_style(style("{pos} done, {per_sec}: {msg}"));
    }
    let len = u64::try_from(args.files.len()).unwrap_or(u64::MAX);
    ProgressBar::new(len).with_style(style("{bar:40} {pos} of {len} done: {msg}"))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a template without a mistake")
}

/// What takes longer than a moment on a slow line, in bytes.
const WORTH_A_BAR: usize = 1 << 20;
