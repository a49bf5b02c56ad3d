use core::ffi::CStr;

use cortex_m::Peripherals;
use redox_auth_core::{
    Api, AsyncSigner, Client, Counters, DATA_MODEL_PATH, Instant, KeyError, Now, OAuthKey,
    RetryAfter, Server, Session, Signer,
};
use redox_auth_gateway::{Buffers, Bytes, Device, Error, ExchangeError, Request};
use semihosting::{print, println, process};
use smoltcp::iface::SocketStorage;
use smoltcp::wire::Ipv4Address;
use static_cell::{ConstStaticCell, StaticCell};

use crate::{
    Clock, Dialer, Frames, HostRandom, Kept, Lan9118, MAC_ADDRESS, Network, Settings, TcpBuffers,
    read_file, stack, write_message,
};

/// What a device lives through, as far as it does not matter whether it waits or awaits.
///
/// It starts without knowing the time, learns it, gets a token, sends two messages, meets a token that was revoked, a server
/// that is busy and a connection that breaks, saves its token, is reset, and goes on with the token that it saved. Then it
/// tells what happened, for the host to compare.
pub(crate) struct Course {
    settings: Settings,
    clock: Clock,
    network: &'static Network,
    kept: &'static mut Kept,
}

impl Course {
    /// Starts the board. Once after each reset.
    ///
    /// # Panics
    ///
    /// When it is called again.
    pub(crate) fn start() -> Self {
        Self::with_sockets(SOCKET.take())
    }

    /// The same, of a board that takes connections as well: each socket needs its storage.
    ///
    /// # Panics
    ///
    /// As there.
    pub(crate) fn with_sockets(sockets: &'static mut [SocketStorage<'static>]) -> Self {
        stack::paint();
        let peripherals = Peripherals::take().expect("nothing took them before");
        let clock = Clock::start(peripherals.SYST);
        // SAFETY: this is the one place, and the peripherals can be taken once.
        let kept = unsafe { Kept::take() };
        kept.counts.boots += 1;
        Self {
            settings: Settings::read(SETTINGS.take()),
            clock,
            network: network(clock, sockets),
            kept,
        }
    }

    /// Reads the key that the host made.
    ///
    /// # Panics
    ///
    /// When it is none.
    // What is only there to begin with is gone from the stack when this returns.
    #[inline(never)]
    pub(crate) fn signer<S: Signer>(
        &self,
        file: &CStr,
        parse: fn(&[u8]) -> Result<S, KeyError>,
    ) -> S {
        let mut buffer = [0; 2048];
        parse(read_file(file, &mut buffer)).expect("the host made this key")
    }

    /// The OAuth API key that the host registered.
    pub(crate) fn key<'s, S: Signer>(&self, signer: &'s S) -> OAuthKey<'s, S> {
        let client_id = self.settings.text("client_id");
        OAuthKey::new(client_id, self.settings.text("key_id"), signer)
    }

    /// The same, for a session that is awaited.
    pub(crate) fn awaited_key<'s, S: AsyncSigner>(&self, signer: &'s S) -> OAuthKey<'s, S> {
        let client_id = self.settings.text("client_id");
        OAuthKey::with_async_signer(client_id, self.settings.text("key_id"), signer)
    }

    /// The board's network.
    pub(crate) const fn network(&self) -> &'static Network {
        self.network
    }

    /// A session of this key with the host's server.
    ///
    /// # Panics
    ///
    /// When the host's URLs are none.
    pub(crate) fn session<'k, S: ?Sized>(
        &self,
        keys: &'k [OAuthKey<'k, S>],
    ) -> Session<Client<'k, S>, [u8; TOKEN_LEN]> {
        let server = Server::new(
            self.settings.text("base_url"),
            self.settings.text("token_url"),
        );
        let server = server.expect("the host gives good URLs");
        Session::new(Client::new(server).with_oauth_keys(keys))
    }

    /// The board's part of a gateway.
    pub(crate) fn board(&self) -> Board {
        Board {
            clock: self.clock,
            random: HostRandom::open(),
        }
    }

    /// What makes the connections to the host's server. Once.
    pub(crate) fn dialer(&self) -> Dialer {
        let authority = read_file(c"authority.der", AUTHORITY.take());
        let address = self.settings.value::<Ipv4Address>("address");
        Dialer::new(self.network, address, authority)
    }

    /// Memory for a gateway. Once.
    pub(crate) fn buffers(&self) -> Buffers<'static> {
        Buffers {
            wire: WIRE.take(),
            token: TOKEN.take(),
        }
    }

    /// Whether the board has just got power, and was not only reset.
    pub(crate) const fn is_first_boot(&self) -> bool {
        self.kept.counts.boots == 1
    }

    /// The board's clock.
    pub(crate) const fn clock(&self) -> Clock {
        self.clock
    }

    /// What survives a reset.
    pub(crate) const fn kept(&mut self) -> &mut Kept {
        self.kept
    }

    /// The source and the destination that the host has.
    pub(crate) fn parties(&self) -> [&'static str; 2] {
        ["source_id", "destination_id"].map(|name| self.settings.text(name))
    }

    /// A Data Model message for the host's destination.
    pub(crate) fn message<'o>(&self, out: &'o mut [u8; MESSAGE_LEN]) -> &'o [u8] {
        let source_id = self.settings.text("source_id");
        write_message(source_id, self.settings.text("destination_id"), out)
    }

    /// What to do about the answer to a message.
    ///
    /// # Panics
    ///
    /// When it is none that the course has.
    pub(crate) fn judge(&mut self, answer: Result<Answered, Error>) -> Verdict {
        let counts = &mut self.kept.counts;
        match answer {
            Ok(Answered { status: 200, .. }) => {
                counts.accepted += 1;
                Verdict::Delivered
            }
            Ok(Answered {
                status: 429,
                retry_after,
            }) => {
                counts.busy += 1;
                let secs = retry_after.and_then(|wait| wait.secs_from(None));
                let secs = secs.expect("the server says for how long");
                Verdict::AgainInMillis(1000 * u64::from(secs))
            }
            Ok(Answered { status, .. }) => panic!("the server answers {status}"),
            // Nobody knows whether it arrived. This application may send a message twice.
            Err(Error::Exchange(ExchangeError::Transport(_) | ExchangeError::Http(_))) => {
                counts.lost += 1;
                Verdict::AgainInMillis(0)
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Prints what the processor did since it had executed so many instructions, and the highest stack so far.
    pub(crate) fn print_cost(&self, what: &str, executed_before: u64) {
        let instructions = self.clock.executed() - executed_before;
        println!("  {what:<40}{instructions:>12}{:>8}", stack::peak());
    }

    /// Adds what happened since the start, before all but what is kept is forgotten.
    pub(crate) fn close_the_books(&mut self, session: Counters, connections: u32) {
        let counts = &mut self.kept.counts;
        counts.rejected += session.rejections;
        counts.tokens += session.oauth_tokens;
        counts.token_requests += session.requests;
        counts.times_learned += session.clock_corrections;
        counts.connections += connections;
        self.kept.peak_stack = self.kept.peak_stack.max(stack::peak());
    }

    /// Prints what happened, for the host to compare.
    pub(crate) fn report(&self) {
        let counts = self.kept.counts;
        println!("peak stack {}", self.kept.peak_stack);
        print!("counts:");
        for (name, count) in [
            ("boots", counts.boots),
            ("accepted", counts.accepted),
            ("busy", counts.busy),
            ("lost", counts.lost),
            ("rejected", counts.rejected),
            ("tokens", counts.tokens),
            ("token_requests", counts.token_requests),
            ("times_learned", counts.times_learned),
            ("connections", counts.connections),
        ] {
            print!(" {name} {count}");
        }
        println!();
    }
}

/// Says why there is no token, and ends the emulator.
pub(crate) fn give_up(error: Error) -> ! {
    println!("gave up: {error}");
    process::exit(2)
}

/// A request that carries a message.
pub(crate) fn request(message: &[u8]) -> Request<'_, Bytes<'_>> {
    Request::post(Api::DataModel, DATA_MODEL_PATH)
        .content_type("application/json")
        .body(message)
}

/// What matters of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    /// The status.
    pub(crate) status: u16,
    /// When to ask again.
    pub(crate) retry_after: Option<RetryAfter>,
}

/// What to do about an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Verdict {
    /// Nothing: the server has the message.
    Delivered,
    /// Send it again after so many milliseconds.
    AgainInMillis(u64),
}

