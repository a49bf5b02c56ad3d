use std::sync::Arc;

use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use redox_auth_reqwest::Algorithm;

use crate::error::{Answer, Error};
use crate::holder::{Found, Holder};
use crate::mechanism::Way;
use crate::module::{Call, Module};
use crate::public_key::PublicNumbers;
use crate::token::Token;

/// A session with a login, and the private key in it.
pub(crate) struct Login {
    session: Option<Session>,
    module: Arc<Module>,
    /// The restart count of the module at the start of the session.
    epoch: u64,
    token: Token,
    key: ObjectHandle,
    /// Whether each signature needs its own login.
    authenticates: bool,
    /// The mechanisms that the token lists, until one has made a valid signature; then that one.
    ways: Vec<Way>,
    is_proved: bool,
}

impl Login {
    /// The mechanisms for the found key.
    pub(crate) fn new(
        holder: &Holder,
        call: &Call<'_>,
        found: Found,
        algorithm: Algorithm,
    ) -> Result<Self, Error> {
        let Found {
            session,
            token,
            key,
        } = found;
        let failed = |error| Answer::new(token.at(), error);
        let listed = call.pkcs11.get_mechanism_list(token.slot);
        let listed = listed.map_err(failed)?;
        let mut ways = Way::of(algorithm).to_vec();
        ways.retain(|way| listed.contains(&way.kind()));
        let authenticates = key.always_authenticates(&session).map_err(failed)?;
        Ok(Self {
            session: Some(session),
            module: Arc::clone(&holder.module),
            epoch: call.epoch,
            token,
            key: key.handle,
            authenticates,
            ways,
            is_proved: false,
        })
    }

    /// Whether the module has not restarted since.
    pub(crate) const fn is_of(&self, epoch: u64) -> bool {
        self.epoch == epoch
    }

    /// Signs `message`, and verifies the first signature with the public key.
    pub(crate) fn sign(
        &mut self,
        holder: &Holder,
        call: &Call<'_>,
        numbers: &PublicNumbers,
        algorithm: Algorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, Error> {
        if let ([way], true) = (self.ways.as_slice(), self.is_proved) {
            return self.sign_by(*way, holder, call, message);
        }
        let mut tried = Vec::new();
        let mut wrong = None;
        for way in self.ways.clone() {
            match self.sign_by(way, holder, call, message) {
                Ok(signature) if numbers.verifies(algorithm, message, &signature) => {
                    self.ways = vec![way];
                    self.is_proved = true;
                    return Ok(signature);
                }
                Ok(_) => wrong = Some(way.name()),
                Err(Error::Answer(answer)) if answer.is_about_mechanism() => {
                    tried.push(format!("{}: {answer}{}", way.name(), self.limit()));
                }
                Err(error) => return Err(error),
            }
        }
        Err(match wrong {
            Some(mechanism) => Error::WrongSignature { mechanism },
            None => Error::NoMechanism {
                algorithm,
                looked_for: Way::of(algorithm).map(Way::name).to_vec(),
                tried,
            },
        })
    }

    fn sign_by(
        &mut self,
        way: Way,
        holder: &Holder,
        call: &Call<'_>,
        message: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let signed = self.try_to_sign(way, holder, call, message);
        if let Err(Error::Answer(answer)) = &signed
            && answer.ends_session()
        {
            self.forget();
        }
        signed
    }

    fn try_to_sign(
        &self,
        way: Way,
        holder: &Holder,
        call: &Call<'_>,
        message: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let failed = |error| Answer::new(self.token.at(), error);
        let Some(session) = &self.session else {
            return Err(Error::Ended);
        };
        let (mechanism, input) = (way.mechanism(), way.input(message));
        if !self.authenticates {
            let signature = session.sign(&mechanism, self.key, &input);
            return Ok(signature.map_err(failed)?);
        }
        // The login must come between the first and the last call of a signature.
        session.sign_init(&mechanism, self.key).map_err(failed)?;
        holder.authenticate_for_key(call, session, &self.token)?;
        session.sign_update(&input).map_err(failed)?;
        Ok(session.sign_final().map_err(failed)?)
    }

    /// The requirement for mechanisms of a key with a login for each signature.
    const fn limit(&self) -> &'static str {
        match self.authenticates {
            true => {
                " (a key with CKA_ALWAYS_AUTHENTICATE needs a mechanism that accepts its input in parts)"
            }
            false => "",
        }
    }

    /// Forgets an ended session. Another session may have its number, therefore it must not be closed.
    fn forget(&mut self) {
        core::mem::forget(self.session.take());
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            self.module.close(self.epoch, session);
        }
    }
}
