use redox_auth_core::{Meta, Party, Sources, Traffic};

/// Writes a Data Model message: a patient was admitted.
///
/// # Panics
///
/// When it does not fit, or the IDs are empty.
pub fn write_message<'o>(source_id: &str, destination_id: &str, out: &'o mut [u8]) -> &'o [u8] {
    let destinations = [Party::new(destination_id)];
    let meta = Meta::new("PatientAdmin", "Arrival", &destinations)
        .traffic(Traffic::Test)
        .source(Party::new(source_id))
        .sources(Sources::Several);
    let (start, rest) = out.split_at_mut(MESSAGE_START.len());
    start.copy_from_slice(MESSAGE_START);
    let written = meta.write(rest);
    let end = MESSAGE_START.len() + written.expect("the Meta is whole and fits").len();
    let whole = end + MESSAGE_END.len();
    out[end..whole].copy_from_slice(MESSAGE_END);
    &out[..whole]
}

const MESSAGE_START: &[u8] = br#"{"Meta":"#;
const MESSAGE_END: &[u8] = br#","Patient":{"Identifiers":[{"ID":"0000000001","IDType":"MR"}]}}"#;
