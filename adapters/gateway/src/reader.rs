mod chunked;
mod framing;
mod head;
mod lines;

use redox_auth_core::StatusMeaning;

use crate::{HttpError, Limits, Method};
use chunked::Chunked;
use framing::{Body, Framing};
use head::{Head, Next};

/// Parses one answer incrementally, according to RFC 9112 and stricter: anything that two programs could read
/// differently is an error.
///
/// The result depends only on the bytes, not on their division into reads.
#[derive(Debug)]
pub(crate) struct Reader {
    limits: Limits,
    /// The method of the request.
    method: Method,
    state: State,
    interim_answers: u8,
    /// The number of body bytes read.
    body_len: u64,
    is_kept: bool,
    /// Whether any byte of an answer was received.
    is_touched: bool,
    /// The request was not sent to its end.
    is_cut_off: bool,
    /// The server's idle time-out, from its answer.
    idle_secs: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Head(Head),
    Length { left: u64 },
    Chunked(Chunked),
    UntilClose,
    End,
    Failed(HttpError),
}

/// The result of parsing some bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Progress {
    /// More bytes are needed.
    More,
    /// The bytes start with the head of the final answer. It has this many bytes, and an empty line follows.
    Head { len: usize, status: u16 },
    /// These bytes of the head do not fit. Remove them, and pass the rest again.
    Drop { start: usize, len: usize },
    /// A header continues on the next line. Replace the line end at this place with two spaces.
    Unfold { at: usize },
    /// This part of the bytes belongs to the body.
    Data { start: usize, len: usize },
    /// The answer ends here.
    End,
}

impl Reader {
    /// The reader of the answer to a request.
    pub(crate) fn new(method: Method, limits: Limits) -> Self {
        Self {
            limits,
            method,
            state: State::Head(Head::new()),
            interim_answers: 0,
            body_len: 0,
            is_kept: false,
            is_touched: false,
            is_cut_off: false,
            idle_secs: None,
        }
    }

    /// Parses the start of `input`, and returns the number of processed bytes. Pass the rest again, followed by new
    /// bytes. It takes at most `room` bytes of the body at once.
    pub(crate) fn read(
        &mut self,
        input: &[u8],
        room: usize,
    ) -> (usize, Result<Progress, HttpError>) {
        let mut used = 0;
        let progress = self.progress(input, &mut used, room);
        if let Err(error) = progress {
            self.state = State::Failed(error);
            self.is_kept = false;
        }
        (used, progress)
    }

    /// Records that no byte follows.
    pub(crate) fn close(&mut self) {
        self.is_kept = false;
        self.state = match self.state {
            State::Head(_) if !self.is_touched => State::Failed(HttpError::Closed),
            State::Head(_) => State::Failed(HttpError::HeadCutOff),
            State::Length { .. } | State::Chunked(_) => State::Failed(HttpError::BodyCutOff {
                found: self.body_len,
            }),
            State::UntilClose => State::End,
            other => other,
        };
    }

    /// Records that no byte follows because the connection failed, which ends no body.
    pub(crate) fn lose(&mut self) {
        self.is_kept = false;
        if let State::End | State::UntilClose = self.state {
            self.state = State::Failed(HttpError::BodyCutOff {
                found: self.body_len,
            });
        }
    }

    /// Abandons the answer.
    pub(crate) const fn fail(&mut self, error: HttpError) {
        self.is_kept = false;
        self.state = State::Failed(error);
    }

    /// Records that the connection cannot be used after the answer.
    pub(crate) const fn keep_nothing(&mut self) {
        self.is_cut_off = true;
    }

    /// Records that bytes were received.
    pub(crate) const fn touch(&mut self) {
        self.is_touched = true;
    }

    pub(crate) const fn is_touched(&self) -> bool {
        self.is_touched
    }

    /// Whether the answer was read to its end, and another may follow it.
    pub(crate) const fn leaves_connection(&self) -> bool {
        matches!(self.state, State::End) && self.is_kept
    }

    /// How long the server keeps the connection without a request, in seconds, if its answer tells it.
    pub(crate) const fn idle_secs(&self) -> Option<u64> {
        self.idle_secs
    }

