use std::sync::Arc;
use std::time::Instant;

use cryptoki::error::{Error as CallError, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

use crate::error::{Answer, Error, Remedy};
use crate::module::{Call, Module};
use crate::object::PrivateObject;
use crate::pin::Pin;
use crate::public_key::PublicNumbers;
use crate::token::Token;
use crate::uri::{KeyUri, PinSource};

/// Finds a private key and logs in, as often as necessary.
pub(crate) struct Holder {
    pub(crate) module: Arc<Module>,
    pub(crate) uri: KeyUri,
    pub(crate) pin: GivenPin,
}

/// A private key in a session with a login.
pub(crate) struct Found {
    pub(crate) session: Session,
    pub(crate) token: Token,
    pub(crate) key: PrivateObject,
}

/// The source of the PIN.
pub(crate) enum GivenPin {
    /// Not at all.
    None,
    /// As it is.
    Held(Pin),
    /// The place to read it from, for each login.
    At(PinSource),
}

impl Holder {
    /// Runs `work` without other logins of this process. If it fails because something has ended, runs it once more, if
    /// necessary after a restart of the module.
    pub(crate) fn anew<T>(
        &self,
        deadline: Instant,
        mut work: impl FnMut(&Call<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let limit = deadline.saturating_duration_since(Instant::now());
        let slow = || Error::Slow { waited: limit };
        let turn = self.module.turn(limit).ok_or_else(slow)?;
        let call = self.module.call(deadline).ok_or_else(slow)?;
        let error = match work(&call) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let began = call.began;
        drop(call);
        let _turn = match error.remedy() {
            Remedy::None => return Err(error),
            Remedy::Login => {
                // Some tokens have room for one session only.
                turn.close_ended();
                turn
            }
            Remedy::Restart => {
                // Others may log in until then.
                drop(turn);
                self.module.restart(began, deadline)?;
                let left = deadline.saturating_duration_since(Instant::now());
                self.module.turn(left).ok_or_else(slow)?
            }
        };
        let call = self.module.call(deadline).ok_or_else(slow)?;
        work(&call)
    }

    /// Finds token and key, and logs in.
    pub(crate) fn log_in(&self, call: &Call<'_>) -> Result<Found, Error> {
        let token = Token::find(call, self.module.name(), &self.uri)?;
        let at = token.at();
        let session = call.pkcs11.open_ro_session(token.slot);
        let session = session.map_err(|error| Answer::new(&*at, error))?;
        self.authenticate(call, &session, &token)?;
        let key = PrivateObject::find(&session, token.label(), &self.uri)?;
        Ok(Found {
            session,
            token,
            key,
        })
    }

    /// The public half of the key that was found.
    pub(crate) fn numbers(
        &self,
        Found {
            session,
            token,
            key,
        }: &Found,
    ) -> Result<PublicNumbers, Error> {
        PublicNumbers::find(session, token.label(), key)
    }

    /// Logs in the token's user, if the token requires it.
    fn authenticate(&self, call: &Call<'_>, session: &Session, token: &Token) -> Result<(), Error> {
        match token.login_required() {
            Some(false) => Ok(()),
            _ => self.try_pin(call, session, UserType::User, token),
        }
    }

    /// Logs in for one signature, if the key requires it.
    pub(crate) fn authenticate_for_key(
        &self,
        call: &Call<'_>,
        session: &Session,
        token: &Token,
    ) -> Result<(), Error> {
        self.try_pin(call, session, UserType::ContextSpecific, token)
    }

    /// Logs in with the PIN, unless the token has refused this PIN before.
    fn try_pin(
        &self,
        call: &Call<'_>,
        session: &Session,
        user: UserType,
        token: &Token,
    ) -> Result<(), Error> {
        let pin = self.pin()?;
        if pin.is_none() && !token.asks_itself() {
            return Err(Error::NoPin {
                token: token.label().to_owned(),
            });
        }
        let refused = |answer| Error::PinRefused {
            answer,
            tries: token.tries(call),
        };
        let identity = token.identity();
        // Two sessions that log in at the same time would try a wrong PIN twice.
        let waited = call.time_left();
        let _trial = self.module.trial(waited).ok_or(Error::Slow { waited })?;
        let earlier = pin.as_ref();
        if let Some(answer) = earlier.and_then(|pin| self.module.refusal(&identity, pin)) {
            return Err(refused(answer));
        }
        let Err(error) = log_in(session, user, pin.as_ref()) else {
            return Ok(());
        };
        let answer = Answer::new(token.at(), error);
        if !answer.is_about_pin() {
            return Err(answer.into());
        }
        if let Some(pin) = &pin {
            self.module.refuse(&identity, pin, &answer);
        }
        Err(refused(answer))
    }

    fn pin(&self) -> Result<Option<Pin>, Error> {
        Ok(match &self.pin {
            GivenPin::None => None,
            GivenPin::Held(pin) => Some(pin.clone()),
            GivenPin::At(source) => Some(source.read()?),
        })
    }
}

/// It holds for all sessions of a process with the token.
fn log_in(session: &Session, user: UserType, pin: Option<&Pin>) -> Result<(), CallError> {
    let pin = pin.map(|pin| AuthPin::from(pin.expose()));
    match session.login(user, pin.as_ref()) {
        Ok(()) | Err(CallError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
        Err(error) => Err(error),
    }
}
