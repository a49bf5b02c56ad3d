//! The sandbox's SFTP server, if the command is built with one.

#[cfg(not(feature = "sandbox-sftp"))]
pub(super) use without::start;

#[cfg(feature = "sandbox-sftp")]
pub(super) use with::start;

#[cfg(feature = "sandbox-sftp")]
mod with {
    use core::net::SocketAddr;

    use redox_auth_sandbox::SftpServer;

    use crate::failure::Failure;
    use crate::sandbox::files::Files;

    /// Starts the server, and returns its variables. One of the files has the password.
    pub(crate) async fn start(
        address: SocketAddr,
        files: &Files,
    ) -> Result<(SftpServer, Vec<(&'static str, String)>), Failure> {
        let started = SftpServer::start(address).await;
        let server = started
            .map_err(|error| Failure::usage(format!("cannot listen on {address}: {error}")))?;
        let password_file = files.write("sftp-password", server.expose_password())?;
        let to = format!("{}@{}/in", SftpServer::USER, server.address());
        let variables = [
            ("REDOX_SFTP", to),
            ("REDOX_SFTP_PASSWORD_FILE", password_file),
            ("REDOX_SFTP_HOST_KEY", server.host_key().to_owned()),
        ];
        Ok((server, variables.into()))
    }
}

#[cfg(not(feature = "sandbox-sftp"))]
mod without {
    use core::convert::Infallible;
    use core::net::SocketAddr;

    use crate::failure::Failure;
    use crate::sandbox::files::Files;

    pub(crate) async fn start(
        _address: SocketAddr,
        _files: &Files,
    ) -> Result<(Infallible, Vec<(&'static str, String)>), Failure> {
        Err(Failure::usage(
            "this command was built without an SFTP server: build it with `--features sandbox-sftp`",
        ))
    }
}
