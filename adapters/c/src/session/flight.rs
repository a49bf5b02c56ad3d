use core::mem::ManuallyDrop;

use redox_auth_core::{Target, Ticket, Unsigned};

use super::State;
use crate::redox_auth_status as Status;

/// A request that is on its way, under the number that C knows it by.
pub(super) struct Flight {
    number: u32,
    ticket: Ticket,
    unsigned: Option<Unfinished>,
}

/// What lacks its signature. It borrows the caller's buffer, which is touched by `redox_auth_session_finish` and by
/// nothing else: dropped, it would write there, when the buffer may be gone.
pub(super) struct Unfinished {
    pub(super) target: Target,
    pub(super) unsigned: ManuallyDrop<Unsigned<'static>>,
}

impl State {
    /// A request is on its way. Returns its number.
    pub(super) fn take_off(&mut self, ticket: Ticket, unsigned: Option<Unfinished>) -> u32 {
        self.tickets = self.tickets.wrapping_add(1).max(1);
        self.flight = Some(Flight {
            number: self.tickets,
            ticket,
            unsigned,
        });
        self.tickets
    }

    /// The ticket of this number, which is used up by that, if its request can have been answered.
    pub(super) fn land(&mut self, number: u32) -> Result<Ticket, Status> {
        let flight = self.flight(number)?;
        if flight.unsigned.is_some() {
            return Err(Status::NotSigned);
        }
        self.give_up(number)
    }

    /// The ticket of this number, which is used up by that.
    pub(super) fn give_up(&mut self, number: u32) -> Result<Ticket, Status> {
        let flight = self.flight.take_if(|flight| flight.number == number);
        Ok(flight.ok_or(Status::TicketUnknown)?.ticket)
    }

    /// What lacks a signature of this length.
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
