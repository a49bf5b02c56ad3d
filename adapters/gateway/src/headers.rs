use core::fmt;

/// The headers of an answer, in a checked head. Values are bytes, without the space around them.
#[derive(Clone, Copy)]
pub struct Headers<'h> {
    head: &'h [u8],
}

impl<'h> Headers<'h> {
    pub(crate) const fn new(head: &'h [u8]) -> Self {
        Self { head }
    }

    /// The value of the first header with this name, in upper or lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'h [u8]> {
        self.iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Names and values, unchanged.
    pub fn iter(&self) -> impl Iterator<Item = (&'h str, &'h [u8])> + use<'h> {
        // Every line ends with both characters and contains neither.
        self.head
            .split(|&byte| byte == b'\n')
            .skip(1)
            .filter_map(|line| {
                let colon = line.iter().position(|&byte| byte == b':')?;
                let (name, value) = line.split_at_checked(colon)?;
                let name = core::str::from_utf8(name).ok()?;
                Some((name, value.get(1..)?.trim_ascii()))
            })
    }
}

/// Shows names only, because values may be about a patient.
impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Whether a media type is that of a web page.
pub(crate) fn is_page_type(value: &[u8]) -> bool {
    let start = value.get(..PAGE_TYPE.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(PAGE_TYPE))
}

const PAGE_TYPE: &[u8] = b"text/html";
