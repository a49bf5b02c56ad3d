use redox_auth_core::{Channel, Ticket};
use redox_auth_sandbox::Request;

use crate::checker::{AssertionClaims, Purpose};
use crate::subject::{Answer, Held};

/// Something on its way, and for whom.
pub(super) struct Delivery {
    pub(super) device: usize,
    /// How often the device had booted when this began.
    pub(super) boots: u32,
    pub(super) what: What,
}

pub(super) enum What {
    /// A token request comes to the server.
    TokenRequest {
        flight: Flight,
        request: Request,
        back: Back,
    },
    /// Its answer comes to the device.
    TokenAnswer {
        flight: Flight,
        answer: Answer,
        seen: Seen,
    },
    /// The device gives up on it.
    NoAnswer { flight: Flight, gives_up: GivesUp },
    /// A call comes to the API.
    Call { held: Held, back_ms: u64 },
    /// Its answer comes to the device.
    CallAnswer { held: Held, status: u16 },
}

/// A token request under way.
pub(super) struct Flight {
    pub(super) ticket: Ticket,
    pub(super) purpose: Purpose,
    pub(super) sent_ms: u64,
    /// How often the device's wall clock had been set.
    pub(super) wall_sets: u32,
    pub(super) claims: Option<AssertionClaims>,
}

/// What becomes of an answer.
pub(super) enum Back {
    Comes { after_ms: u64, channel: Channel },
    IsLost { after_ms: u64, gives_up: GivesUp },
}

/// The reaction of the program that drives a session to an answer that does not arrive.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum GivesUp {
    /// It says so.
    Fails,
    /// It drops the future, and reports that.
    Abandons,
    /// It forgets.
    Forgets,
}

/// The server's action, and the time that its answer shows.
pub(super) struct Seen {
    /// The token in the answer, if it is a true one.
    pub(super) token: Option<String>,
    pub(super) date: Date,
    /// The server found the assertion too old or too new.
    pub(super) out_of_time: bool,
}

/// What `Date` is worth.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Date {
    /// It shows the true time.
    True,
    /// There is none, or none to be believed.
    None,
    /// It is to be believed, and wrong.
    Wrong,
}
