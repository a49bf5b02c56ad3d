use super::{Format, Group};

/// The format of a text that begins with `<`, from its root element.
pub(super) fn of(text: &str) -> Format {
    let lower = text.get(..16).unwrap_or(text).to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        return Format::new("an HTML page", Group::Page);
    }
    let Some(root) = root(text) else {
        return Format::document("XML");
    };
    let name = root.split(|c: char| c.is_whitespace() || "/>".contains(c));
    let name = name.into_iter().next().unwrap_or_default();
    let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
    let has = |namespace: &str| root.contains(namespace);
    if local == "ClinicalDocument" {
        Format::document("a C-CDA document")
    } else if local == "Envelope" && has("/soap") {
        Format::document("a SOAP message")
    } else if has("http://hl7.org/fhir") {
        Format::document("FHIR in XML")
    } else if has("urn:hl7-org:v2xml") {
        Format::document("HL7 v2 in XML")
    } else if has("urn:hl7-org:v3") {
        Format::document("HL7 v3")
    } else if has("ncpdp.org/schema/SCRIPT") {
        Format::document("NCPDP SCRIPT")
    } else if local.eq_ignore_ascii_case("html") {
        Format::new("an HTML page", Group::Page)
    } else {
        Format::document("XML")
    }
}

/// The tag of the first element, without its `<`, after the declaration, comments and a document type.
fn root(mut text: &str) -> Option<&str> {
    loop {
        let tag = text.trim_start().strip_prefix('<')?;
        let end = if tag.starts_with("!--") {
            "-->"
        } else if tag.starts_with(['?', '!']) {
            ">"
        } else {
            return Some(tag.split_inclusive('>').next().unwrap_or(tag));
        };
        text = tag.split_once(end)?.1;
    }
}
