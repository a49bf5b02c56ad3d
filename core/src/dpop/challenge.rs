/// Whether an API asks for another nonce in the proof. `www_authenticate` is the value of the header in an answer of
/// status 401; it asks with a challenge of the scheme `DPoP` and the error `use_dpop_nonce` (RFC 9449 §9).
///
/// The nonce is in the header `DPoP-Nonce` of the same answer. Repeat the request once, with this nonce and the same
/// token, which is still valid.
#[must_use]
pub fn asks_for_dpop_nonce(www_authenticate: &[u8]) -> bool {
    let mut rest = Rest(www_authenticate);
    let mut is_dpop = false;
    while !rest.0.is_empty() {
        rest.skip(|byte| matches!(byte, b' ' | b'\t' | b','));
        let word = rest.take(is_tchar);
        if word.is_empty() {
            // No character here begins a word.
            rest.value();
        } else if rest.equals_sign() {
            let value = rest.value();
            if is_dpop && word.eq_ignore_ascii_case(b"error") && value == b"use_dpop_nonce" {
                return true;
            }
        } else {
            is_dpop = word.eq_ignore_ascii_case(b"DPoP");
        }
    }
    false
}

/// The rest of a list of challenges (RFC 9110 §11.6.1).
struct Rest<'h>(&'h [u8]);

impl<'h> Rest<'h> {
    /// The bytes up to the first for which `is_one` is false.
    fn take(&mut self, is_one: impl Fn(u8) -> bool) -> &'h [u8] {
        let len = self.0.iter().take_while(|byte| is_one(**byte)).count();
        let (taken, rest) = self.0.split_at_checked(len).unwrap_or((self.0, &[]));
        self.0 = rest;
        taken
    }

    fn skip(&mut self, is_one: impl Fn(u8) -> bool) {
        self.take(is_one);
    }

    /// Takes an `=` and the white space around it, if that is next.
    fn equals_sign(&mut self) -> bool {
        let spaces = self.0.iter().take_while(|byte| is_space(**byte)).count();
        match self.0.get(spaces..) {
            Some([b'=', rest @ ..]) => {
                self.0 = rest;
                self.skip(is_space);
                true
            }
            _ => false,
        }
    }

    /// Takes a quoted string or a word; otherwise one byte.
    fn value(&mut self) -> &'h [u8] {
        match self.0 {
            [b'"', rest @ ..] => {
                self.0 = rest;
                let len = quoted_len(rest);
                let (text, rest) = rest.split_at_checked(len).unwrap_or((rest, &[]));
                // Without the quotation mark.
                self.0 = rest.get(1..).unwrap_or(&[]);
                text
            }
            [byte, ..] if is_tchar(*byte) => self.take(is_tchar),
            _ => {
                self.0 = self.0.get(1..).unwrap_or(&[]);
                &[]
            }
        }
    }
}

/// The length of the text up to the closing quotation mark. A quotation mark after a backslash does not close the text.
fn quoted_len(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = text.iter().position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    end.unwrap_or(text.len())
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// A character of a token (RFC 9110 §5.6.2).
const fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
        )
}

#[cfg(test)]
mod tests {
    use super::asks_for_dpop_nonce;

    #[test]
    fn only_the_challenge_of_dpop_counts() {
        for (header, expected) in [
            // RFC 9449 §9.
            (
                r#"DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof""#,
                true,
            ),
            (r#"DPoP algs="ES256 PS256", error="use_dpop_nonce""#, true),
            (r#"Bearer realm="a", dpop Error = "use_dpop_nonce""#, true),
            ("DPoP error=use_dpop_nonce", true),
            (r#"Basic YWJj==, DPoP error="use_dpop_nonce""#, true),
            (r#"DPoP, DPoP error="use_dpop_nonce""#, true),
            (r#"DPoP realm="a\"b", error="use_dpop_nonce""#, true),
            (r#"DPoP @ error="use_dpop_nonce""#, true),
            (r#"Bearer error="use_dpop_nonce""#, false),
            (r#"DPoP realm="a", Bearer error="use_dpop_nonce""#, false),
            (r#"DPoP error="invalid_token""#, false),
            (r#"DPoP error="use_dpop_nonce_x""#, false),
            (r#"DPoP error_description="error=use_dpop_nonce""#, false),
            (r#"DPoP realm=", error="use_dpop_nonce"#, false),
            (r#"DPoP error="#, false),
            ("DPoP error", false),
            ("DPoP", false),
            ("", false),
        ] {
            assert_eq!(asks_for_dpop_nonce(header.as_bytes()), expected, "{header}");
        }
    }

    #[test]
    fn any_bytes_come_to_an_end() {
        for byte in 0..=u8::MAX {
            assert!(!asks_for_dpop_nonce(&[byte; 9]), "{byte}");
            let around = [b"DPoP ".as_slice(), &[byte; 3], b"=\"\\"].concat();
            assert!(!asks_for_dpop_nonce(&around), "{byte}");
        }
    }
}
