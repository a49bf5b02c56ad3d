//! Everything that anything in this process logs, by `tracing` or by `log`, with all fields and at every level.

use core::fmt::{Debug, Write as _};
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

use log::Log;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// There is one for a process.
pub(crate) static RECORDER: Recorder = Recorder {
    lines: Mutex::new(Vec::new()),
    spans: AtomicU64::new(1),
};

pub(crate) struct Recorder {
    lines: Mutex<Vec<Line>>,
    spans: AtomicU64,
}

/// The events, with their targets.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) target: String,
    pub(crate) text: String,
}

impl Recorder {
    pub(crate) fn start(&'static self) {
        log::set_logger(self).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        tracing::subscriber::set_global_default(self).unwrap();
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap().clone()
    }

    fn keep(&self, target: &str, text: String) {
        let target = target.to_owned();
        self.lines.lock().unwrap().push(Line { target, text });
    }
}

impl Log for Recorder {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.keep(record.target(), record.args().to_string());
    }

    fn flush(&self) {}
}

impl Subscriber for &'static Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut text = Text(span.metadata().name().to_owned());
        span.record(&mut text);
        self.keep(span.metadata().target(), text.0);
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut text = Text(String::new());
        values.record(&mut text);
        self.keep("a span's later fields", text.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.keep(event.metadata().target(), text.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {field}={value}").unwrap();
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}
