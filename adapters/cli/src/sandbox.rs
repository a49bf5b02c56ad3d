mod client;
mod files;
mod like;
mod local;
mod sftp;

pub(crate) use local::Local;

use redox_auth_sandbox::MllpServer;

use crate::args::{Fault, SandboxArgs};
use crate::ended::ended;
use crate::failure::Failure;
use crate::print;
use crate::terminal::{say, shown_path};

/// Runs a local Redox until interrupted. Secrets are in a temporary folder, which the command deletes at its end, or
/// next to the state file.
pub(crate) async fn run(args: SandboxArgs) -> Result<(), Failure> {
    // Before the first file that the command must delete.
    let ended = ended()?;
    let local = Local::start(&args).await?;
    let mllp = mllp(&args).await?;
    let mut variables = local.variables.clone();
    if let Some(mllp) = &mllp {
        variables.push(("REDOX_MLLP", mllp.address().to_string()));
    }
    let server = &local.server;
    let sftp = match args.sftp {
        Some(address) => {
            let (sftp, more) = sftp::start(address, &local.files).await?;
            variables.extend(more);
            Some(sftp)
        }
        None => None,
    };
    for fault in args.fault {
        match fault {
            Fault::Http(order) => server.sandbox().order(order),
            Fault::Mllp(order) => match &mllp {
                Some(mllp) => mllp.order(order),
                None => return Err(Failure::usage("--fault mllp:… needs --mllp ADDR")),
            },
            #[cfg(feature = "sandbox-sftp")]
            Fault::Sftp(order) => match &sftp {
                Some(sftp) => sftp.order(order),
                None => return Err(Failure::usage("--fault sftp:… needs --sftp")),
            },
        }
    }
    let lines = variables.iter();
    let lines = lines.map(|(name, value)| format!("export {name}={}", like::quoted(value)));
    print(&lines.collect::<Vec<_>>().join("\n"))?;
    if let Some(settings) = server.client_settings() {
        like::notes(&settings, args.tls).for_each(say);
    }
    let kept = match &args.kept.state {
        Some(file) => format!("{} keeps its IDs and keys", shown_path(file)),
        None => "it deletes its keys and messages when it ends".to_owned(),
    };
    match server.sandbox().rules() {
        Some(rules) => {
            let title = rules.title();
            if let Some(reason) = rules.no_token() {
                say(format_args!(
                    "no client obtains a token from {title}: {reason}"
                ));
            }
            say(format_args!("a server like {title} until Ctrl-C; {kept}"));
        }
        None => say(format_args!("a local Redox until Ctrl-C; {kept}")),
    }
    local.say_dashboard();
    ended.await;
    drop((mllp, sftp));
    local.stop().await
}

/// Redox's port for MLLP, if the options ask for it.
async fn mllp(args: &SandboxArgs) -> Result<Option<MllpServer>, Failure> {
    let Some(address) = args.mllp else {
        return Ok(None);
    };
    let started = MllpServer::start(address).await;
    let started =
        started.map_err(|error| Failure::usage(format!("cannot listen on {address}: {error}")))?;
    Ok(Some(started))
}
