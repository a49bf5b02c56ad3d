use super::split::{eq_ignore_case, parse_decimal, split_at, split_before};

/// A host that every program reads in the same way.
pub(super) enum Host {
    /// This machine.
    Loopback,
    /// Another machine.
    Other,
}

impl Host {
    /// Parses a host name of letters, digits, hyphens and dots, an IPv4 address or an IPv6 address in brackets.
    pub(super) const fn parse(text: &str) -> Option<Self> {
        let is_loopback = match text.as_bytes() {
            b"[::1]" => true,
            [b'[', .., b']'] => {
                let inner = split_at(split_before(text, b']').0, 1).1;
                if !is_ipv6(inner) {
                    return None;
                }
                false
            }
            _ => match last_label(text) {
                None => return None,
                // The WHATWG URL Standard §3.5 reads it as an IPv4 address; so `127.1`, `0x7f.1` and `2130706433` are
                // addresses, too.
                Some([b'0'..=b'9', ..]) => match parse_ipv4(text) {
                    Some(first) => first == 127,
                    None => return None,
                },
                Some(_) => eq_ignore_case(text, "localhost"),
            },
        };
        Some(if is_loopback {
            Self::Loopback
        } else {
            Self::Other
        })
    }
}

/// The last label of a host name, if all labels are valid. A dot at the end makes an empty label.
const fn last_label(text: &str) -> Option<&[u8]> {
    let mut rest = text;
    loop {
        let (label, tail) = split_before(rest, b'.');
        if !is_label(label.as_bytes()) {
            return None;
        }
        if tail.is_empty() {
            return Some(label.as_bytes());
        }
        rest = split_at(tail, 1).1;
    }
}

const fn is_label(mut label: &[u8]) -> bool {
    if label.is_empty() {
        return false;
    }
    while let Some((&byte, rest)) = label.split_first() {
        if !byte.is_ascii_alphanumeric() && byte != b'-' {
            return false;
        }
        label = rest;
    }
    true
}

/// The first number of an address of four decimal numbers, such as `127.0.0.1`.
const fn parse_ipv4(text: &str) -> Option<u16> {
    let mut rest = text;
    let mut first = None;
    let mut count = 0_u8;
    loop {
        let (number, tail) = split_before(rest, b'.');
        match parse_decimal(number) {
            None | Some(256..) => return None,
            octet => {
                if first.is_none() {
                    first = octet;
                }
            }
        }
        count = count.saturating_add(1);
        if tail.is_empty() {
            return if count == 4 { first } else { None };
        }
        rest = split_at(tail, 1).1;
    }
}

/// Whether the text is eight groups of hexadecimal digits, or fewer with one gap (RFC 4291 §2.2). The form that ends
/// with an IPv4 address is not accepted.
const fn is_ipv6(text: &str) -> bool {
    let (mut rest, mut has_gap) = match text.as_bytes() {
        b"::" => return true,
        [b':', b':', ..] => (split_at(text, 2).1, true),
        _ => (text, false),
    };
    let mut groups = 0_u8;
    loop {
        let (group, tail) = split_before(rest, b':');
        if !is_ipv6_group(group.as_bytes()) {
            return false;
        }
        groups = groups.saturating_add(1);
        match tail.as_bytes() {
            [] => break,
            [b':', b':', ..] if has_gap => return false,
            [b':', b':'] => {
                has_gap = true;
                break;
            }
            [b':', b':', ..] => {
                has_gap = true;
                rest = split_at(tail, 2).1;
            }
            _ => rest = split_at(tail, 1).1,
        }
    }
    if has_gap { groups < 8 } else { groups == 8 }
}

const fn is_ipv6_group(mut group: &[u8]) -> bool {
    if group.is_empty() || group.len() > 4 {
        return false;
    }
    while let Some((byte, rest)) = group.split_first() {
        if !byte.is_ascii_hexdigit() {
            return false;
        }
        group = rest;
    }
    true
}
