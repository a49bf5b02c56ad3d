use super::wire::Extensions;
use super::{Meta, MetaError, Sources};
use crate::json::{self, Member, Text, Value};
use crate::parse_error::ParseError;
use crate::time::UnixTime;

impl Meta<'_> {
    /// Checks, before anything is sent, that the `Meta` of a whole JSON message satisfies the rules of [`Meta::write`].
    ///
    /// The whole message must be JSON, nested at most 64 deep, with each member of `Meta` at most once. This function
    /// does not check the number of destinations that an event type allows.
    ///
    /// ```
    /// use redox_auth_core::{Meta, MetaError, Sources};
    ///
    /// let message = br#"{"Meta":{"DataModel":"Results","EventType":"New","Destinations":[]}}"#;
    /// let checked = Meta::check_message(message, Sources::One);
    /// assert_eq!(checked, Err(MetaError::Missing("Meta.Destinations")));
    /// ```
    ///
    /// # Errors
    /// [`MetaError::Message`], [`MetaError::Missing`] for a required member, [`MetaError::EventDateTime`].
    pub fn check_message(message: &[u8], sources: Sources) -> Result<(), MetaError> {
        let [meta] = json::members(message, ["Meta"])?;
        let meta = container(meta, message, OBJECT, META)?;
        let meta = meta.ok_or(MetaError::Missing(META))?;
        let [
            data_model,
            event_type,
            event_date_time,
            source,
            destinations,
        ] = json::members_at(
            message,
            meta,
            [
                "DataModel",
                "EventType",
                "EventDateTime",
                "Source",
                "Destinations",
            ],
        )?;

        required(data_model, message, DATA_MODEL)?;
        required(event_type, message, EVENT_TYPE)?;
        let time = text_of(event_date_time, EVENT_DATE_TIME)?;
        if time.is_some_and(|time| !is_time(time, message)) {
            return Err(MetaError::EventDateTime);
        }
        let source_id = id_of(source, message, SOURCE)?;
        let is_absent = source_id.is_none_or(|it| matches!(it.value, Value::Null));
        if !is_absent || sources == Sources::Several {
            required(source_id, message, SOURCE_ID)?;
        }
        let destinations = container(destinations, message, ARRAY, DESTINATIONS)?;
        let destinations = destinations.ok_or(MetaError::Missing(DESTINATIONS))?;
        let mut found = Err(MetaError::Missing(DESTINATIONS));
        for destination in json::elements_at(message, destinations) {
            let id = id_of(Some(destination), message, DESTINATION)?;
            required(id, message, DESTINATION_ID)?;
            found = Ok(());
        }
        found
    }

    pub(super) fn check(&self) -> Result<(), MetaError> {
        let wire = &self.wire;
        let no_source = match wire.source {
            Some(source) => source.id.is_empty(),
            None => self.sources == Sources::Several,
        };
        let no_id = wire.destinations.iter().any(|it| it.id.is_empty());
        for (path, is_missing) in [
            (DATA_MODEL, wire.data_model.is_empty()),
            (EVENT_TYPE, wire.event_type.is_empty()),
            (SOURCE_ID, no_source),
            (DESTINATIONS, wire.destinations.is_empty()),
            (DESTINATION_ID, no_id),
        ] {
            if is_missing {
                return Err(MetaError::Missing(path));
            }
        }
        if let Some(time) = wire.event_date_time
            && UnixTime::parse_rfc3339(time).is_none()
        {
            return Err(MetaError::EventDateTime);
        }
        if let Some(Extensions(extensions)) = wire.extensions {
            json::members(extensions.as_bytes(), []).map_err(MetaError::Extensions)?;
        }
        Ok(())
    }
}

/// The `ID` of a source or a destination.
fn id_of(
    party: Option<Member>,
    message: &[u8],
    path: &'static str,
) -> Result<Option<Member>, ParseError> {
    let Some(at) = container(party, message, OBJECT, path)? else {
        return Ok(None);
    };
    let [id] = json::members_at(message, at, ["ID"])?;
    Ok(id)
}

/// A text that is required and must not be empty.
fn required(member: Option<Member>, body: &[u8], path: &'static str) -> Result<(), MetaError> {
    match text_of(member, path)? {
        Some(text) if !text.raw(body).is_empty() => Ok(()),
        _ => Err(MetaError::Missing(path)),
    }
}

/// The text of a member that may be absent or `null`.
fn text_of(member: Option<Member>, path: &'static str) -> Result<Option<Text>, ParseError> {
    member.map_or(Ok(None), |member| member.text(path))
}

/// Decodes escapes, because some JSON writers escape the `+` of an offset.
fn is_time(text: Text, body: &[u8]) -> bool {
    let mut room = [0; MAX_TIME_LEN];
    let time = text.copy_to(text.raw(body), &mut room);
    time.is_some_and(|time| UnixTime::parse_rfc3339(time).is_some())
}

/// The start of this member's object or array; nothing if the member is absent or `null`.
pub(super) fn container(
    member: Option<Member>,
    body: &[u8],
    bracket: u8,
    path: &'static str,
) -> Result<Option<usize>, ParseError> {
    let Some(member) = member else {
        return Ok(None);
    };
    if matches!(member.value, Value::Null) {
        Ok(None)
    } else if body.get(member.at()) == Some(&bracket) {
        Ok(Some(member.at()))
    } else if bracket == ARRAY {
        Err(member.wrong_type(path, "an array"))
    } else {
        Err(member.wrong_type(path, "an object"))
    }
}

pub(super) const OBJECT: u8 = b'{';
pub(super) const ARRAY: u8 = b'[';

pub(super) const META: &str = "Meta";
const DATA_MODEL: &str = "Meta.DataModel";
const EVENT_TYPE: &str = "Meta.EventType";
const EVENT_DATE_TIME: &str = "Meta.EventDateTime";
const SOURCE: &str = "Meta.Source";
const SOURCE_ID: &str = "Meta.Source.ID";
const DESTINATIONS: &str = "Meta.Destinations";
const DESTINATION: &str = "Meta.Destinations[]";
const DESTINATION_ID: &str = "Meta.Destinations[].ID";

/// `2026-11-21T20:52:35.123456789+00:00`, with each character written as an escape of six.
const MAX_TIME_LEN: usize = 35 * 6;
