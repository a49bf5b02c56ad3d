use core::hint::black_box;

use cortex_m::asm::wfi;
use redox_auth_core::{JwtId, KeyError, OAuthKey, Signer, UnixTime};

/// Signs one assertion after the other, and does nothing else. What comes from outside, the optimizer knows nothing of.
pub(crate) fn run<S: Signer>(signer: Result<S, KeyError>) -> ! {
    let mut out = [0; 1024];
    loop {
        let jwt_id = JwtId::from_random(black_box([7; 16]));
        let now = black_box(UnixTime::from_secs(0));
        if let Ok(signer) = &signer {
            let key = OAuthKey::new(black_box("client"), black_box("key"), signer);
            let _ = black_box(
                key.assertion(black_box("audience"), &jwt_id, now)
                    .write(&mut out),
            );
        }
        wfi();
    }
}
