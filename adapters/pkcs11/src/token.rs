use cryptoki::error::Error as CallError;
use cryptoki::slot::{Slot, TokenInfo};

use crate::error::{Answer, Error};
use crate::module::Call;
use crate::uri::KeyUri;

/// A token.
pub(crate) struct Token {
    pub(crate) slot: Slot,
    /// `None` for a token with an invalid answer, such as a clock in another format.
    info: Option<TokenInfo>,
    label: String,
}

impl Token {
    /// The only matching token. Asks all slots each time, because a returning token may be in another slot.
    pub(crate) fn find(call: &Call<'_>, module: &str, wanted: &KeyUri) -> Result<Self, Error> {
        let slots = call.pkcs11.get_slots_with_token();
        let slots = slots.map_err(|error| Answer::new(module, error))?;
        let mut found = Vec::new();
        let (mut others, mut silent) = (Vec::new(), Vec::new());
        for slot in slots {
            match call.pkcs11.get_token_info(slot) {
                Ok(info) if !info.token_initialized() => {}
                Ok(info) if fits(wanted, slot, &info) => found.push(Self::new(slot, Some(info))),
                Ok(info) => others.push(Self::new(slot, Some(info)).shown()),
                Err(CallError::Pkcs11(code, function)) => {
                    let error = CallError::Pkcs11(code, function);
                    silent.push(Answer::new(format!("slot {}", slot.id()), error));
                }
                Err(_) if is_slot_alone(wanted, slot) => found.push(Self::new(slot, None)),
                Err(error) => {
                    let at = format!(
                        "slot {id} (choose it by slot-id={id} alone)",
                        id = slot.id()
                    );
                    silent.push(Answer::new(at, error));
                }
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

    fn new(slot: Slot, info: Option<TokenInfo>) -> Self {
        let label = match &info {
            Some(info) => trimmed(info.label()).to_owned(),
            None => format!("slot {}", slot.id()),
        };
        Self { slot, info, label }
    }

    /// Its label, or its slot if the label is unreadable.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// The name in errors.
    pub(crate) fn at(&self) -> String {
        format!("the token {:?}", self.label())
    }

    /// The identity of the token, as far as tokens have one.
    pub(crate) fn identity(&self) -> String {
        self.shown()
    }

    /// Whether it requires a login for private keys; `None` if unknown.
    pub(crate) fn login_required(&self) -> Option<bool> {
        self.info.as_ref().map(TokenInfo::login_required)
    }

    /// Whether it asks for the PIN itself, for example at a reader with a keypad.
    pub(crate) fn asks_itself(&self) -> bool {
        let info = self.info.as_ref();
        info.is_some_and(TokenInfo::protected_authentication_path)
    }

    fn shown(&self) -> String {
        let serial = self.info.as_ref().map(TokenInfo::serial_number);
        let serial = trimmed(serial.unwrap_or_default());
        format!("{:?} (serial {serial:?})", self.label())
    }

    /// The token's present report on wrong PINs.
    pub(crate) fn tries(&self, call: &Call<'_>) -> Option<&'static str> {
        let info = call.pkcs11.get_token_info(self.slot).ok()?;
        if info.user_pin_locked() {
            Some("the token is locked")
        } else if info.user_pin_final_try() {
            Some("the token has one try left before it locks")
        } else if info.user_pin_count_low() {
            Some("the token has counted a wrong PIN since the last correct one")
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

/// Whether the URI gives only the slot of the token.
fn is_slot_alone(wanted: &KeyUri, slot: Slot) -> bool {
    let texts = [
        &wanted.token,
        &wanted.serial,
        &wanted.manufacturer,
        &wanted.model,
    ];
    wanted.slot_id == Some(slot.id()) && texts.into_iter().all(Option::is_none)
}

/// Some modules pad the fields with zeros instead of blanks.
fn trimmed(field: &str) -> &str {
    field.trim_end_matches(['\0', ' '])
}
