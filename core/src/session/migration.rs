use super::Session;
use super::next::ServedBy;
use super::storage::TokenStorage;
use crate::identity::Identity;
use crate::time::Instant;

impl<I: Identity, S: TokenStorage> Session<I, S> {
    /// Switches to one credential, or back, from now on. The current token is kept.
    pub const fn prefer(&mut self, preference: Preference) {
        self.preference = preference;
    }

    /// The credential that the session should use.
    #[must_use]
    pub const fn preference(&self) -> Preference {
        self.preference
    }

    /// Whether the secret of the legacy API key can be replaced without an interruption here. A new secret ends the old
    /// one at once.
    #[must_use]
    pub fn legacy_secret_rotation(&self, now: Instant) -> SecretRotation {
        let served_by = self.slot.live(now).map(|held| held.served_by);
        let why = if !self.has_oauth {
            WhyNotYet::NoOAuthKey
        } else if self.preference == Preference::LegacyOnly {
            WhyNotYet::LegacyPreferred
        } else if served_by.is_none_or(|by| by == ServedBy::Legacy) {
            WhyNotYet::NotServedByOAuth
        } else if self.oauth_streak < TOKENS_IN_A_ROW {
            WhyNotYet::TooFewTokens {
                found: self.oauth_streak,
                needed: TOKENS_IN_A_ROW,
            }
        } else {
            return SecretRotation::Ready;
        };
        SecretRotation::NotYet(why)
    }

    /// The credential for the next token; `None` if there is none.
    pub(super) fn way(&self, now: Instant) -> Option<Way> {
        let oauth = self.has_oauth.then_some(Way::OAuth);
        let legacy = self.has_legacy.then_some(Way::Legacy);
        match self.preference {
            Preference::OAuthOnly => oauth,
            Preference::LegacyOnly => legacy,
            Preference::OAuthFirst if self.is_oauth_refused(now) => legacy.or(oauth),
            Preference::OAuthFirst => oauth.or(legacy),
        }
    }

    /// Whether the server refuses the OAuth API key because of a setting, and it is too early to try again.
    fn is_oauth_refused(&self, now: Instant) -> bool {
        self.oauth.stopped().is_some() && now < self.oauth.until()
    }

    /// The first moment up to `at` when the other credential may be tried again, and the answer may change.
    pub(super) fn reconsider_at(&self, way: Way, now: Instant, at: Instant) -> Instant {
        let both = self.has_oauth && self.preference == Preference::OAuthFirst;
        if both && way == Way::Legacy && now < self.oauth.until() {
            at.min(self.oauth.until())
        } else {
            at
        }
    }

    /// Counts a token towards [`SecretRotation::Ready`].
    pub(super) const fn count_token(&mut self, way: Way) {
        match way {
            Way::OAuth => {
                self.oauth_streak = self.oauth_streak.saturating_add(1);
                self.counters.oauth_tokens = self.counters.oauth_tokens.saturating_add(1);
            }
            Way::Legacy => {
                self.oauth_streak = 0;
                self.counters.legacy_tokens = self.counters.legacy_tokens.saturating_add(1);
            }
        }
    }
}

/// The credential to use in a session that has both.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Preference {
    /// The OAuth API key, and the legacy API key while the server refuses the OAuth API key because of a setting.
    #[default]
    OAuthFirst,
    /// The OAuth API key only.
    OAuthOnly,
    /// The legacy API key only: before the migration, or back from it.
    LegacyOnly,
}

/// Whether the secret of the legacy API key can be replaced without an interruption.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SecretRotation {
    /// The OAuth API key has obtained the token, and several before it in a row.
    Ready,
    /// Not yet.
    NotYet(WhyNotYet),
}

/// Why the legacy API key is still needed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WhyNotYet {
    /// There is no OAuth API key.
    NoOAuthKey,
    /// The preference is [`Preference::LegacyOnly`].
    LegacyPreferred,
    /// The current token came from the legacy API key, or there is none.
    NotServedByOAuth,
    /// The OAuth API key has not obtained enough tokens yet.
    TooFewTokens {
        /// The number of tokens it has obtained in a row.
        found: u8,
        /// The number of tokens needed.
        needed: u8,
    },
}

/// Counts the events of a session since it was made. A counter stops at its greatest value.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Counters {
    /// Requests begun, of every kind.
    pub requests: u32,
    /// Tokens from the OAuth API key.
    pub oauth_tokens: u32,
    /// Tokens from the legacy API key.
    pub legacy_tokens: u32,
    /// Refusals by the server, for any reason.
    pub refusals: u32,
    /// Requests without a usable answer.
    pub failures: u32,
    /// Tokens dropped because the API rejected them.
    pub rejections: u32,
    /// The number of times that the clock was learned from the server or corrected.
    pub clock_corrections: u32,
}

impl Counters {
    /// Tokens from either credential.
    #[must_use]
    pub const fn tokens(&self) -> u32 {
        self.oauth_tokens.saturating_add(self.legacy_tokens)
    }
}

/// One of the two credentials.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    OAuth,
    Legacy,
}

impl Way {
    pub(super) const fn of(served_by: ServedBy) -> Self {
        match served_by {
            ServedBy::OAuth { .. } => Self::OAuth,
            ServedBy::Legacy => Self::Legacy,
        }
    }
}

/// The number of tokens in a row that proves the OAuth API key: the first, and two renewals.
const TOKENS_IN_A_ROW: u8 = 3;
