//! A TPM in software, `swtpm`, behind the resource manager `tpm2-abrmd`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::daemon::{Daemon, until};

/// The variables that lead programs to it.
pub(crate) fn variables(folder: &Path) -> [(&'static str, String); 4] {
    let in_folder = |name: &str| folder.join(name).display().to_string();
    [
        (
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", in_folder("bus")),
        ),
        ("TPM2TOOLS_TCTI", TCTI.to_owned()),
        ("TPM2_PKCS11_TCTI", TCTI.to_owned()),
        ("TPM2_PKCS11_STORE", in_folder("store")),
    ]
}

/// The bus by which programs reach the resource manager. A process keeps its connection, so it is never stopped.
pub(crate) fn bus(folder: &Path) -> Daemon {
    let socket = folder.join("bus");
    let mut bus = Command::new("dbus-daemon");
    bus.args(["--session", "--nofork", "--address"])
        .arg(format!("unix:path={}", socket.display()));
    Daemon::answering_at(&bus, &socket)
}

/// The daemons that make a TPM, the last one first.
pub(crate) struct Tpm {
    _daemons: [Daemon; 2],
}

impl Tpm {
    /// With the state in this folder, if it ran before.
    pub(crate) fn start(folder: &Path) -> Self {
        let in_folder = |name: &str| folder.join(name).display().to_string();
        fs::create_dir_all(folder.join("store")).unwrap();
        fs::create_dir_all(folder.join("state")).unwrap();
        // Those of the TPM before.
        for socket in ["tpm", "tpm.ctrl"] {
            let _ = fs::remove_file(folder.join(socket));
        }
        let mut swtpm = Command::new("swtpm");
        swtpm
            .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
            .args(["--tpmstate", &format!("dir={}", in_folder("state"))])
            .args([
                "--server",
                &format!("type=unixio,path={}", in_folder("tpm")),
            ])
            .args([
                "--ctrl",
                &format!("type=unixio,path={}", in_folder("tpm.ctrl")),
            ]);
        let swtpm = Daemon::start(&swtpm);
        until("swtpm", || folder.join("tpm.ctrl").exists());
        let mut manager = Command::new("tpm2-abrmd");
        manager
            .args(["--session", "--allow-root", "--tcti"])
            .arg(format!("swtpm:path={}", in_folder("tpm")))
            .envs(variables(folder));
        let manager = Daemon::start(&manager);
        let answers = || {
            let mut asked = Command::new("tpm2_getcap");
            let asked = asked.arg("properties-fixed").envs(variables(folder));
            asked.output().is_ok_and(|output| output.status.success())
        };
        until("the TPM", answers);
        Self {
            _daemons: [manager, swtpm],
        }
    }
}

const TCTI: &str = "tabrmd:bus_type=session";
