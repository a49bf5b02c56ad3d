use super::report::Report;
use crate::args::SftpArgs;
use crate::dial::dial;
use crate::failure::Failure;
use crate::sftp::{Extra, Facts, Kind, Link, Problem, Session, Trouble, ssh_version};
use crate::terminal::shown;

/// Checks the access to a folder over SFTP step by step, with one password attempt.
pub(super) async fn check(report: &mut Report, args: &SftpArgs) -> Result<(), Failure> {
    let link = match Link::of(args) {
        Ok(link) => link,
        Err(failure) => return report.fail("options", &failure, None),
    };
    match ssh_version().await {
        Ok(version) => report.ok("ssh", shown(&version))?,
        Err(error) => {
            let failure = Failure::usage(format!("cannot start `ssh`: {error}"));
            return report.fail(
                "ssh",
                &failure,
                Some("install the OpenSSH client, version 8.5 or newer"),
            );
        }
    }
    let to = link.address.host_and_port();
    match dial(&to, None).await {
        Ok(stream) => {
            let address = stream
                .peer_addr()
                .map_or_else(|_| String::new(), |it| format!(", which is {it}"));
            report.ok("connection", format_args!("to {to}{address}"))?;
        }
        Err(error) => {
            return report.fail("connection", &Failure::no_answer(error.to_string()), None);
        }
    }
    match link.connect().await {
        Ok(mut login) => {
            server(report, &login.facts)?;
            host_key(report, &login.facts)?;
            methods(report, &login.facts)?;
            let method = login.facts.authenticated_with.clone();
            let method = method.unwrap_or_else(|| "an unknown method".to_owned());
            report.ok("password", format_args!("accepted, by {method}"))?;
            report.ok("sftp", extras(&login.session))?;
            folder(report, &mut login.session, &link.address.folder).await?;
            login.end().await;
            Ok(())
        }
        Err(error) => {
            let failure = Failure::from(&error);
            server(report, &error.facts)?;
            if matches!(error.problem, Problem::HostKey(_)) {
                return report.fail("host key", &failure, None);
            }
            if !error.facts.host_keys.is_empty() {
                host_key(report, &error.facts)?;
            }
            methods(report, &error.facts)?;
            match error.problem {
                Problem::Password(_) => report.fail("password", &failure, None),
                Problem::NoSftp(_) => {
                    let method = error.facts.authenticated_with.unwrap_or_default();
                    report.ok("password", format_args!("accepted, by {method}"))?;
                    report.fail("sftp", &failure, None)
                }
                _ => report.fail("ssh", &failure, None),
            }
        }
    }
}

fn server(report: &mut Report, facts: &Facts) -> Result<(), Failure> {
    match &facts.software {
        Some(software) => report.ok("server", software),
        None => Ok(()),
    }
}

fn host_key(report: &mut Report, facts: &Facts) -> Result<(), Failure> {
    match facts.host_keys.last() {
        Some(key) => report.ok("host key", format_args!("{key}, which is trusted")),
        None => Ok(()),
    }
}

fn methods(report: &mut Report, facts: &Facts) -> Result<(), Failure> {
    match &facts.methods {
        Some(methods) => report.ok("methods", methods),
        None => Ok(()),
    }
}

/// The server's extensions of version 3.
fn extras(session: &Session) -> String {
    let all = [
        (Extra::PosixRename, "posix-rename"),
        (Extra::Fsync, "fsync"),
        (Extra::Limits, "limits"),
        (Extra::Statvfs, "statvfs"),
    ];
    let named = |is_there: bool| {
        let names = all
            .into_iter()
            .filter(|(extra, _)| session.has(*extra) == is_there);
        let names: Vec<_> = names.map(|(_, name)| name).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    format!(
        "version 3; extensions: {}; missing: {}",
        named(true),
        named(false)
    )
}

/// Checks that the folder exists and that the user can create a file in it.
async fn folder(report: &mut Report, session: &mut Session, folder: &str) -> Result<(), Failure> {
    let name = shown(folder);
    match session.look_behind(folder).await {
        Ok(Some(found)) if found.kind == Kind::Folder => {
            report.ok("folder", format_args!("{name} is there"))?;
        }
        Ok(Some(_)) => {
            let failure = Failure::usage(format!("{name} is a file, and must be a folder"));
            return report.fail("folder", &failure, None);
        }
        Ok(None) => {
            let failure = Failure::usage(format!("there is no folder {name} for this user"));
            return report.fail(
                "folder",
                &failure,
                Some("ask the server's operator for the folder"),
            );
        }
        Err(trouble) => return report.fail("folder", &refused(&trouble), None),
    }
    let probe = format!("{}/{PROBE}", folder.trim_end_matches('/'));
    match made_and_removed(session, &probe).await {
        Ok(()) => report.ok(
            "writing",
            format_args!("{PROBE} was made there and removed"),
        )?,
        Err((step, trouble)) => {
            let failure = refused(&trouble);
            let failure = failure.with_message(format!("cannot {step} {PROBE} there: {failure}"));
            report.fail(
                "writing",
                &failure,
                Some("ask the server's operator for the permission"),
            )?;
        }
    }
    match session.free_space(folder).await {
        Some(0) => report.fail(
            "space",
            &Failure::refused("no space left on the server"),
            None,
        ),
        Some(free) => report.ok("space", format_args!("{free} bytes are free")),
        None => report.warn(
            "space",
            "the server does not report free space",
            "a full disk shows only when you send a file",
        ),
    }
}

async fn made_and_removed(
    session: &mut Session,
    probe: &str,
) -> Result<(), (&'static str, Trouble)> {
    let handle = session
        .create(probe)
        .await
        .map_err(|trouble| ("make", trouble))?;
    session
        .close(&handle)
        .await
        .map_err(|trouble| ("close", trouble))?;
    session
        .remove(probe)
        .await
        .map_err(|trouble| ("remove", trouble))
}

fn refused(trouble: &Trouble) -> Failure {
    if trouble.ends_session() {
        Failure::no_answer(trouble.to_string())
    } else {
        Failure::refused(trouble.to_string())
    }
}

/// A file without content.
const PROBE: &str = ".redox-auth-probe";
