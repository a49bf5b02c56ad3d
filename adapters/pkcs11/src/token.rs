use cryptoki::slot::{Slot, TokenInfo};

use crate::error::{Answer, Error};
use crate::module::Call;
use crate::uri::KeyUri;

/// A token that was found.
pub(crate) struct Token {
    pub(crate) slot: Slot,
    pub(crate) info: TokenInfo,
}

impl Token {
    /// The only one that fits. A token that comes back may be in another slot, so slots are asked each time.
    pub(crate) fn find(call: &Call<'_>, module: &str, wanted: &KeyUri) -> Result<Self, Error> {
        let slots = call.pkcs11.get_slots_with_token();
        let slots = slots.map_err(|error| Answer::new(module, error))?;
        let mut found = Vec::new();
        let (mut others, mut silent) = (Vec::new(), Vec::new());
        for slot in slots {
            match call.pkcs11.get_token_info(slot) {
                Ok(info) if !info.token_initialized() => {}
                Ok(info) if fits(wanted, slot, &info) => found.push(Self { slot, info }),
                Ok(info) => others.push(Self { slot, info }.shown()),
                Err(error) => silent.push(Answer::new(format!("slot {}", slot.id()), error)),
            }
        }
        match found.pop() {
            Some(token) if found.is_empty() => Ok(token),
            last => Err(Error::Token {
                wanted: wanted.to_string(),
                found: found.iter().chain(&last).map(Self::shown).collect(),
                others,
                silent,
            }),
        }
    }

    /// The label, as its maker or owner wrote it.
    pub(crate) fn label(&self) -> &str {
        trimmed(self.info.label())
    }

    /// Tells it from all others, as far as a token can be told.
    pub(crate) fn identity(&self) -> String {
        self.shown()
    }

    fn shown(&self) -> String {
        let serial = trimmed(self.info.serial_number());
        format!("{:?} (serial {serial:?})", self.label())
    }

    /// How errors name it.
    pub(crate) fn at(&self) -> String {
        format!("the token {:?}", self.label())
    }

    /// What the token says of wrong PINs by now.
    pub(crate) fn tries(&self, call: &Call<'_>) -> Option<&'static str> {
        let info = call.pkcs11.get_token_info(self.slot).ok()?;
        if info.user_pin_locked() {
            Some("the token is locked")
        } else if info.user_pin_final_try() {
            Some("the token has one try left before it locks")
        } else if info.user_pin_count_low() {
            Some("the token counts a wrong PIN since the last right one")
        } else {
            None
        }
    }
}

fn fits(wanted: &KeyUri, slot: Slot, info: &TokenInfo) -> bool {
    let texts = [
        (&wanted.token, info.label()),
        (&wanted.serial, info.serial_number()),
        (&wanted.manufacturer, info.manufacturer_id()),
        (&wanted.model, info.model()),
    ];
    let slot_fits = wanted.slot_id.is_none_or(|id| id == slot.id());
    let fits = |(wanted, found): (&Option<String>, &str)| match wanted {
        Some(wanted) => wanted == trimmed(found),
        None => true,
    };
    slot_fits && texts.into_iter().all(fits)
}

/// Some modules fill the fields up with zeros instead of blanks.
fn trimmed(field: &str) -> &str {
    field.trim_end_matches(['\0', ' '])
}
