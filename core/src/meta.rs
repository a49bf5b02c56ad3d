mod answer;
mod check;
mod error;
mod wire;

pub use answer::{MetaAnswer, MetaFault, MetaLog};
pub use error::MetaError;

use serde::Serialize;
use wire::{Extensions, Wire};

/// The `Meta` of a message for Redox's Data Model API, borrowed until it is written.
///
/// Redox requires `DataModel`, `EventType` and the `ID` of each of `Destinations`. `write` omits members that are not
/// set. The source of these names and rules is Redox's "Data model reference", where each data model's page begins with
/// them.
///
/// ```
/// use redox_auth_core::{Meta, Party, Sources, Traffic};
///
/// let clinic = [Party::new("af394f14-b34a-464f-8d24-895f370af4c9")];
/// let meta = Meta::new("PatientAdmin", "NewPatient", &clinic)
///     .traffic(Traffic::Test)
///     .source(Party::new("7ce6f387-c33c-417d-8682-81e83628cbd9").name("Ward 3"))
///     .sources(Sources::Several)
///     .extensions(r#"{"ward":{"string":"3"}}"#);
///
/// let mut out = [0; 512];
/// let meta = meta.write(&mut out)?;
/// assert!(meta.starts_with(r#"{"DataModel":"PatientAdmin","EventType":"NewPatient","Test":true,"Source":{"ID":"7ce6"#));
///
/// let message = format!(r#"{{"Meta":{meta},"Patient":{{}}}}"#);
/// # Meta::check_message(message.as_bytes(), Sources::Several)?;
/// # Ok::<(), redox_auth_core::MetaError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a Meta does nothing until it is written"]
pub struct Meta<'a> {
    wire: Wire<'a>,
    sources: Sources,
}

impl<'a> Meta<'a> {
    /// For a message that Redox delivers later to one or more destinations: an asynchronous event type.
    pub const fn new(
        data_model: &'a str,
        event_type: &'a str,
        destinations: &'a [Party<'a>],
    ) -> Self {
        Self {
            wire: Wire::new(data_model, event_type, destinations),
            sources: Sources::One,
        }
    }

    /// For a query, which Redox answers at once. A query has exactly one destination.
    ///
    /// Redox's list of query event types grows, and therefore the caller marks a query with this constructor.
    pub const fn query(
        data_model: &'a str,
        event_type: &'a str,
        destination: &'a Party<'a>,
    ) -> Self {
        Self::new(data_model, event_type, core::slice::from_ref(destination))
    }

    /// `EventDateTime`: the time of the event in RFC 3339, such as `2026-11-21T20:52:35.000Z`. Redox writes its own
    /// times in UTC.
    pub const fn event_date_time(mut self, event_date_time: &'a str) -> Self {
        self.wire.event_date_time = Some(event_date_time);
        self
    }

    /// `Test`: whether this is a test.
    pub const fn traffic(mut self, traffic: Traffic) -> Self {
        self.wire.test = Some(matches!(traffic, Traffic::Test));
        self
    }

    /// `Source`: the system that sends the message.
    pub const fn source(mut self, source: Party<'a>) -> Self {
        self.wire.source = Some(source);
        self
    }

    /// The number of sources, which decides whether [`Meta::source`] is required. [`Sources::One`] by default.
    pub const fn sources(mut self, sources: Sources) -> Self {
        self.sources = sources;
        self
    }

    /// `FacilityCode`: only for a health system that requires it.
    pub const fn facility_code(mut self, facility_code: &'a str) -> Self {
        self.wire.facility_code = Some(facility_code);
        self
    }

    /// `Extensions`: the text of one JSON object, which is written unchanged.
    pub const fn extensions(mut self, extensions: &'a str) -> Self {
        self.wire.extensions = Some(Extensions(extensions));
        self
    }

    /// The exact length of the text that [`Meta::write`] writes, in bytes.
    #[must_use]
    pub const fn written_len(&self) -> usize {
        self.wire.len()
    }

    /// Writes the object for the member `Meta` of a message.
    ///
    /// # Errors
    /// [`MetaError::Missing`] names a required member that is absent or empty. [`MetaError::EventDateTime`],
    /// [`MetaError::Extensions`]. [`MetaError::BufferTooSmall`] gives the exact length needed. `out` is then unchanged.
    pub fn write<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, MetaError> {
        self.check()?;
        let needed = self.written_len();
        let room = out.get_mut(..needed);
        room.and_then(|room| self.wire.write(room))
            .ok_or(MetaError::BufferTooSmall { needed })
    }
}

/// A system at one end of a message: its source, or one of its destinations.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Party<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    #[serde(rename = "Name", skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl<'a> Party<'a> {
    /// The party with this `ID`, a UUID from Redox's dashboard.
    #[must_use]
    pub const fn new(id: &'a str) -> Self {
        Self { id, name: None }
    }

    /// `Name`: for people to read. Redox uses only the ID.
    #[must_use]
    pub const fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }
}

/// The number of sources that a message sent with this API key could come from.
///
/// OAuth API keys belong to the organization. In an environment with several sources, a request must therefore name its
/// source: with `Meta.Source.ID` here, with the header `Redox-Source-Id` in the FHIR API. The source of this rule is
/// Redox's page about the source ID.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Sources {
    /// The environment has one source, or the key is a legacy API key, which belongs to one source. `Meta.Source.ID`
    /// may be absent.
    #[default]
    One,
    /// The environment has several sources: `Meta.Source.ID` is required.
    Several,
}

/// Whether a message is about a real patient.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Traffic {
    /// Made-up data: `"Test":true`.
    Test,
    /// Real patients: `"Test":false`.
    Live,
}
