use core::mem::ManuallyDrop;

use redox_auth_core::{Target, Ticket, Unsigned};

use super::State;
use crate::redox_auth_status as Status;

/// A request under way, with its number for C.
pub(super) struct Flight {
    number: u32,
    ticket: Ticket,
    unsigned: Option<Unfinished>,
}

/// A request without its signature. It borrows the caller's buffer, which only `redox_auth_session_finish` may touch:
/// dropping this would write to the buffer, which may be gone.
pub(super) struct Unfinished {
    pub(super) target: Target,
    pub(super) unsigned: ManuallyDrop<Unsigned<'static>>,
}

impl State {
    /// Records a request under way. Returns its number.
    pub(super) fn take_off(&mut self, ticket: Ticket, unsigned: Option<Unfinished>) -> u32 {
        self.tickets = self.tickets.wrapping_add(1).max(1);
        self.flight = Some(Flight {
            number: self.tickets,
            ticket,
            unsigned,
        });
        self.tickets
    }

    /// Takes the ticket of this number, if its request can have an answer.
    pub(super) fn land(&mut self, number: u32) -> Result<Ticket, Status> {
        let flight = self.flight(number)?;
        if flight.unsigned.is_some() {
            return Err(Status::NotSigned);
        }
        self.give_up(number)
    }

    /// Takes the ticket of this number.
    pub(super) fn give_up(&mut self, number: u32) -> Result<Ticket, Status> {
        let flight = self.flight.take_if(|flight| flight.number == number);
        Ok(flight.ok_or(Status::TicketUnknown)?.ticket)
    }

    /// The request that needs a signature of this length.
    pub(super) fn unfinished(
        &mut self,
        number: u32,
        signature_len: usize,
    ) -> Result<Unfinished, Status> {
        let unsigned = &mut self.flight(number)?.unsigned;
        let expected = unsigned.as_ref().ok_or(Status::NothingToSign)?;
        if expected.unsigned.signature_len() != signature_len {
            return Err(Status::SignatureLength);
        }
        unsigned.take().ok_or(Status::NothingToSign)
    }

    fn flight(&mut self, number: u32) -> Result<&mut Flight, Status> {
        let flight = self.flight.as_mut();
        flight
            .filter(|flight| flight.number == number)
            .ok_or(Status::TicketUnknown)
    }
}