    fn progress(
        &mut self,
        input: &[u8],
        used: &mut usize,
        room: usize,
    ) -> Result<Progress, HttpError> {
        loop {
            let rest = input.get(*used..).unwrap_or(&[]);
            let left = match &mut self.state {
                State::Failed(error) => return Err(*error),
                State::End => return Ok(Progress::End),
                State::Head(head) => match head.read(rest, &self.limits)? {
                    Next::More => return Ok(Progress::More),
                    Next::Drop { start, len } => return Ok(Progress::Drop { start, len }),
                    Next::Unfold { at } => return Ok(Progress::Unfold { at }),
                    Next::Complete { len } => {
                        let framing = head.framing;
                        if let Some(status) = self.take_head(&framing)? {
                            return Ok(Progress::Head { len, status });
                        }
                        *used = used.saturating_add(len).saturating_add(EMPTY_LINE.len());
                        continue;
                    }
                },
                State::Length { left: 0 } => {
                    self.state = State::End;
                    continue;
                }
                State::Chunked(chunked) if chunked.is_at_end() => {
                    self.state = State::End;
                    continue;
                }
                State::Chunked(chunked) if chunked.data_left() == 0 => {
                    let Some(&byte) = rest.first() else {
                        return Ok(Progress::More);
                    };
                    chunked.take(byte, self.body_len, &self.limits)?;
                    *used = used.saturating_add(1);
                    continue;
                }
                State::Length { left } => *left,
                State::Chunked(chunked) => chunked.data_left(),
                State::UntilClose => u64::MAX,
            };
            return self.take_data(rest.len(), left, room).map(|len| {
                let start = *used;
                *used = used.saturating_add(len);
                if len == 0 {
                    Progress::More
                } else {
                    Progress::Data { start, len }
                }
            });
        }
    }

    /// The status of a final head; nothing for an interim head.
    fn take_head(&mut self, framing: &Framing) -> Result<Option<u16>, HttpError> {
        let (body, is_kept) = framing.body(self.method)?;
        if framing.status == 101 {
            return Err(HttpError::SwitchingProtocols);
        }
        if framing.status < 200 {
            let limit = self.limits.interim_answers;
            if self.interim_answers >= limit {
                return Err(HttpError::TooManyInterimAnswers { limit });
            }
            self.interim_answers = self.interim_answers.saturating_add(1);
            self.state = State::Head(Head::new());
            return Ok(None);
        }
        let is_of_connection = StatusMeaning::of(framing.status) == StatusMeaning::OtherConnection;
        self.is_kept = is_kept && !self.is_cut_off && !is_of_connection;
        self.idle_secs = framing.idle_secs;
        let limit = self.limits.body_bytes;
        self.state = match body {
            Body::None => State::End,
            // Checked after the head, because its status is useful.
            Body::Length(found) if found > limit => {
                self.is_kept = false;
                State::Failed(HttpError::BodyTooLong { found, limit })
            }
            Body::Length(left) => State::Length { left },
            Body::Chunked => State::Chunked(Chunked::new()),
            Body::UntilClose => State::UntilClose,
        };
        Ok(Some(framing.status))
    }

    /// The number of the next bytes that belong to the body: at most `left`, and at most the `available` bytes.
    fn take_data(&mut self, available: usize, left: u64, room: usize) -> Result<usize, HttpError> {
        let within = usize::try_from(left).unwrap_or(usize::MAX);
        let mut len = available.min(room).min(within);
        if let State::UntilClose = self.state {
            let limit = self.limits.body_bytes;
            let allowed = limit.saturating_sub(self.body_len);
            len = len.min(usize::try_from(allowed).unwrap_or(usize::MAX));
            if allowed == 0 && available > 0 {
                let found = limit.saturating_add(1);
                return Err(HttpError::BodyTooLong { found, limit });
            }
        }
        let len_64 = u64::try_from(len).unwrap_or(u64::MAX);
        self.body_len = self.body_len.saturating_add(len_64);
        match &mut self.state {
            State::Length { left } => *left = left.saturating_sub(len_64),
            State::Chunked(chunked) => chunked.skip_data(len_64),
            _ => (),
        }
        Ok(len)
    }
}

/// The end of a head.
pub(crate) const EMPTY_LINE: &[u8] = b"\r\n";
