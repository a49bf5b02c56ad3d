use core::hash::Hash;
use core::pin::Pin;
use std::collections::HashMap;

use tokio::sync::watch;

use crate::client::Redox;
use crate::error::tenant::TenantError;

/// A client that is being made.
pub(super) type Making = Pin<Box<dyn Future<Output = Made> + Send>>;

pub(super) type Made = Result<Redox, TenantError>;

/// The place of the result, for all waiting callers.
pub(super) type MadeReceiver = watch::Receiver<Option<Made>>;

/// The clients that are being made, at most one for each key.
pub(super) struct UnderWay<K>(HashMap<K, MadeReceiver>);

impl<K: Eq + Hash> UnderWay<K> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    pub(super) fn of(&self, key: &K) -> Option<MadeReceiver> {
        self.0.get(key).cloned()
    }

    pub(super) fn begin(&mut self, key: K) -> (watch::Sender<Option<Made>>, MadeReceiver) {
        let (sender, receiver) = watch::channel(None);
        self.0.insert(key, receiver.clone());
        (sender, receiver)
    }

    /// Ends this one; `false` if it is no longer the one of its key.
    pub(super) fn end(&mut self, key: &K, sender: &watch::Sender<Option<Made>>) -> bool {
        let receiver = sender.subscribe();
        let is_current = self.0.get(key).is_some_and(|it| it.same_channel(&receiver));
        if is_current {
            self.0.remove(key);
        }
        is_current
    }

    /// A client that is being created for this key comes too late.
    pub(super) fn forget(&mut self, key: &K) {
        self.0.remove(key);
    }
}
