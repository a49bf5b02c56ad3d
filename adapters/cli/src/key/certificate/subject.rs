use core::str::FromStr as _;

use rcgen::string::{Ia5String, PrintableString};
use rcgen::{DistinguishedName, DnType, DnValue};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::{Tag, Tagged as _};
use x509_cert::name::Name;

use crate::failure::Failure;

/// The name of a certificate's subject (RFC 4514).
pub(super) fn parse(text: &str) -> Result<DistinguishedName, Failure> {
    let wrong = |found: &str| {
        Failure::usage(format!(
            "--subject: expected a name such as CN=redox-auth,O=Example Clinic,C=US, found {found}: {text:?}"
        ))
    };
    let name = Name::from_str(text).map_err(|_| wrong("something else"))?;
    let mut subject = DistinguishedName::new();
    for part in name.iter_rdn() {
        let mut attributes = part.iter();
        let (Some(attribute), None) = (attributes.next(), attributes.next()) else {
            return Err(wrong("parts joined by `+`"));
        };
        let arcs: Vec<u64> = attribute.oid.arcs().map(u64::from).collect();
        let kind = DnType::from_oid(&arcs);
        if subject.get(&kind).is_some() {
            return Err(wrong("the same part twice"));
        }
        let value = value(attribute).ok_or_else(|| wrong("a part without a text"))?;
        subject.push(kind, value);
    }
    Ok(subject)
}

/// The value in the string type of the attribute.
fn value(attribute: &AttributeTypeAndValue) -> Option<DnValue> {
    let text = core::str::from_utf8(attribute.value.value()).ok()?;
    if text.is_empty() {
        return None;
    }
    match attribute.value.tag() {
        Tag::Utf8String => Some(DnValue::Utf8String(text.to_owned())),
        Tag::PrintableString => PrintableString::try_from(text)
            .ok()
            .map(DnValue::PrintableString),
        Tag::Ia5String => Ia5String::try_from(text).ok().map(DnValue::Ia5String),
        _ => None,
    }
}
