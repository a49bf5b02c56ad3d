//! Parses `application/x-www-form-urlencoded`, with the parser of the WHATWG URL Standard §5.1.

use super::IncomingError;
use crate::form::Decoded;

/// The values of the parameters with these `names`, in the order of `names`.
///
/// Rejects a known name that comes twice, however it is encoded, because two readers could each trust a different
/// value.
pub(super) fn parameters<'q, const N: usize>(
    query: &'q [u8],
    names: [&'static str; N],
) -> Result<[Option<Decoded<'q>>; N], IncomingError> {
    let mut found = [const { None }; N];
    for parameter in query.split(|&byte| byte == b'&') {
        let equals = parameter.iter().position(|&byte| byte == b'=');
        let (name, value) = equals
            .and_then(|at| parameter.split_at_checked(at))
            .unwrap_or((parameter, &[]));
        for (known, slot) in names.iter().zip(&mut found) {
            if !Decoded::of(name).eq(known.bytes()) {
                continue;
            }
            if slot.is_some() {
                return Err(IncomingError::Duplicate(known));
            }
            *slot = Some(Decoded::of(value.strip_prefix(b"=").unwrap_or(value)));
        }
    }
    Ok(found)
}
