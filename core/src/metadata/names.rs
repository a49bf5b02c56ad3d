use core::fmt;

use crate::json::{Elements, elements_at};
use crate::peer_text::PeerText;

/// Iterates over the names in a list of a [`ServerMetadata`](crate::ServerMetadata), borrowed from the document.
///
/// `Display` joins them with commas, safe for a terminal.
#[derive(Clone)]
pub struct NameList<'b> {
    body: &'b [u8],
    elements: Elements<'b>,
}

impl<'b> NameList<'b> {
    pub(super) fn new(body: &'b [u8], at: usize) -> Self {
        let elements = elements_at(body, at);
        Self { body, elements }
    }

    /// Whether this name is among the remaining names.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.clone().any(|found| found == name)
    }
}

impl<'b> Iterator for NameList<'b> {
    type Item = PeerText<'b>;

    fn next(&mut self) -> Option<PeerText<'b>> {
        let element = self.elements.next()?;
        // `parse` has checked that every element is a text.
        PeerText::of(Some(element), self.body, "").ok().flatten()
    }
}

impl fmt::Display for NameList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for name in self.clone() {
            write!(f, "{separator}{name}")?;
            separator = ", ";
        }
        Ok(())
    }
}

impl fmt::Debug for NameList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NameList({self})")
    }
}
