use redox_auth_core::{Now, Pace, Refusal};

/// What the device brings: the time and random bytes, and a log if it keeps one.
pub trait Device {
    /// What time it is. The wall clock may be unknown: the session then learns the time from the server.
    fn now(&mut self) -> Now;

    /// 16 bytes of a cryptographic random source, other ones at each call: they become the `jti` of an assertion. `None`
    /// when it has none at the moment.
    fn random(&mut self) -> Option<[u8; 16]>;

    /// The server refused a token. [`Refusal::words`] shows what it said, for a log; the answer is wiped afterwards.
    ///
    /// Name the secret of a legacy API key there, so that it is not shown where a server repeats it.
    fn refused(&mut self, refusal: &Refusal<'_>) {
        let _ = refusal;
    }

    /// How fast requests to this `host` may begin, if the device keeps to a pace: requests for tokens as well as the
    /// application's own. Keep one [`Pace`] for each host. A request that comes too soon is not sent, see
    /// [`Error::NotYet`](crate::Error::NotYet).
    ///
    /// Without one every request is sent at once, and the device has no byte of flash for it.
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
