//! Stands at the other end of an emulated board: serves it over TLS, lets happen to it what a device has to live with, and
//! compares what it counted with what was counted here.
//!
//! ```text
//! cargo run -p redox-auth-sandbox --example board -- SCENE FOLDER KEY_ID COMMAND...
//! ```
//!
//! The command is the emulator, run in the folder. There it finds `authority.der` and `settings.txt`; the folder has the
//! public key in `jwks.json`, under this `kid`.

mod counts;
mod scene;

use core::error::Error;
use core::time::Duration;
use std::env;
use std::path::Path;
use std::process::{ExitCode, Stdio};

use redox_auth_sandbox::{Server, ServerOptions};
use scene::{HOST, Scene};
use tokio::process::Command;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [scene, folder, key_id, program, arguments @ ..] = arguments.as_slice() else {
        eprintln!("expected SCENE FOLDER KEY_ID COMMAND...");
        return ExitCode::from(2);
    };
    let Some(scene) = Scene::named(scene) else {
        eprintln!("expected a scene, found {scene}");
        return ExitCode::from(2);
    };
    let mut command = Command::new(program);
    command.args(arguments);
    match run(scene, Path::new(folder), key_id, command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(
    scene: Scene,
    folder: &Path,
    key_id: &str,
    mut command: Command,
) -> Result<(), Box<dyn Error>> {
    let server = Server::start(ServerOptions::new().tls().host(HOST)).await?;
    scene.set(&server, folder, key_id).await?;
    let child = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = tokio::time::timeout(LIMIT, child.wait_with_output()).await;
    let output = output.map_err(|_| format!("the board still runs after {LIMIT:?}"))??;
    let printed = String::from_utf8(output.stdout)?;
    print!("{printed}");
    if output.status.code() != Some(scene.exit_code()) {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{errors}the board ended with {}", output.status).into());
    }
    scene.judge(&server, &printed)?;
    server.stop().await?;
    Ok(())
}

/// Far beyond what the slowest board needs: only one that hangs reaches it.
const LIMIT: Duration = Duration::from_secs(120);
