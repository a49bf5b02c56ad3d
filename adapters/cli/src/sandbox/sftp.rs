//! The sandbox's server of SFTP, where the command is built with one.

#[cfg(not(feature = "sandbox-sftp"))]
pub(super) use without::start;

#[cfg(feature = "sandbox-sftp")]
pub(super) use with::start;

#[cfg(feature = "sandbox-sftp")]
mod with {
    use core::net::SocketAddr;
    use std::path::Path;

    use redox_auth_sandbox::SftpServer;

    use crate::failure::Failure;
    use crate::key::write_private;
    use crate::sandbox::like::quoted;

    /// Starts it, and returns the variables that lead there. The password is in a file of this folder.
    pub(crate) async fn start(
        address: SocketAddr,
        folder: &Path,
    ) -> Result<(SftpServer, String), Failure> {
        let started = SftpServer::start(address).await;
        let server = started
            .map_err(|error| Failure::usage(format!("cannot listen on {address}: {error}")))?;
        let password_file = folder.join("sftp-password");
        write_private(&password_file, server.expose_password().as_bytes())?;
        let to = format!("{}@{}/in", SftpServer::USER, server.address());
        let variables = [
            ("REDOX_SFTP", to),
            (
                "REDOX_SFTP_PASSWORD_FILE",
                password_file.display().to_string(),
            ),
            ("REDOX_SFTP_HOST_KEY", server.host_key().to_owned()),
        ];
        let lines = variables.map(|(name, value)| format!("export {name}={}", quoted(&value)));
        Ok((server, lines.join("\n")))
    }
}

#[cfg(not(feature = "sandbox-sftp"))]
mod without {
    use core::convert::Infallible;
    use core::net::SocketAddr;
    use std::path::Path;

    use crate::failure::Failure;

    pub(crate) async fn start(
        _address: SocketAddr,
        _folder: &Path,
    ) -> Result<(Infallible, String), Failure> {
        Err(Failure::usage(
            "this command was built without a server of SFTP: build it with `--features sandbox-sftp`",
        ))
    }
}
