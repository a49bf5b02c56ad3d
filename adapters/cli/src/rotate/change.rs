use super::interruption::Interruption;
use super::key_set::KeySet;
use super::new_key::NewKey;
use super::registration::{NotSet, Registration};
use super::token_endpoint::TokenEndpoint;
use super::{OldKey, say};
use crate::connect::KeySource;
use crate::failure::Failure;

/// A change of keys that happens as a whole, or not at all.
pub(super) struct Change<'a> {
    pub(super) registration: &'a Registration,
    pub(super) endpoint: &'a TokenEndpoint<'a>,
    pub(super) old: &'a KeySource,
    pub(super) old_id: &'a str,
    pub(super) what_of_old: OldKey,
    pub(super) new: &'a NewKey,
    /// The registered keys at the start.
    pub(super) before: &'a KeySet,
}

impl Change<'_> {
    /// Makes the change, and undoes everything when a step fails.
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

    /// Goes from both keys to the new one. Withdraws the old key only after a token with the new key.
    async fn hand_over(
        &self,
        both: &KeySet,
        interruption: &mut Interruption,
    ) -> Result<(), Failure> {
        say("obtaining a token with the new key");
        interruption
            .or(self.endpoint.learns(&self.new.source))
            .await?;
        if self.what_of_old == OldKey::Stays {
            return Ok(());
        }
        say("checking that the registered keys are unchanged");
        let found = interruption.or(self.registration.keys()).await?;
        if found != *both {
            return Err(Failure::no_answer(format!(
                "another user has changed the registered keys: expected {both}, found {found}"
            )));
        }
        say(format_args!("withdrawing the old key {}", self.old_id));
        let after = found.without(self.old_id);
        self.registration
            .set_keys(&after)
            .await
            .map_err(Failure::from)?;
        say("obtaining another token with the new key");
        interruption
            .or(self.endpoint.learns(&self.new.source))
            .await?;
        say("checking that the server refuses the old key");
        interruption.or(self.endpoint.forgets(self.old)).await
    }

    /// Restores the keys that were registered before, unless another user has changed them meanwhile. Returns the
    /// failure with the resulting state.
    async fn take_back(&self, both: &KeySet, failure: Failure) -> Failure {
        say("restoring the registered keys");
        let kept = format!(
            "{}, in {}, is kept: the server may have stored it",
            self.new.id,
            self.new.shown()
        );
        match self.put_back(both).await {
            Ok(()) => failure.and("keys", &format!("as before, {}", self.before)),
            Err(why) => failure
                .and("keys", &why)
                .and("remedy", REMEDY)
                .left_half_done(),
        }
        .and("new key", &kept)
    }

    /// # Errors
    /// Why the keys are not as before, and the present keys.
    async fn put_back(&self, both: &KeySet) -> Result<(), String> {
        let before = self.before;
        let mut attempts = 1;
        loop {
            let (failure, seen) = match self.try_to_put_back(both).await {
                Ok(()) => return Ok(()),
                Err(Obstacle::SomebodyElse(found)) => {
                    return Err(format!(
                        "left as another user changed them: {found}; before: {before}"
                    ));
                }
                Err(Obstacle::NotSeen(failure)) => (failure, "not known".to_owned()),
                Err(Obstacle::NotSet(failure, found)) => (failure, found.to_string()),
            };
            if attempts == ATTEMPTS {
                return Err(format!(
                    "perhaps not restored; before: {before}; now: {seen}; {}",
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

/// Why the keys cannot be restored.
enum Obstacle {
    /// The registered keys are not those of this change.
    SomebodyElse(KeySet),
    NotSeen(Failure),
    /// The registered keys before the attempt.
    NotSet(Failure, KeySet),
}

/// What a person must do after an incomplete change.
const REMEDY: &str =
    "open the Redox dashboard, and keep the keys registered that programs sign with";

/// The number of attempts to restore the keys. The client also retries, with waits.
const ATTEMPTS: usize = 3;
