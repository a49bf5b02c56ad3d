/// The first number of the header's version.
pub const REDOX_AUTH_VERSION_MAJOR: u32 = 0;
/// The second.
pub const REDOX_AUTH_VERSION_MINOR: u32 = 1;
/// The third.
pub const REDOX_AUTH_VERSION_PATCH: u32 = 0;

/// The version of the linked library: major · 65536 + minor · 256 + patch.
///
/// `REDOX_AUTH_VERSION` is the header's version. If the two differ, the library is from another release.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn redox_auth_version() -> u32 {
    const {
        (REDOX_AUTH_VERSION_MAJOR << 16)
            | (REDOX_AUTH_VERSION_MINOR << 8)
            | REDOX_AUTH_VERSION_PATCH
    }
}

/// The numbers stand here once more because the header takes them from here.
const _: () = {
    assert!(is(
        env!("CARGO_PKG_VERSION_MAJOR"),
        REDOX_AUTH_VERSION_MAJOR
    ));
    assert!(is(
        env!("CARGO_PKG_VERSION_MINOR"),
        REDOX_AUTH_VERSION_MINOR
    ));
    assert!(is(
        env!("CARGO_PKG_VERSION_PATCH"),
        REDOX_AUTH_VERSION_PATCH
    ));
};

/// Whether this is the decimal text of that number.
const fn is(text: &str, number: u32) -> bool {
    match u32::from_str_radix(text, 10) {
        Ok(found) => found == number,
        Err(_) => false,
    }
}
