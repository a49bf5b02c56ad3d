//! The part of DER that keys and signatures need: elements of at most 65535 bytes, read in place.

/// The elements of DER (X.690 §8, §10) that have not been read yet.
pub(crate) struct Elements<'d>(pub(crate) &'d [u8]);

#[derive(Clone, Copy)]
pub(crate) struct Element<'d> {
    pub(crate) tag: u8,
    pub(crate) contents: &'d [u8],
}

impl<'d> Elements<'d> {
    /// The content of the sequence that makes up all of `der`.
    pub(crate) fn of_sequence(der: &'d [u8]) -> Option<Self> {
        Elements(der).only(SEQUENCE).map(Self)
    }

    pub(crate) fn next(&mut self) -> Option<Element<'d>> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81 => {
                let (&len, rest) = rest.split_first()?;
                (len >= 0x80).then_some((usize::from(len), rest))?
            }
            0x82 => {
                let (len, rest) = rest.split_first_chunk::<2>()?;
                let len = u16::from_be_bytes(*len);
                (len >= 0x100).then_some((usize::from(len), rest))?
            }
            // A length of two bytes is enough for every key.
            _ => return None,
        };
        let (contents, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some(Element { tag, contents })
    }

    pub(crate) fn next_tag(&self) -> Option<u8> {
        Elements(self.0).next().map(|element| element.tag)
    }

    pub(crate) fn expect(&mut self, tag: u8) -> Option<&'d [u8]> {
        self.next()
            .filter(|element| element.tag == tag)
            .map(|element| element.contents)
    }

    pub(crate) fn optional(&mut self, tag: u8) -> Option<&'d [u8]> {
        if self.0.first() == Some(&tag) {
            self.expect(tag)
        } else {
            None
        }
    }

    /// The content of one element with this tag. No bytes may follow the element.
    pub(crate) fn only(mut self, tag: u8) -> Option<&'d [u8]> {
        let contents = self.expect(tag)?;
        self.0.is_empty().then_some(contents)
    }

    /// A non-negative integer, without the leading zero that marks its sign.
    pub(crate) fn unsigned(&mut self) -> Option<&'d [u8]> {
        let number = self.expect(INTEGER)?;
        let (&first, rest) = number.split_first()?;
        match (first, rest.first()) {
            (0, None | Some(0x80..)) => Some(rest),
            (0, _) | (0x80.., _) => None,
            _ => Some(number),
        }
    }

    /// The name of a curve, or [`EXPLICIT`] for a curve given by parameters (RFC 5480 §2.1.1).
    pub(crate) fn curve(&mut self) -> Option<&'d [u8]> {
        let element = self.next()?;
        match element.tag {
            OBJECT_IDENTIFIER if !element.contents.is_empty() => Some(element.contents),
            SEQUENCE => Some(EXPLICIT),
            _ => None,
        }
    }

    /// The number of elements, if all are well formed.
    pub(crate) fn count(&self) -> Option<usize> {
        let mut rest = Elements(self.0);
        let mut count = 0_usize;
        while !rest.0.is_empty() {
            rest.next()?;
            count = count.saturating_add(1);
        }
        Some(count)
    }

    pub(crate) fn all_well_formed(mut self) -> Option<()> {
        while !self.0.is_empty() {
            self.next()?;
        }
        Some(())
    }
}

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const CONTEXT_0: u8 = 0xa0;
pub(crate) const CONTEXT_1: u8 = 0xa1;

/// Stands for a curve that has no name.
pub(crate) const EXPLICIT: &[u8] = b"";
