use redox_auth_core::Now;

/// What the device brings: the time and random bytes.
pub trait Device {
    /// What time it is. The wall clock may be unknown: the session then learns the time from the server.
    fn now(&mut self) -> Now;

    /// 16 bytes of a cryptographic random source, other ones at each call: they become the `jti` of an assertion. `None`
    /// when it has none at the moment.
    fn random(&mut self) -> Option<[u8; 16]>;
}

impl<D: Device + ?Sized> Device for &mut D {
    fn now(&mut self) -> Now {
        (**self).now()
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        (**self).random()
    }
}
