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
mod relay;
mod scene;

use core::error::Error;
use core::time::Duration;
use std::env;
use std::path::Path;
use std::process::{ExitCode, Stdio};

use redox_auth_sandbox::{Server, ServerOptions};
use scene::{HOST, Scene};
use tokio::io::AsyncReadExt as _;
use tokio::process::{ChildStdout, Command};

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
    let port = match scene {
        Scene::Relay => relay::free_port().ok(),
        _ => None,
    };
    command.args(arguments.iter().map(|it| relay::forwarded(it, port)));
    match run(scene, Path::new(folder), key_id, command, port).await {
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
    port: Option<u16>,
) -> Result<(), Box<dyn Error>> {
    let server = Server::start(ServerOptions::new().tls().host(HOST)).await?;
    scene.set(&server, folder, key_id).await?;
    let mut child = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = child.stdout.take().ok_or("its output is a pipe")?;
    let play = async {
        let printed = match port {
            Some(port) => relay::play(stdout, port).await?,
            None => read_all(stdout).await?,
        };
        Ok::<_, Box<dyn Error>>((printed, child.wait_with_output().await?))
    };
    let ended = tokio::time::timeout(LIMIT, play).await;
    let (printed, output) =
        ended.map_err(|_| format!("the board still runs after {LIMIT:?}"))??;
    print!("{printed}");
    if output.status.code() != Some(scene.exit_code()) {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{errors}the board ended with {}", output.status).into());
    }
    scene.judge(&server, &printed)?;
    server.stop().await?;
    Ok(())
}

async fn read_all(mut output: ChildStdout) -> Result<String, Box<dyn Error>> {
    let mut printed = String::new();
    output.read_to_string(&mut printed).await?;
    Ok(printed)
}

/// Far beyond what the slowest board needs: only one that hangs reaches it.
const LIMIT: Duration = Duration::from_secs(120);
