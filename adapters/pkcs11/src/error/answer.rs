use core::fmt;

use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};

/// A module's answer to a failed call.
#[derive(Clone, Debug)]
pub struct Answer {
    code: Code,
    function: Option<Function>,
    /// The module or token that answered.
    at: String,
}

#[derive(Clone, Debug)]
enum Code {
    Returned(RvError),
    /// The module lacks the function, or its answer makes no sense.
    Unusable(String),
}

/// The possible remedy after an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Remedy {
    /// None: the same call gets the same answer.
    None,
    /// A new session and a new login.
    Login,
    /// A restart of the module.
    Restart,
}

impl Answer {
    pub(crate) fn new(at: impl Into<String>, error: Error) -> Self {
        let (code, function) = match error {
            Error::Pkcs11(code, function) => (Code::Returned(code), Some(function)),
            other => (Code::Unusable(other.to_string()), None),
        };
        let at = at.into();
        Self { code, function, at }
    }

    /// The name of the return value in the specification, such as `CKR_PIN_LOCKED`; empty if the module returned
    /// nonsense.
    #[must_use]
    pub fn code(&self) -> String {
        match &self.code {
            Code::Returned(RvError::VendorDefined(code) | RvError::UnknownErrorCode(code)) => {
                format!("0x{code:08X}")
            }
            Code::Returned(code) => upper(&format!("CKR{code:?}")),
            Code::Unusable(_) => String::new(),
        }
    }

    pub(crate) const fn returned(&self) -> Option<RvError> {
        match &self.code {
            Code::Returned(code) => Some(*code),
            Code::Unusable(_) => None,
        }
    }

    /// Whether the token refuses the PIN.
    pub(crate) const fn is_about_pin(&self) -> bool {
        matches!(
            self.returned(),
            Some(
                RvError::PinIncorrect
                    | RvError::PinInvalid
                    | RvError::PinLenRange
                    | RvError::PinExpired
                    | RvError::PinLocked
            )
        )
    }

    /// Whether the session has ended. Another session may now have its number.
    pub(crate) const fn ends_session(&self) -> bool {
        matches!(
            self.returned(),
            Some(
                RvError::SessionHandleInvalid
                    | RvError::SessionClosed
                    | RvError::CryptokiNotInitialized
                    | RvError::DeviceRemoved
                    | RvError::TokenNotPresent
            )
        )
    }

    /// Whether the token may be able to do this with another mechanism.
    pub(crate) const fn is_about_mechanism(&self) -> bool {
        matches!(
            self.returned(),
            Some(
                RvError::MechanismInvalid
                    | RvError::MechanismParamInvalid
                    | RvError::KeyTypeInconsistent
                    | RvError::FunctionNotSupported
                    | RvError::DataLenRange
                    | RvError::OperationNotInitialized
            )
        )
    }

