use core::fmt;

use super::check::{ARRAY, META, OBJECT, container};
use crate::json::{self, Member};
use crate::parse_error::{ParseError, ParseErrorKind};
use crate::peer_text::PeerText;

/// The errors and the logs in the `Meta` of an answer of Redox's Data Model API.
///
/// Check [`errors`](Self::errors) whatever the status is: Redox also answers 200 to a query that found nothing, or
/// whose destination was down. Redox's retired `Meta.Message` and `Meta.Transmission` are ignored, as are all other
/// members.
///
/// The body stays unchanged, and the application can read it.
///
/// ```
/// use redox_auth_core::MetaAnswer;
///
/// let body = br#"{"Meta":{"DataModel":"PatientSearch","Errors":[{"ID":4002,"Text":"No patients\u000a",
///     "Type":"query","Module":"Send"}],"Logs":[{"ID":"d9f5d293-7110-461e-a875-3beb089e79f3"}]}}"#;
/// let answer = MetaAnswer::parse(body)?;
///
/// let error = answer.errors().next().expect("an error");
/// assert_eq!(error.to_string(), r"No patients\u{a} (ID 4002, type query, module Send)");
/// let log = answer.logs().next().expect("a log");
/// assert_eq!(log.id.and_then(|id| id.plain()), Some("d9f5d293-7110-461e-a875-3beb089e79f3"));
/// # Ok::<(), redox_auth_core::ParseError>(())
/// ```
#[derive(Clone, Copy)]
pub struct MetaAnswer<'b> {
    body: &'b [u8],
    errors: Option<usize>,
    logs: Option<usize>,
    detail: Option<PeerText<'b>>,
}

impl<'b> MetaAnswer<'b> {
    /// Parses the whole `body` of an answer, of any status, in time linear in its length.
    ///
    /// Redox also answers with `{"errorDetail":"…"}`, which counts as one error.
    ///
    /// # Errors
    /// [`ParseError`] if the body is no JSON object, if it has neither `Meta` nor `errorDetail`, or if a known member
    /// comes twice or is neither a string nor a number. An absent or `null` member is no error.
    pub fn parse(body: &'b [u8]) -> Result<Self, ParseError> {
        let [meta, detail] = json::members(body, [META, ERROR_DETAIL])?;
        let detail = PeerText::of(detail, body, ERROR_DETAIL)?;
        let mut answer = Self {
            body,
            errors: None,
            logs: None,
            detail,
        };
        match container(meta, body, OBJECT, META)? {
            Some(meta) => {
                let [errors, logs] = json::members_at(body, meta, ["Errors", "Logs"])?;
                answer.errors = container(errors, body, ARRAY, "Meta.Errors")?;
                answer.logs = container(logs, body, ARRAY, "Meta.Logs")?;
            }
            None if detail.is_none() => {
                let kind = ParseErrorKind::Missing(META);
                return Err(ParseError { kind, at: 0 });
            }
            None => {}
        }
        for error in elements(body, answer.errors) {
            MetaFault::read(error, body)?;
        }
        for log in elements(body, answer.logs) {
            MetaLog::read(log, body)?;
        }
        Ok(answer)
    }

    /// `Meta.Errors`, followed by `errorDetail`.
    pub fn errors(&self) -> impl Iterator<Item = MetaFault<'b>> + Clone + use<'b> {
        let (body, detail) = (self.body, self.detail);
        elements(body, self.errors)
            // `parse` has checked every entry, and therefore none fails.
            .filter_map(move |error| MetaFault::read(error, body).ok())
            .chain(detail.map(MetaFault::of_detail))
    }

    /// `Meta.Logs`: one for each destination.
    pub fn logs(&self) -> impl Iterator<Item = MetaLog<'b>> + Clone + use<'b> {
        let body = self.body;
        elements(body, self.logs).filter_map(move |log| MetaLog::read(log, body).ok())
    }
}

impl fmt::Debug for MetaAnswer<'_> {
    /// Omits the body, which may be long and about patients.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetaAnswer").finish_non_exhaustive()
    }
}

/// One of an answer's `Meta.Errors`, in Redox's words.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MetaFault<'b> {
    /// `ID`: the number of this kind of error, as Redox wrote it.
    pub id: Option<PeerText<'b>>,
    /// `Text`: the description for people.
    pub text: Option<PeerText<'b>>,
    /// `Type`: `message`, `transmission` or `query`.
    pub fault_type: Option<PeerText<'b>>,
    /// `Module`: the part of Redox that found the error, such as `Send`, `DataModels` or `Subscriptions`.
    pub module: Option<PeerText<'b>>,
}

impl<'b> MetaFault<'b> {
    fn read(error: Member, body: &'b [u8]) -> Result<Self, ParseError> {
        let names = ["ID", "Text", "Type", "Module"];
        let [id, text, fault_type, module] = texts(error, body, "Meta.Errors[]", &names)?;
        Ok(Self {
            id,
            text,
            fault_type,
            module,
        })
    }

    const fn of_detail(detail: PeerText<'b>) -> Self {
        Self {
            id: None,
            text: Some(detail),
            fault_type: None,
            module: None,
        }
    }
}

impl fmt::Display for MetaFault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text {
            Some(text) => write!(f, "{text}")?,
            None => f.write_str("an error without a text")?,
        }
        let mut separator = " (";
        for (name, value) in [
            ("ID", self.id),
            ("type", self.fault_type),
            ("module", self.module),
        ] {
            if let Some(value) = value {
                write!(f, "{separator}{name} {value}")?;
                separator = ", ";
            }
        }
        f.write_str(if separator == ", " { ")" } else { "" })
    }
}

/// One of an answer's `Meta.Logs`: Redox's record of the request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MetaLog<'b> {
    /// `ID`: find the record in Redox's dashboard with it, and give it to Redox's support.
    pub id: Option<PeerText<'b>>,
    /// `AttemptID`: the delivery, among several.
    pub attempt_id: Option<PeerText<'b>>,
}

impl<'b> MetaLog<'b> {
    fn read(log: Member, body: &'b [u8]) -> Result<Self, ParseError> {
        let names = ["ID", "AttemptID"];
        let [id, attempt_id, ..] = texts(log, body, "Meta.Logs[]", &names)?;
        Ok(Self { id, attempt_id })
    }
}

fn elements(body: &[u8], at: Option<usize>) -> impl Iterator<Item = Member> + Clone {
    let elements = at.map(|at| json::elements_at(body, at));
    elements.into_iter().flatten()
}

/// The members of an entry with these names, at most four. A `null` entry has none.
fn texts<'b>(
    entry: Member,
    body: &'b [u8],
    path: &'static str,
    names: &[&'static str],
) -> Result<[Option<PeerText<'b>>; 4], ParseError> {
    let mut found = [None; 4];
    if let Some(at) = container(Some(entry), body, OBJECT, path)? {
        json::read_at(body, at, names, &mut found)?;
    }
    let mut texts = [None; 4];
    for ((text, member), name) in texts.iter_mut().zip(found).zip(names) {
        *text = PeerText::of(member, body, name)?;
    }
    Ok(texts)
}

const ERROR_DETAIL: &str = "errorDetail";
