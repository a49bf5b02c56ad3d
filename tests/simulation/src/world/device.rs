use redox_auth_core::Preference;

use crate::Credentials;
use crate::checker::Watch;
use crate::clocks::Clocks;
use crate::subject::Subject;

/// A device, or a process, with one session.
pub(super) struct Device {
    pub(super) account: usize,
    pub(super) subject: Box<dyn Subject>,
    pub(super) clocks: Clocks,
    pub(super) watch: Watch,
    pub(super) credentials: Credentials,
    pub(super) preference: Preference,
    /// The number of its boots: messages from before a boot no longer reach it.
    pub(super) boots: u32,
    /// How often its wall clock was set.
    pub(super) wall_sets: u32,
    pub(super) record: Option<Saved>,
    /// A record is to be restored as soon as the time is known.
    pub(super) restore_later: bool,
}

/// A record in flash.
#[derive(Clone)]
pub(super) struct Saved {
    pub(super) bytes: Vec<u8>,
    pub(super) token: String,
    /// Of the device when it was saved.
    pub(super) wall_sets: u32,
    /// Whose time went into it.
    pub(super) time: TimeOf,
}

/// By whose time a session goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TimeOf {
    /// The device's own clock's.
    Device,
    /// The server's.
    Server,
    /// A `Date`'s that lied.
    Nobody,
}

impl Device {
    pub(super) fn new(
        account: usize,
        subject: Box<dyn Subject>,
        clocks: Clocks,
        credentials: Credentials,
    ) -> Self {
        Self {
            watch: watch(&clocks, &credentials),
            account,
            subject,
            clocks,
            credentials,
            preference: Preference::OAuthFirst,
            boots: 0,
            wall_sets: 0,
            record: None,
            restore_later: false,
        }
    }

    /// A session without a memory is watched by one without a memory.
    pub(super) fn start(&mut self, subject: Box<dyn Subject>) {
        self.subject = subject;
        self.subject.prefer(self.preference);
        self.watch = watch(&self.clocks, &self.credentials);
    }

    pub(super) fn replace_credentials(&mut self) {
        let Credentials { keys, legacy, .. } = &self.credentials;
        self.watch.replaced(keys.len(), legacy.is_some());
        self.subject.replace_credentials(self.credentials.clone());
    }

    pub(super) fn time_of(&self) -> TimeOf {
        match (
            self.subject.has_learned_time(),
            self.watch.has_learned_truth(),
        ) {
            (false, _) => TimeOf::Device,
            (true, true) => TimeOf::Server,
            (true, false) => TimeOf::Nobody,
        }
    }

    pub(super) fn has_both(&self) -> bool {
        !self.credentials.keys.is_empty() && self.credentials.legacy.is_some()
    }
}

fn watch(clocks: &Clocks, credentials: &Credentials) -> Watch {
    let has_legacy = credentials.legacy.is_some();
    Watch::new(clocks.ppm(), credentials.keys.len(), has_legacy)
}