    /// Which code says that a session, a login, a handle or a device has ended is each maker's own choice, so all that do
    /// not speak of the question itself count.
    pub(crate) const fn remedy(&self) -> Remedy {
        let Some(code) = self.returned() else {
            return Remedy::None;
        };
        match code {
            RvError::PinIncorrect
            | RvError::PinInvalid
            | RvError::PinLenRange
            | RvError::PinExpired
            | RvError::PinLocked
            | RvError::UserPinNotInitialized
            | RvError::MechanismInvalid
            | RvError::MechanismParamInvalid
            | RvError::KeyFunctionNotPermitted
            | RvError::KeyTypeInconsistent
            | RvError::KeySizeRange
            | RvError::CurveNotSupported
            | RvError::DataInvalid
            | RvError::DataLenRange
            | RvError::FunctionNotSupported
            | RvError::FunctionCanceled
            | RvError::FunctionRejected
            | RvError::ArgumentsBad
            | RvError::AttributeSensitive
            | RvError::AttributeTypeInvalid
            | RvError::AttributeValueInvalid
            | RvError::TemplateIncomplete
            | RvError::TemplateInconsistent
            | RvError::UserTypeInvalid
            | RvError::UserAnotherAlreadyLoggedIn
            | RvError::CantLock
            | RvError::NeedToCreateThreads
            | RvError::HostMemory => Remedy::None,
            // There may be room again when sessions that have ended are closed.
            RvError::SessionCount
            | RvError::DeviceMemory
            | RvError::UserNotLoggedIn
            | RvError::ObjectHandleInvalid
            | RvError::KeyHandleInvalid
            | RvError::OperationActive
            | RvError::OperationNotInitialized => Remedy::Login,
            _ => Remedy::Restart,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(function) = self.function {
            write!(f, "C_{function:?} ")?;
        }
        match &self.code {
            Code::Returned(code) => {
                write!(f, "at {} answered {}", self.at, self.code())?;
                match meaning(*code) {
                    "" => Ok(()),
                    meaning => write!(f, ": {meaning}"),
                }
            }
            Code::Unusable(why) => write!(f, "{}: no usable answer: {why}", self.at),
        }
    }
}

/// What it usually means, and what to do.
const fn meaning(code: RvError) -> &'static str {
    match code {
        RvError::PinIncorrect => "the PIN is wrong",
        RvError::PinInvalid => "the PIN has characters that this token does not accept",
        RvError::PinLenRange => "the token accepts no PIN of this length",
        RvError::PinExpired => "the PIN has expired; set a new one with the token's own tool",
        RvError::PinLocked => {
            "too many wrong PINs locked the token; unlock it with the security officer's PIN"
        }
        RvError::UserPinNotInitialized => {
            "the token has no user PIN yet; set one with the token's own tool"
        }
        RvError::TokenNotPresent | RvError::DeviceRemoved => {
            "the token is missing; plug it in, or start its daemon"
        }
        RvError::TokenNotRecognized => "the slot has a device that is no token of this module",
        RvError::SlotIdInvalid => "the slot no longer exists",
        RvError::DeviceError => "the token or the connection to it failed",
        RvError::DeviceMemory => "the token has no memory left",
        RvError::GeneralError => {
            "the module failed; check its log, its configuration and its daemon"
        }
        RvError::FunctionFailed => "the token failed; check its log",
        RvError::SessionCount => {
            "the token has no room for another session; use fewer (`Builder::sessions`)"
        }
        RvError::SessionHandleInvalid | RvError::SessionClosed => "the session has ended",
        RvError::UserNotLoggedIn => "the login has ended, or the token requires one for this",
        RvError::UserAnotherAlreadyLoggedIn => {
            "the security officer is logged in to this token; close that session"
        }
        RvError::KeyFunctionNotPermitted => "the key may not sign: its CKA_SIGN is false",
        RvError::KeyHandleInvalid | RvError::ObjectHandleInvalid => "the key is gone",
        RvError::MechanismInvalid => "the token does not have this mechanism, or not for this key",
        RvError::KeySizeRange => "the token does not sign with a key of this length",
        RvError::CryptokiNotInitialized => "another part of this process has finalized the module",
        RvError::CantLock | RvError::NeedToCreateThreads => {
            "the module cannot be used from more than one thread"
        }
        RvError::ArgumentsBad => {
            "the module rejected its configuration; many modules read it from an environment variable or a file"
        }
        RvError::FunctionNotSupported => "the module cannot do this",
        RvError::FunctionCanceled | RvError::FunctionRejected => {
            "a user cancelled it at the token or its reader"
        }
        RvError::FipsSelfTestFailed => "the token failed its self-test",
        _ => "",
    }
}

/// `CKRPinLocked` as `CKR_PIN_LOCKED`.
fn upper(name: &str) -> String {
    let mut upper = String::from("CKR");
    for c in name.trim_start_matches("CKR").chars() {
        if c.is_ascii_uppercase() {
            upper.push('_');
        }
        upper.push(c.to_ascii_uppercase());
    }
    upper
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: RvError) -> Answer {
        Answer::new("the token \"a\"", Error::Pkcs11(code, Function::Login))
    }

    #[test]
    fn an_answer_has_the_name_of_the_specification_and_its_meaning() {
        for (code, expected) in [
            (
                RvError::PinLocked,
                "C_Login at the token \"a\" answered CKR_PIN_LOCKED: too many wrong PINs locked the token; unlock it with the security officer's PIN",
            ),
            (
                RvError::MutexBad,
                "C_Login at the token \"a\" answered CKR_MUTEX_BAD",
            ),
            (
                RvError::VendorDefined(0x8000_0001),
                "C_Login at the token \"a\" answered 0x80000001",
            ),
        ] {
            assert_eq!(answer(code).to_string(), expected);
        }
        let unusable = Answer::new("the module", Error::NullFunctionPointer);
        assert_eq!(
            unusable.to_string(),
            "the module: no usable answer: Calling a NULL function pointer"
        );
    }

    #[test]
    fn no_pin_is_tried_twice_and_what_has_ended_is_begun_anew() {
        for (code, expected) in [
            (RvError::PinIncorrect, Remedy::None),
            (RvError::PinLocked, Remedy::None),
            (RvError::KeyFunctionNotPermitted, Remedy::None),
            (RvError::FunctionCanceled, Remedy::None),
            (RvError::FunctionRejected, Remedy::None),
            (RvError::ArgumentsBad, Remedy::None),
            (RvError::UserAnotherAlreadyLoggedIn, Remedy::None),
            (RvError::TemplateIncomplete, Remedy::None),
            (RvError::HostMemory, Remedy::None),
            (RvError::DeviceMemory, Remedy::Login),
            (RvError::SessionCount, Remedy::Login),
            (RvError::UserNotLoggedIn, Remedy::Login),
            (RvError::ObjectHandleInvalid, Remedy::Login),
            (RvError::DeviceRemoved, Remedy::Restart),
            (RvError::DeviceError, Remedy::Restart),
            (RvError::SessionHandleInvalid, Remedy::Restart),
            (RvError::CryptokiNotInitialized, Remedy::Restart),
            (RvError::VendorDefined(0x8000_0001), Remedy::Restart),
        ] {
            assert_eq!(answer(code).remedy(), expected, "{code:?}");
        }
    }
}
