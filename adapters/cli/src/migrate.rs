mod report;
mod watch;

use crate::args::MigrateArgs;
use crate::connect::{self, Credentials};
use crate::ended::ended;
use crate::failure::Failure;
use report::{Format, Line, Report};
use watch::{Pace, Watch, not_yet};

/// Shows when the user can replace the secret of the legacy API key, and the next steps.
pub(crate) async fn run(args: MigrateArgs) -> Result<(), Failure> {
    let ended = ended()?;
    let api_key = args.client.legacy.legacy_key.as_deref().ok_or_else(|| {
        Failure::usage(
            "expected a legacy API key (--legacy-key or REDOX_LEGACY_API_KEY), found none",
        )
    })?;
    // Without this check the command would run with the legacy API key alone.
    connect::client_id(&args.client.key)?;
    let credentials = Credentials::read(&args.client)?;
    let format = match args.json {
        true => Format::Json,
        false => Format::Text,
    };
    let mut watch = Watch {
        client: |preference| {
            let builder = credentials.builder(&args.client.server)?;
            Ok(builder.prefer(preference).build()?)
        },
        pace: match (args.once, args.now) {
            (true, _) => Pace::Once,
            (false, true) => Pace::AtOnce,
            (false, false) => Pace::Renewals,
        },
        report: Report::new(std::io::stdout(), format),
    };
    let sources = format!(
        "sources: if the environment has several sources, messages with a token of the OAuth API key need `Meta.Source.ID`, \
         and FHIR requests need the header `Redox-Source-Id`; the legacy API key's source is {api_key}"
    );
    let to_the_end = async {
        watch.try_each().await?;
        let line = Line::new(sources).with("source_id", api_key);
        watch.report.say("sources", line)?;
        watch.until_ready().await
    };
    tokio::select! {
        biased;
        () = ended => return Err(not_yet()),
        ready = to_the_end => ready?,
    }
    let next = format!(
        "next: check that no program still uses the legacy API key {api_key}; this command cannot see that. Then generate a \
         new secret for the key in Redox's dashboard, which revokes the old secret at once. Do not delete the source: the \
         OAuth API key sends from it"
    );
    watch.report.say("next", Line::new(next))
}
