//! A device, a scripted server, and a gateway between them.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow would fail the test"
)]

pub(crate) mod peer;

use core::cell::{Cell, RefCell};
use core::future::ready;
use std::rc::Rc;

use embassy_futures::block_on;
use redox_auth_core::{
    Algorithm, Api, AsyncSigner, Client, Instant, Now, OAuthKey, Pace, Refusal, Region, Server,
    Session, SignError, Signer, UnixTime,
};
use redox_auth_gateway::{Answer, Buffers, Bytes, Device, Error, Gateway, Payload, Request};

use peer::{Network, Script};

/// The two ways to call a gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flavour {
    Blocking,
    Async,
}

pub(crate) const BOTH: [Flavour; 2] = [Flavour::Blocking, Flavour::Async];

/// A gateway of a client of Redox, with scripted servers.
pub(crate) type TestGateway<'b> =
    Gateway<'b, Client<'static, FakeSigner>, TestDevice, Network, [u8; 1024]>;

/// The memory of a gateway.
pub(crate) struct Memory {
    pub(crate) wire: Vec<u8>,
    pub(crate) token: Vec<u8>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self {
            wire: vec![0; 2048],
            token: vec![0; 2048],
        }
    }

    pub(crate) fn buffers(&mut self) -> Buffers<'_> {
        Buffers {
            wire: &mut self.wire,
            token: &mut self.token,
        }
    }
}

/// The gateway's connections follow these scripts, in order.
pub(crate) fn gateway<'b>(memory: &'b mut Memory, scripts: Vec<Script>) -> TestGateway<'b> {
    gateway_of(memory, scripts, redox())
}

pub(crate) fn gateway_of<'b>(
    memory: &'b mut Memory,
    scripts: Vec<Script>,
    client: Client<'static, FakeSigner>,
) -> TestGateway<'b> {
    let device = TestDevice::new();
    let network = Network::new(scripts, &device);
    Gateway::new(Session::new(client), device, network, memory.buffers())
}

/// Redox in the United States, with an OAuth API key.
pub(crate) fn redox() -> Client<'static, FakeSigner> {
    let keys = vec![OAuthKey::new("client-1", "key-1", &FakeSigner)];
    Client::new(Server::redox(Region::Us)).with_oauth_keys(keys.leak())
}

/// The result of a request: status and whole body.
pub(crate) type Outcome = Result<(u16, Vec<u8>), Error>;

impl Flavour {
    pub(crate) fn authorize(self, gateway: &mut TestGateway<'_>) -> Result<(), Error> {
        match self {
            Self::Blocking => gateway.authorize(),
            Self::Async => block_on(gateway.authorize_async()),
        }
    }

    pub(crate) fn learn_time(self, gateway: &mut TestGateway<'_>) -> Result<(), Error> {
        match self {
            Self::Blocking => gateway.learn_time(),
            Self::Async => block_on(gateway.learn_time_async()),
        }
    }

    pub(crate) fn send<'g, 'b, P>(
        self,
        gateway: &'g mut TestGateway<'b>,
        request: Request<'_, P>,
    ) -> Result<Answer<'g, 'b, TestDevice, Network>, Error>
    where
        P: Payload + embedded_io::Read + embedded_io_async::Read,
    {
        match self {
            Self::Blocking => gateway.send(request),
            Self::Async => block_on(gateway.send_async(request)),
        }
    }

    /// Sends the request and reads the whole answer.
    pub(crate) fn exchange<P>(
        self,
        gateway: &mut TestGateway<'_>,
        request: Request<'_, P>,
    ) -> Outcome
    where
        P: Payload + embedded_io::Read + embedded_io_async::Read,
    {
        let mut answer = self.send(gateway, request)?;
        let mut body = vec![0; 64 * 1024];
        let status = answer.status();
        let body = match self {
            Self::Blocking => answer.read_all(&mut body)?,
            Self::Async => block_on(answer.read_all_async(&mut body))?,
        };
        Ok((status, body.to_vec()))
    }
}

/// A message for the Data Model API.
pub(crate) fn message(body: &[u8]) -> Request<'_, Bytes<'_>> {
    Request::post(Api::DataModel, "/endpoint")
        .content_type("application/json")
        .body(body)
}

/// Clocks that a test moves, and random bytes that a test knows.
#[derive(Clone)]
pub(crate) struct TestDevice {
    millis: Rc<Cell<u64>>,
    /// The time that passes at each reading of the clock.
    pub(crate) tick_ms: u64,
    /// `None` if the wall clock is unknown.
    pub(crate) unix: Option<u64>,
    random: Rc<RefCell<u8>>,
    pub(crate) has_random: bool,
    /// The servers' words in refusals.
    pub(crate) log: Vec<String>,
    /// The pace of each host, if the device keeps one.
    pub(crate) paces: Vec<(String, Pace)>,
}

impl TestDevice {
    pub(crate) fn new() -> Self {
        Self {
            millis: Rc::new(Cell::new(1_000_000)),
            tick_ms: 0,
            unix: Some(1_800_000_000),
            random: Rc::default(),
            has_random: true,
            log: Vec::new(),
            paces: Vec::new(),
        }
    }

    pub(crate) fn pass_millis(&self, millis: u64) {
        self.millis.set(self.millis.get() + millis);
    }

    pub(crate) fn instant(&self) -> Instant {
        Instant::from_millis(self.millis.get())
    }
}

impl Device for TestDevice {
    fn now(&mut self) -> Now {
        self.pass_millis(self.tick_ms);
        let passed = (self.millis.get() - 1_000_000) / 1_000;
        Now {
            instant: self.instant(),
            unix: self.unix.map(|unix| UnixTime::from_secs(unix + passed)),
        }
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        let mut random = self.random.borrow_mut();
        *random = random.wrapping_add(1);
        self.has_random.then_some([*random; 16])
    }

    fn refused(&mut self, refusal: &Refusal<'_>) {
        self.log.push(refusal.words(&["s3cret"]).to_string());
    }

    fn pace(&mut self, host: &str) -> Option<&mut Pace> {
        let mut paces = self.paces.iter_mut();
        paces.find(|(of, _)| of == host).map(|(_, pace)| pace)
    }
}

/// A signer whose signatures are zeros, because the scripts ignore them.
pub(crate) struct FakeSigner;

impl Signer for FakeSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        signature.fill(0);
        Ok(())
    }
}

impl AsyncSigner for FakeSigner {
    fn algorithm(&self) -> Algorithm {
        Signer::algorithm(self)
    }

    fn signature_len(&self) -> usize {
        Signer::signature_len(self)
    }

    fn sign(
        &self,
        message: &[u8],
        signature: &mut [u8],
    ) -> impl Future<Output = Result<(), SignError>> {
        ready(Signer::sign(self, message, signature))
    }
}
