mod certificate;
mod configuration;
mod discovery;
mod interception;
mod keys;
mod mllp;
mod network;
mod patience;
mod report;
mod route;
#[cfg(unix)]
mod sftp;
mod source;
mod tls;
mod tokens;

use redox_auth_reqwest::BuildError;

use crate::args::{DoctorArgs, ProfileArgs};
use crate::failure::Failure;
use crate::{connect, transport};
use report::Report;

/// Checks everything that a token needs, one line each, and continues after a failure as far as possible.
pub(crate) async fn run(mut args: DoctorArgs, profile: &ProfileArgs) -> Result<(), Failure> {
    let mut report = Report::new(args.json, profile.origins.clone());
    if args.mllp.mllp.is_some() {
        let probe = args.mllp.probe.as_deref();
        mllp::check(&mut report, &args.mllp.to_send(), probe).await?;
        return report.finish();
    }
    if args.sftp.sftp.is_some() {
        #[cfg(unix)]
        sftp::check(&mut report, &args.sftp).await?;
        #[cfg(not(unix))]
        report.fail(
            "sftp",
            &Failure::usage("--sftp needs Linux, macOS or another Unix system"),
            None,
        )?;
        return report.finish();
    }
    configuration::check(&mut report, profile, args.without_environment)?;
    let credentials = keys::check(&mut report, &args.client)?;
    let server = &mut args.client.server;
    network::leave_out_unusable(&mut report, server)?;
    if !discovery::check(&mut report, server, &credentials.keys).await? {
        return report.finish();
    }

    let server = connect::builder_without_key(&args.client.server);
    let token_url = match server.map(|builder| builder.no_key().build()) {
        Ok(Ok(server)) => server.token_url(),
        Ok(Err(error)) => {
            let is_of_url = matches!(error, BuildError::Url { .. } | BuildError::Audience { .. });
            let advice = is_of_url.then_some("see --base-url, --token-url and --audience");
            report.fail("server", &error.into(), advice)?;
            return report.finish();
        }
        Err(failure) => {
            report.fail("server", &failure, None)?;
            return report.finish();
        }
    };
    report.ok("server", format_args!("the token endpoint is {token_url}"))?;
    let connections = transport::connections(&args.client.server)?;
    network::check(&mut report, &token_url, &connections).await?;
    if let Some(jwks_url) = &args.jwks_url {
        tokens::jwks(&mut report, &connections, jwks_url, &credentials.keys).await?;
    }
    tokens::check(&mut report, &args.client.server, credentials).await?;
    source::check(&mut report, &args).await?;
    report.finish()
}
