use redox_auth_core::{Channel, Instant, Method};
use redox_auth_sandbox::Request;
use redox_auth_sandbox::http::header::CONTENT_TYPE;
use redox_auth_sandbox::http::{self, HeaderValue};

use super::World;
use super::answers::answer_of;
use super::api::api_request;
use super::delivery::{Back, Delivery, Flight, GivesUp, What};
use super::device::Device;
use crate::checker::{Purpose, Sent};
use crate::credentials::BASE_URL;
use crate::subject::Outgoing;
use crate::violation::{Broken, Rule};

impl World<'_> {
    /// Does what the session asks for; where it asks for nothing, its program calls the API.
    pub(super) fn tend(&mut self, device: usize) -> Result<(), Broken> {
        let advice = self.observe(device)?;
        if advice.asks() {
            self.request(device)
        } else {
            self.call_api(device)
        }
    }

    /// Sends the session's request, and decides what becomes of it.
    pub(super) fn request(&mut self, device: usize) -> Result<(), Broken> {
        let Some((flight, request)) = self.take_request(device)? else {
            return Ok(());
        };
        let (there_ms, back) = self.fate();
        let what = match back {
            Back::IsLost { after_ms, gives_up } if self.outage || self.random.percent(40) => {
                let at_ms = self.now_ms + after_ms;
                self.count("requests lost on their way there");
                let what = What::NoAnswer { flight, gives_up };
                self.send(at_ms, device, what);
                return Ok(());
            }
            back => What::TokenRequest {
                flight,
                request,
                back,
            },
        };
        self.send(self.now_ms + there_ms, device, what);
        Ok(())
    }

    /// The session's request, checked; `None` if it has none.
    pub(super) fn take_request(
        &mut self,
        device: usize,
    ) -> Result<Option<(Flight, Request)>, Broken> {
        let random = self.random.bytes();
        let now_ms = self.now_ms;
        let Device {
            subject,
            clocks,
            watch,
            ..
        } = &mut self.devices[device];
        let now = clocks.now(now_ms);
        let advice = subject.next(now.instant);
        watch.look_at_clock(subject.as_ref());
        let Some(outgoing) = subject.request(now, random) else {
            if advice.asks() {
                let what = format!("`next` says {}, and there is no request", advice.name());
                return Err(Broken::new(Rule::Pure, what));
            }
            return Ok(None);
        };
        let (purpose, request) = read(&outgoing)?;
        let may_change_way = self.devices[device].has_both();
        let sent = Sent {
            now_ms,
            at: now.instant,
            purpose,
            body: &outgoing.body,
            advice: &advice,
            may_change_way,
        };
        let watch = &mut self.devices[device].watch;
        let dated = watch.sent(&sent, &self.tokens, &mut self.run.ids)?;
        if dated.known {
            self.count("assertions held to the window");
        }
        self.count(match purpose {
            Purpose::Time => "requests for the time",
            Purpose::Token => "requests with an assertion",
            Purpose::Secret => "requests with a secret",
            Purpose::Refresh => "requests with a refresh token",
        });
        let iat = dated.claims.as_ref().map(|claims| claims.issued_at);
        self.note(format_args!(
            "d{device} {} -> {purpose:?} iat {iat:?}",
            advice.name()
        ));
        let flight = Flight {
            ticket: outgoing.ticket,
            purpose,
            sent_ms: now_ms,
            wall_sets: self.devices[device].wall_sets,
            claims: dated.claims,
        };
        Ok(Some((flight, request)))
    }

    /// How long it takes there, and how it comes back.
    fn fate(&mut self) -> (u64, Back) {
        let random = &mut self.random;
        let channel = match random.below(100) {
            0..4 => Channel::Unauthenticated,
            _ => Channel::Authenticated,
        };
        let gives_up = random.pick(&[
            GivesUp::Fails,
            GivesUp::Fails,
            GivesUp::Fails,
            GivesUp::Abandons,
            GivesUp::Forgets,
        ]);
        let lost = |after_ms| Back::IsLost { after_ms, gives_up };
        if self.outage {
            return (0, lost(random.between(1, 5_000)));
        }
        let comes = |after_ms| Back::Comes { after_ms, channel };
        match random.below(100) {
            0..75 => (random.between(1, 300), comes(random.between(1, 300))),
            75..85 => (random.between(1, 5_000), comes(random.between(1, 5_000))),
            85..88 => (random.between(1, 50_000), comes(random.between(1, 300))),
            88..91 => (random.between(1, 300), comes(random.between(1, 50_000))),
            // After the ticket died.
            91..96 => (
                random.between(1, 300),
                comes(random.between(60_000, 120_000)),
            ),
            _ => (
                random.between(1, 5_000),
                lost(random.between(5_000, 55_000)),
            ),
        }
    }

    pub(super) fn send(&mut self, at_ms: u64, device: usize, what: What) {
        let boots = self.devices[device].boots;
        self.enqueue(
            at_ms,
            Delivery {
                device,
                boots,
                what,
            },
        );
    }

    /// Something arrives.
    pub(super) fn deliver(&mut self, delivery: Delivery) -> Result<(), Broken> {
        let Delivery {
            device,
            boots,
            what,
        } = delivery;
        let is_there = self.devices[device].boots == boots;
        match what {
            What::TokenRequest {
                flight,
                request,
                back,
            } => {
                let response = self.sandbox.handle(self.server_time(), &request);
                let next = match back {
                    Back::Comes { after_ms, channel } => {
                        let seen = self.see(device, &flight, &response, channel);
                        let answer = answer_of(response, channel);
                        (
                            after_ms,
                            What::TokenAnswer {
                                flight,
                                answer,
                                seen,
                            },
                        )
                    }
                    Back::IsLost { after_ms, gives_up } => {
                        self.count("answers lost on their way back");
                        (after_ms, What::NoAnswer { flight, gives_up })
                    }
                };
                let (after_ms, what) = next;
                self.enqueue(
                    self.now_ms + after_ms,
                    Delivery {
                        device,
                        boots,
                        what,
                    },
                );
            }
            What::TokenAnswer {
                flight,
                answer,
                seen,
            } if is_there => {
                self.receive(device, flight, answer, &seen)?;
            }
            What::NoAnswer { flight, gives_up } if is_there => {
                self.give_up(device, flight, gives_up);
            }
            What::Call { held, back_ms } => {
                let request = api_request(&held, self.devices[device].account);
                let status = self
                    .sandbox
                    .handle(self.server_time(), &request)
                    .status
                    .as_u16();
                let what = What::CallAnswer { held, status };
                self.enqueue(
                    self.now_ms + back_ms,
                    Delivery {
                        device,
                        boots,
                        what,
                    },
                );
            }
            What::CallAnswer { held, status: 401 } if is_there => {
                self.reject(device, &held)?;
            }
            // For a device that was switched off, or an answer that is none of the session's business.
            _ => {}
        }
        Ok(())
    }

    pub(super) fn steady(&self, device: usize) -> Instant {
        self.devices[device].clocks.steady(self.now_ms)
    }
}

/// What a request asks for, by its verb and path, and the request as the server gets it.
fn read(outgoing: &Outgoing) -> Result<(Purpose, Request), Broken> {
    let path = outgoing.url.strip_prefix(BASE_URL).unwrap_or("");
    let (purpose, method) = match (outgoing.method, path) {
        (Method::Get, "/v2/auth/token") => (Purpose::Time, http::Method::GET),
        (Method::Post, "/v2/auth/token") => (Purpose::Token, http::Method::POST),
        (Method::Post, "/auth/authenticate") => (Purpose::Secret, http::Method::POST),
        (Method::Post, "/auth/refreshToken") => (Purpose::Refresh, http::Method::POST),
        (method, _) => {
            let what = format!("{} {}", method.as_str(), outgoing.url);
            return Err(Broken::new(Rule::Foreign, what));
        }
    };
    let mut request = Request::new(method, path);
    if let Some(content_type) = outgoing.content_type {
        let content_type = HeaderValue::from_static(content_type);
        request.headers.insert(CONTENT_TYPE, content_type);
    }
    request.body = outgoing.body.clone().into_bytes();
    Ok((purpose, request))
}
