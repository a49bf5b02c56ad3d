use super::HeaderError;

/// The delimiters of a message, as MSH-1 and MSH-2 declare them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Delimiters {
    pub(super) field: u8,
    pub(super) component: u8,
}

impl Delimiters {
    /// Checks the field separator and MSH-2, which begins `fields`. MSH-2 has four delimiters, or five since HL7 v2.7. All must
    /// differ.
    pub(super) fn parse(field: u8, fields: &[u8]) -> Result<Self, HeaderError> {
        check(field)?;
        let len = fields.iter().position(|byte| *byte == field);
        let others = fields.get(..len.unwrap_or(fields.len())).unwrap_or(fields);
        if len.is_none() && others.len() <= MAX {
            return Err(HeaderError::CutOff);
        }
        if !(MIN..=MAX).contains(&others.len()) {
            let found = others.len();
            return Err(HeaderError::Encoding { found });
        }
        for (at, &other) in others.iter().enumerate() {
            check(other)?;
            if others.iter().skip(at).skip(1).any(|later| *later == other) {
                return Err(HeaderError::DelimiterTwice { found: other });
            }
        }
        let component = others.first().copied().unwrap_or(b'^');
        Ok(Self { field, component })
    }
}

/// Delimiters are punctuation, so that no text needs them.
const fn check(found: u8) -> Result<(), HeaderError> {
    if found.is_ascii_punctuation() {
        Ok(())
    } else {
        Err(HeaderError::Delimiter { found })
    }
}

/// How many delimiters MSH-2 has.
const MIN: usize = 4;
const MAX: usize = 5;
