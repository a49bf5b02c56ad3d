use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a contender can be asked to do.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Offer {
    /// Whom it is compared with: those of the same group do the same work.
    pub group: String,
    /// The library, such as `jsonwebtoken`.
    pub name: String,
    /// Its release; empty where the lock file of the Rust workspace knows it.
    #[serde(default)]
    pub version: String,
    /// What computes the signatures.
    pub backend: String,
    /// The kind of that.
    pub class: Class,
    /// How the library is called, in a few words: the work that is done once, and the work for each.
    pub how: String,
    /// Whether it only signs [`Task::signing_input`](crate::Task::signing_input), again and again, and writes nothing: what
    /// an assertion costs at least.
    #[serde(default)]
    pub bare: bool,
}

/// What kind of code computes: like is compared with like.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// C and assembly, as aws-lc, BoringSSL, OpenSSL and ring have it.
    Native,
    /// Rust alone.
    Rust,
}

/// One [`Offer`] with the code behind it.
pub struct Work {
    pub(crate) offer: Offer,
    pub(crate) once: Box<dyn FnMut(u64) -> String>,
    pub(crate) many: Box<dyn FnMut(u64)>,
    pub(crate) facts: Box<dyn FnMut() -> Value>,
}

impl Work {
    /// `work` does it for the number that it is given and returns what came out, to be looked at by `show`.
    ///
    /// The result of each run is kept from being optimized away.
    pub fn new<T: 'static>(
        offer: Offer,
        work: impl Fn(u64) -> T + Clone + 'static,
        show: impl Fn(T) -> String + 'static,
    ) -> Self {
        let once = work.clone();
        Self {
            offer,
            once: Box::new(move |index| show(once(index))),
            many: Box::new(move |count| {
                for index in 0..count {
                    core::hint::black_box(work(core::hint::black_box(index)));
                }
            }),
            facts: Box::new(|| Value::Null),
        }
    }

    /// `many` does it so often; what comes out is not shown.
    pub fn bulk(offer: Offer, many: impl FnMut(u64) + 'static) -> Self {
        Self {
            offer,
            once: Box::new(|_| String::new()),
            many: Box::new(many),
            facts: Box::new(|| Value::Null),
        }
    }

    /// The output for the number that it receives.
    #[must_use]
    pub fn with_sample(mut self, once: impl FnMut(u64) -> String + 'static) -> Self {
        self.once = Box::new(once);
        self
    }

    /// Other facts about it.
    #[must_use]
    pub fn with_facts(mut self, facts: impl FnMut() -> Value + 'static) -> Self {
        self.facts = Box::new(facts);
        self
    }

    /// What it is.
    #[must_use]
    pub const fn offer(&self) -> &Offer {
        &self.offer
    }

    /// Does it once for the number that it is given, and shows what came out.
    pub fn sample(&mut self, index: u64) -> String {
        (self.once)(index)
    }

    /// Does it so often.
    pub fn run(&mut self, count: u64) {
        (self.many)(count);
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.offer.fmt(f)
    }
}
