use cryptoki::error::Error as CallError;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use crate::error::{Answer, Error};
use crate::uri::KeyUri;

/// A private key in a token.
pub(crate) struct PrivateObject {
    pub(crate) handle: ObjectHandle,
    pub(crate) label: Option<Vec<u8>>,
    pub(crate) id: Option<Vec<u8>>,
}

impl PrivateObject {
    /// The only matching key that may sign, in a token with this label.
    pub(crate) fn find(session: &Session, token: &str, wanted: &KeyUri) -> Result<Self, Error> {
        let failed = |error| Answer::new(format!("the token {token:?}"), error);
        let all = [Attribute::Class(ObjectClass::PRIVATE_KEY)];
        let mut template = all.to_vec();
        template.extend(wanted.object.clone().map(|it| Attribute::Label(it.into())));
        template.extend(wanted.id.clone().map(Attribute::Id));
        let found = session.find_objects(&template).map_err(failed)?;
        if let [handle] = *found.as_slice() {
            let object = Self::read(session, handle).map_err(failed)?;
            return match flag(session, handle, AttributeType::Sign).map_err(failed)? {
                Some(false) => Err(Error::CannotSign {
                    key: object.shown(),
                }),
                _ => Ok(object),
            };
        }
        let others = match found.is_empty() {
            true => session.find_objects(&all).map_err(failed)?,
            false => Vec::new(),
        };
        let shown = |handles: &[ObjectHandle]| {
            let shown = handles.iter().take(MAX_SHOWN).map(|handle| {
                let object = Self::read(session, *handle).map_err(failed)?;
                Ok(object.shown())
            });
            shown.collect::<Result<_, Answer>>()
        };
        Err(Error::Object {
            token: token.to_owned(),
            wanted: wanted.to_string(),
            found: shown(&found)?,
            others: shown(&others)?,
        })
    }

    fn read(session: &Session, handle: ObjectHandle) -> Result<Self, CallError> {
        let label = match attribute(session, handle, AttributeType::Label)? {
            Some(Attribute::Label(label)) => Some(label),
            _ => None,
        };
        let id = match attribute(session, handle, AttributeType::Id)? {
            Some(Attribute::Id(id)) => Some(id),
            _ => None,
        };
        Ok(Self { handle, label, id })
    }

    /// Whether each of its signatures needs its own login.
    pub(crate) fn always_authenticates(&self, session: &Session) -> Result<bool, CallError> {
        let flag = flag(session, self.handle, AttributeType::AlwaysAuthenticate)?;
        Ok(flag.unwrap_or(false))
    }

    /// Its label and its ID.
    pub(crate) fn shown(&self) -> String {
        let label = String::from_utf8_lossy(self.label.as_deref().unwrap_or_default());
        let id = self.id.as_deref().unwrap_or_default();
        let id: String = id.iter().map(|byte| format!("%{byte:02X}")).collect();
        format!("{label:?} (id {id})")
    }
}

/// An attribute of an object; `None` if the object lacks or hides it.
///
/// One at a time, because some modules fail for all if one is missing.
pub(crate) fn attribute(
    session: &Session,
    object: ObjectHandle,
    kind: AttributeType,
) -> Result<Option<Attribute>, CallError> {
    match session.get_attributes(object, &[kind]) {
        Ok(mut found) => Ok(found.pop()),
        // The returned value is invalid for this attribute.
        Err(
            CallError::InvalidValue
            | CallError::TryFromInt(_)
            | CallError::TryFromSlice(_)
            | CallError::Utf8(_),
        ) => Ok(None),
        Err(error) => Err(error),
    }
}

fn flag(
    session: &Session,
    object: ObjectHandle,
    kind: AttributeType,
) -> Result<Option<bool>, CallError> {
    Ok(match attribute(session, object, kind)? {
        Some(Attribute::Sign(flag) | Attribute::AlwaysAuthenticate(flag)) => Some(flag),
        _ => None,
    })
}

/// The greatest number of keys in an error.
const MAX_SHOWN: usize = 20;
