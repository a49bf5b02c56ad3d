use core::fmt;

use serde_json::Value;

use super::report::Report;
use crate::args::DoctorArgs;
use crate::connect;
use crate::failure::Failure;
use crate::platform::{self, CREDENTIALS, Platform};

/// Compares the source of the data with the sources of the environment.
pub(super) async fn check(report: &mut Report, args: &DoctorArgs) -> Result<(), Failure> {
    let given = args.source.source_id.as_deref();
    match look_up(args).await {
        Ok(Some(sources)) => {
            // The client does the same when it has both credentials.
            let source = given.or(args.client.legacy.legacy_key.as_deref());
            compare(report, source, &sources)
        }
        Ok(None) => unchecked(report, given),
        Err(failure) => {
            let failure = failure.with_message(format!("not looked up: {failure}"));
            report.fail("source", &failure, None)
        }
    }
}

/// The report without the Platform API, which alone lists sources.
fn unchecked(report: &mut Report, source_id: Option<&str>) -> Result<(), Failure> {
    match source_id {
        Some(source_id) => report.warn(
            "source",
            format_args!("{source_id:?}, which only a message or the Platform API can check"),
            format_args!(
                "send a message with `\"Test\": true` in `Meta` (redox-auth send); or look up the source with {CREDENTIALS}"
            ),
        ),
        None => report.skip(
            "source",
            format_args!(
                "no source is given, which Redox accepts from environments with a single source; a lookup needs {CREDENTIALS}"
            ),
        ),
    }
}

fn compare(
    report: &mut Report,
    source_id: Option<&str>,
    sources: &[Source],
) -> Result<(), Failure> {
    let check = "source";
    match (source_id, sources) {
        (Some(source_id), _) => match sources.iter().find(|source| source.id == source_id) {
            Some(source) => report.ok(check, format_args!("{source}, which the environment has")),
            None => {
                let failure = Failure::usage(format!(
                    "expected a source of the environment ({}), found {source_id:?}",
                    listed(sources)
                ));
                report.fail(check, &failure, Some("give one of them with --source-id"))
            }
        },
        (None, []) => report.warn(
            check,
            "the environment has none",
            "make one in the Redox dashboard: Developer > Sources",
        ),
        (None, [source]) => report.ok(
            check,
            format_args!("none given; Redox uses the only source of the environment: {source}"),
        ),
        (None, _) => report.warn(
            check,
            format_args!("none given, but the environment has several: {}", listed(sources)),
            "give one with --source-id: with several sources, Redox requires one in every message and FHIR request",
        ),
    }
}

fn listed(sources: &[Source]) -> String {
    if sources.is_empty() {
        return "none".to_owned();
    }
    let sources: Vec<_> = sources.iter().map(Source::to_string).collect();
    sources.join(", ")
}

/// The sources of the OAuth API key's environment; `None` without a credential for the Platform API.
///
/// Paths and members are Redox's (Redox: Platform API reference, OAuth API keys and sources). Its documentation
/// mentions no paging, therefore one answer holds all sources.
async fn look_up(args: &DoctorArgs) -> Result<Option<Vec<Source>>, Failure> {
    let Some(platform) = Platform::as_user(&args.platform, &args.client.server)? else {
        return Ok(None);
    };
    let path = platform::api_key_path(connect::client_id(&args.client.key)?)?;
    let api_key = platform.get(&path).await?;
    let environment = api_key.pointer("/apikey/environment/id");
    let environment = environment.and_then(Value::as_str);
    let environment = environment
        .filter(|id| platform::can_stand_in_a_path(id))
        .ok_or_else(|| unexpected("an API key with the ID of its environment"))?;
    let path = format!("/platform/v1/environments/{environment}/sources");
    let answer = platform.get(&path).await?;
    let sources = answer.get("sources").and_then(Value::as_array);
    let sources = sources.and_then(|sources| sources.iter().map(Source::parse).collect());
    let sources = sources.ok_or_else(|| unexpected("sources with ID and name"))?;
    Ok(Some(sources))
}

fn unexpected(expected: &str) -> Failure {
    Failure::no_answer(format!(
        "expected {expected} from the Platform API, found something else"
    ))
}

/// A source as the Platform API shows it.
struct Source {
    id: String,
    name: String,
}

impl Source {
    fn parse(shown: &Value) -> Option<Self> {
        let member = |name| Some(shown.get(name)?.as_str()?.to_owned());
        Some(Self {
            id: member("id")?,
            name: member("name")?,
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} named {:?}", self.id, self.name)
    }
}
