use super::interruption::Interruption;
use super::key_set::KeySet;
use super::new_key::NewKey;
use super::registration::{NotSet, Registration};
use super::token_endpoint::TokenEndpoint;
use super::{OldKey, say};
use crate::connect::KeySource;
use crate::failure::Failure;

/// A change of keys that is carried out as a whole, or not at all.
pub(super) struct Change<'a> {
    pub(super) registration: &'a Registration,
    pub(super) endpoint: &'a TokenEndpoint<'a>,
    pub(super) old: &'a KeySource,
    pub(super) old_id: &'a str,
    pub(super) what_of_old: OldKey,
    pub(super) new: &'a NewKey,
    /// What was registered when it began.
    pub(super) before: &'a KeySet,
}

impl Change<'_> {
    /// Does it, and takes everything back when a step fails.
    pub(super) async fn carry_out(&self, interruption: &mut Interruption) -> Result<(), Failure> {
        let both = self.before.and(&self.new.public);
        say(format_args!(
            "writing the new key {} to {}",
            self.new.id,
            self.new.shown()
        ));
        self.new.write()?;
        say(format_args!("registering the keys {both}"));
        match self.registration.set_keys(&both).await {
            Ok(()) => {}
            Err(NotSet::Surely(failure)) => {
                let failure = failure.and("keys", &format!("as before, {}", self.before));
                return Err(failure.and("new key", &self.new.remove()));
            }
            Err(NotSet::Perhaps(failure)) => return Err(self.take_back(&both, failure).await),
        }
        match self.hand_over(&both, interruption).await {
            Ok(()) => Ok(()),
            Err(failure) => Err(self.take_back(&both, failure).await),
        }
    }

    /// From both keys to the new one. The old one goes only when the new one is known to work.
    async fn hand_over(
        &self,
        both: &KeySet,
        interruption: &mut Interruption,
    ) -> Result<(), Failure> {
        say("getting a token with the new key");
        interruption
            .or(self.endpoint.learns(&self.new.source))
            .await?;
        if self.what_of_old == OldKey::Stays {
            return Ok(());
        }
        say("looking whether the registered keys are still the same");
        let found = interruption.or(self.registration.keys()).await?;
        if found != *both {
            return Err(Failure::no_answer(format!(
                "somebody else has changed the registered keys: expected {both}, found {found}"
            )));
        }
        say(format_args!("withdrawing the old key {}", self.old_id));
        let after = found.without(self.old_id);
        self.registration
            .set_keys(&after)
            .await
            .map_err(Failure::from)?;
        say("getting another token with the new key");
        interruption
            .or(self.endpoint.learns(&self.new.source))
            .await?;
        say("looking whether the old key is refused");
        interruption.or(self.endpoint.forgets(self.old)).await
    }

    /// Registers what was registered before, unless somebody else has changed it meanwhile. Returns the failure, with the
    /// state that things are in.
    async fn take_back(&self, both: &KeySet, failure: Failure) -> Failure {
        say("putting the registered keys back");
        let kept = format!(
            "{}, in {}, is kept: the server may have known it",
            self.new.id,
            self.new.shown()
        );
        match self.put_back(both).await {
            Ok(()) => failure.and("keys", &format!("as before, {}", self.before)),
            Err(why) => failure.and("keys", &why).and("do", DO).left_half_done(),
        }
        .and("new key", &kept)
    }

    /// # Errors
    /// Why the keys are not as they were, and what they are instead.
    async fn put_back(&self, both: &KeySet) -> Result<(), String> {
        let before = self.before;
        let mut attempts = 1;
        loop {
            let (failure, seen) = match self.try_to_put_back(both).await {
                Ok(()) => return Ok(()),
                Err(Obstacle::SomebodyElse(found)) => {
                    return Err(format!(
                        "left as somebody else has made them, {found}; before, {before}"
                    ));
                }
                Err(Obstacle::NotSeen(failure)) => (failure, "not known".to_owned()),
                Err(Obstacle::NotSet(failure, found)) => (failure, found.to_string()),
            };
            if attempts == ATTEMPTS {
                return Err(format!(
                    "perhaps not put back; before, {before}; now, {seen}; {}",
                    failure.in_one_line()
                ));
            }
            attempts = attempts.saturating_add(1);
        }
    }

    async fn try_to_put_back(&self, both: &KeySet) -> Result<(), Obstacle> {
        let found = self.registration.keys().await.map_err(Obstacle::NotSeen)?;
        if found == *self.before {
            return Ok(());
        }
        if found != *both && found != both.without(self.old_id) {
            return Err(Obstacle::SomebodyElse(found));
        }
        let set = self.registration.set_keys(self.before).await;
        set.map_err(|not_set| Obstacle::NotSet(not_set.into(), found))
    }
}

/// What is in the way of putting the keys back.
enum Obstacle {
    /// These are none of the keys that were registered here.
    SomebodyElse(KeySet),
    NotSeen(Failure),
    /// They were these before it was tried.
    NotSet(Failure, KeySet),
}

/// What a person has to do where the keys are left as nobody wanted them.
const DO: &str =
    "see in the Redox dashboard which keys are registered, and leave those that programs sign with";

/// How often it is tried to put the keys back. The client has repetitions of its own, with waits.
const ATTEMPTS: usize = 3;
