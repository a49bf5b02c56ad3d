use super::Session;
use super::migration::Way;
use super::next::Next;
use super::request::{Body, Prepared, Request, RequestError, Target, Ticket};
use super::storage::TokenStorage;
use crate::credential::OAuthKey;
use crate::identity::Identity;
use crate::jwt_id::JwtId;
use crate::request::TokenRequest;
use crate::signer::{AsyncSigner, Signer};
use crate::time::{Instant, Now, UnixTime};

impl<I: Identity, S: TokenStorage> Session<I, S> {
    /// Writes the signed request that [`next`](Self::next) asks for into `out`.
    ///
    /// The call consumes `jwt_id`. `out` holds a secret: wipe it after the request is sent. `now` counts as the time of
    /// sending. Send the request at once.
    ///
    /// # Errors
    /// [`RequestError::NotNow`] if `next` does not ask for a request; [`RequestError::RepeatedJwtId`];
    /// [`RequestError::Write`]. The session is then unchanged, and `out` holds no signature.
    pub fn request<'r>(
        &'r mut self,
        now: Now,
        jwt_id: JwtId,
        out: &'r mut [u8],
    ) -> Result<Request<'r>, RequestError>
    where
        I::Signer: Signer,
    {
        // By reference, because moving it out takes a hundred bytes of flash.
        let plan = self.plan(now, &jwt_id);
        let plan = plan.as_ref().map_err(|error| *error)?;
        let body = match self.write(plan.purpose, &jwt_id, out)? {
            Body::Complete(body) => body,
            Body::Unsigned { key, unsigned } => unsigned.sign(self.key(key)?.signer())?,
        };
        Ok(self.ready(plan, body))
    }

    /// As [`request`](Self::request), for an asynchronous signer.
    ///
    /// If the future is dropped early, the session is unchanged.
    ///
    /// # Errors
    /// As `request`.
    pub async fn request_async<'r>(
        &'r mut self,
        now: Now,
        jwt_id: JwtId,
        out: &'r mut [u8],
    ) -> Result<Request<'r>, RequestError>
    where
        I::Signer: AsyncSigner,
    {
        let plan = self.plan(now, &jwt_id);
        let plan = plan.as_ref().map_err(|error| *error)?;
        let body = match self.write(plan.purpose, &jwt_id, out)? {
            Body::Complete(body) => body,
            Body::Unsigned { key, unsigned } => {
                unsigned.sign_async(self.key(key)?.signer()).await?
            }
        };
        Ok(self.ready(plan, body))
    }

    /// Writes the request that [`next`](Self::next) asks for, without its signature. Use it for a KMS, or to sign
    /// without borrowing the session.
    ///
    /// The request now counts as under way. If it cannot be signed or sent, call [`failed`](Self::failed).
    ///
    /// # Errors
    /// As [`request`](Self::request), except for those of signing.
    pub fn prepare<'o>(
        &mut self,
        now: Now,
        jwt_id: JwtId,
        out: &'o mut [u8],
    ) -> Result<Prepared<'o>, RequestError> {
        let plan = self.plan(now, &jwt_id);
        let plan = plan.as_ref().map_err(|error| *error)?;
        let body = self.write(plan.purpose, &jwt_id, out)?;
        Ok(Prepared {
            ticket: self.start_flight(plan),
            target: plan.purpose.target(),
            body,
        })
    }

    /// Records that no answer came: the connection failed, or the answer took too long. The session allows another
    /// attempt after a while.
    ///
    /// The ticket of an abandoned attempt changes nothing.
    pub fn failed(&mut self, ticket: Ticket, now: Instant) {
        if let Some(flight) = self.take_flight(&ticket) {
            self.counters.failures = self.counters.failures.saturating_add(1);
            self.try_later(&flight, now, None);
        }
    }

    /// Abandons the request under way, for a caller that lost its ticket, such as with a dropped future. The session
    /// allows another attempt at once. A late answer is [`Received::Stale`](crate::Received::Stale).
    pub fn abandon(&mut self) {
        self.flight = None;
    }

    /// Ends the attempt of `ticket`, if that attempt is under way.
    pub(super) fn take_flight(&mut self, ticket: &Ticket) -> Option<Flight> {
        self.flight.take_if(|flight| flight.id == ticket.id)
    }

    pub(super) fn key(&self, index: usize) -> Result<OAuthKey<'_, I::Signer>, RequestError> {
        self.identity
            .oauth_key(index)
            .ok_or(RequestError::NoCredential)
    }

    fn plan(&self, now: Now, jwt_id: &JwtId) -> Result<Plan, RequestError> {
        match self.next(now.instant) {
            Next::Fetch | Next::Renew { .. } => (),
            Next::Use { until, .. } | Next::Wait { until } | Next::Stop { until, .. } => {
                return Err(RequestError::NotNow { until });
            }
        }
        let id = jwt_id.id();
        if id == self.last_id {
            return Err(RequestError::RepeatedJwtId);
        }
        let way = self.way(now.instant).ok_or(RequestError::NoCredential)?;
        let purpose = match (way, self.unix_time(now)) {
            (_, None) => Purpose::Time,
            (Way::OAuth, Some(time)) => Purpose::OAuth {
                key: self.keys.current,
                time,
            },
            (Way::Legacy, _) if self.slot.refresh_token().is_some() => Purpose::LegacyRefresh,
            (Way::Legacy, _) => Purpose::LegacySecret,
        };
        Ok(Plan {
            id,
            seed: jwt_id.seed(),
            way,
            purpose,
            sent_at: now.instant,
        })
    }

    fn write<'o>(
        &self,
        purpose: Purpose,
        jwt_id: &JwtId,
        out: &'o mut [u8],
    ) -> Result<Body<'o>, RequestError> {
        let server = self.identity.server();
        let legacy_key = || self.identity.legacy_key().ok_or(RequestError::NoCredential);
        Ok(match purpose {
            Purpose::Time => Body::Complete(""),
            Purpose::OAuth { key, time } => {
                let (signer, audience) = (self.key(key)?, server.audience());
                let scope = server.scope().unwrap_or("");
                let unsigned = match self.identity.dialect_of_key(key) {
                    None => {
                        let assertion = signer.assertion(audience, jwt_id, time).typ(server.typ());
                        TokenRequest::new(assertion).scope(scope).prepare(out)
                    }
                    Some(dialect) => {
                        let assertion = signer.assertion_in(&dialect, audience, jwt_id, time);
                        let assertion = assertion.typ(server.typ());
                        TokenRequest::new(assertion).scope(scope).prepare(out)
                    }
                };
                Body::Unsigned {
                    key,
                    unsigned: unsigned?,
                }
            }
            Purpose::LegacyRefresh => {
                let refresh_token = self.slot.refresh_token().unwrap_or("");
                Body::Complete(legacy_key()?.write_refresh(refresh_token, out)?)
            }
            Purpose::LegacySecret => Body::Complete(legacy_key()?.write_authenticate(out)?),
        })
    }

    fn ready<'r>(&'r mut self, plan: &Plan, body: &'r str) -> Request<'r> {
        let ticket = self.start_flight(plan);
        Request::new(ticket, plan.purpose.target(), self.identity.server(), body)
    }

    /// Records that the request is under way.
    fn start_flight(&mut self, plan: &Plan) -> Ticket {
        if plan.purpose == Purpose::LegacyRefresh {
            self.slot.spend_refresh_token();
        }
        self.seed.get_or_insert(plan.seed);
        self.last_id = plan.id;
        self.counters.requests = self.counters.requests.saturating_add(1);
        self.flight = Some(Flight {
            id: plan.id,
            way: plan.way,
            purpose: plan.purpose,
            sent_at: plan.sent_at,
            deadline: plan.sent_at.saturating_add_secs(FLIGHT_SECS),
        });
        Ticket { id: plan.id }
    }
}

/// An attempt that is allowed now.
struct Plan {
    id: u64,
    seed: u32,
    way: Way,
    purpose: Purpose,
    sent_at: Instant,
}

/// An attempt that is under way.
#[derive(Clone, Copy)]
pub(super) struct Flight {
    id: u64,
    pub(super) way: Way,
    pub(super) purpose: Purpose,
    pub(super) sent_at: Instant,
    /// After this moment the attempt counts as failed.
    pub(super) deadline: Instant,
}

/// The goal of an attempt, and its credential.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Purpose {
    Time,
    OAuth {
        key: usize,
        /// The `iat` of the assertion, before it is backdated.
        time: UnixTime,
    },
    LegacySecret,
    LegacyRefresh,
}

impl Purpose {
    const fn target(self) -> Target {
        match self {
            Self::Time => Target::Time,
            Self::OAuth { .. } => Target::Token,
            Self::LegacySecret => Target::LegacyAuthenticate,
            Self::LegacyRefresh => Target::LegacyRefresh,
        }
    }
}

/// The time to wait for an answer before the next attempt, in seconds.
pub(crate) const FLIGHT_SECS: u32 = 60;