/// The board as the gateway sees it: a clock without a date, and random numbers.
pub(crate) struct Board {
    clock: Clock,
    random: HostRandom,
}

impl Device for Board {
    fn now(&mut self) -> Now {
        Now {
            instant: Instant::from_millis(self.clock.millis()),
            unix: None,
        }
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        Some(self.random.bytes())
    }
}

#[inline(never)]
fn network(clock: Clock, sockets: &'static mut [SocketStorage<'static>]) -> &'static Network {
    // SAFETY: QEMU's mps2-an386 has it there, and nobody else knows.
    let chip = unsafe { Lan9118::start(LAN9118, MAC_ADDRESS, FRAMES.take()) };
    let mut random = HostRandom::open();
    NETWORK.init_with(|| Network::new(chip, clock, sockets, TCP.take(), &mut random))
}

static SETTINGS: ConstStaticCell<[u8; 512]> = ConstStaticCell::new([0; 512]);
static AUTHORITY: ConstStaticCell<[u8; 512]> = ConstStaticCell::new([0; 512]);
static NETWORK: StaticCell<Network> = StaticCell::new();
static FRAMES: ConstStaticCell<Frames> = ConstStaticCell::new(Frames::EMPTY);
static SOCKET: ConstStaticCell<[SocketStorage<'_>; 1]> =
    ConstStaticCell::new([SocketStorage::EMPTY]);
static TCP: ConstStaticCell<TcpBuffers> = ConstStaticCell::new(TcpBuffers::EMPTY);
static WIRE: ConstStaticCell<[u8; 1536]> = ConstStaticCell::new([0; 1536]);
static TOKEN: ConstStaticCell<[u8; 1536]> = ConstStaticCell::new([0; 1536]);

/// The chip's place on the board (Arm's application note AN386, "memory map").
const LAN9118: usize = 0x4020_0000;

/// The longest token that is taken, in bytes; the sandbox's have less than 100.
pub(crate) const TOKEN_LEN: usize = 256;

/// What a message takes at most, in bytes.
pub(crate) const MESSAGE_LEN: usize = 512;

/// How often a message is sent at most.
pub(crate) const TRIES: u32 = 3;
