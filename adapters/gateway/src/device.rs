use redox_auth_core::{Now, Pace, Refusal};

/// The services that the device provides: the time, random bytes, and optionally a log and a pace.
pub trait Device {
    /// The current time. The wall clock may be unknown: the session then learns the time from the server.
    fn now(&mut self) -> Now;

    /// 16 new bytes from a cryptographic random source, for the `jti` of an assertion. `None` if the source has none at
    /// the moment.
    fn random(&mut self) -> Option<[u8; 16]>;

    /// Called when the server refused a token. Log the server's words with [`Refusal::words`]. The answer is wiped
    /// afterwards.
    ///
    /// Pass the secret of a legacy API key to `words`, because a server may repeat it.
    fn refused(&mut self, refusal: &Refusal<'_>) {
        let _ = refusal;
    }

    /// The pace of requests to this `host`, if the device keeps one. It applies to token requests and to the
    /// application's own requests. Keep one [`Pace`] for each host. A request that comes too soon is not sent, see
    /// [`Error::NotYet`](crate::Error::NotYet).
    ///
    /// Without a pace every request is sent at once, and the code for it takes no flash.
    fn pace(&mut self, host: &str) -> Option<&mut Pace> {
        let _ = host;
        None
    }
}

impl<D: Device + ?Sized> Device for &mut D {
    fn now(&mut self) -> Now {
        (**self).now()
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        (**self).random()
    }

    fn refused(&mut self, refusal: &Refusal<'_>) {
        (**self).refused(refusal);
    }

    fn pace(&mut self, host: &str) -> Option<&mut Pace> {
        (**self).pace(host)
    }
}
