//! The restart of a module.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as CallError, RvError};

/// The result of a restart.
pub(super) struct Restarted {
    was_ours: bool,
    /// Whether this crate finalized the module.
    has_ended: bool,
    /// Whether this crate initialised it, unless it was initialised already.
    pub(super) begun: Result<bool, CallError>,
}

impl Restarted {
    /// Whether sessions survive: only if the module was not finalized, because another part owns it or finalizing
    /// failed.
    pub(super) const fn sessions_ended(&self) -> bool {
        self.has_ended || matches!(self.begun, Ok(true))
    }

    /// Whether the next restart may finalize it.
    pub(super) const fn is_ours(&self) -> bool {
        match self.begun {
            Ok(true) => true,
            // A module that could not finalize is still initialised.
            Ok(false) => self.was_ours && !self.has_ended,
            Err(_) => self.was_ours,
        }
    }
}

pub(super) fn begin_anew(pkcs11: &Pkcs11, was_ours: bool) -> Restarted {
    // A module that has lost its daemon may be unable to finalize, too.
    let has_ended = was_ours && pkcs11.clone().finalize().is_ok();
    Restarted {
        was_ours,
        has_ended,
        begun: initialize(pkcs11),
    }
}

/// Whether this crate initialised it, and not another part of this process.
pub(super) fn initialize(pkcs11: &Pkcs11) -> Result<bool, CallError> {
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    match pkcs11.initialize(arguments) {
        Ok(()) => Ok(true),
        Err(CallError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_cannot_end_stays_ours_with_its_sessions() {
        let failed = || Err(CallError::NotSupported);
        // (was ours, has ended, begun), and then (sessions ended, is ours).
        for (was_ours, has_ended, begun, expected) in [
            (true, true, Ok(true), (true, true)),
            (true, true, Ok(false), (true, false)),
            (true, true, failed(), (true, true)),
            // Its C_Finalize failed.
            (true, false, Ok(true), (true, true)),
            (true, false, Ok(false), (false, true)),
            (true, false, failed(), (false, true)),
            // Another part of the process initialised it.
            (false, false, Ok(true), (true, true)),
            (false, false, Ok(false), (false, false)),
            (false, false, failed(), (false, false)),
        ] {
            let case = format!("{was_ours} {has_ended} {begun:?}");
            let restarted = Restarted {
                was_ours,
                has_ended,
                begun,
            };
            let found = (restarted.sessions_ended(), restarted.is_ours());
            assert_eq!(found, expected, "{case}");
        }
    }
}
