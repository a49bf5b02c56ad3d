use crate::running::Running;
use crate::support::{Call, Folder, Outcome};

/// A sandbox with a server of SFTP, and how to send files there.
pub(crate) struct Door {
    pub(crate) folder: Folder,
    sandbox: Running,
    pub(crate) to: String,
    pub(crate) password_file: String,
    pub(crate) host_key: String,
}

impl Door {
    /// With these faults, one after the other.
    pub(crate) fn open(faults: &[&str]) -> Self {
        let folder = Folder::new();
        let mut call = folder.call(&["sandbox", "--sftp"]);
        for fault in faults {
            call = call.args(&["--fault", fault]);
        }
        let sandbox = Running::start(with_path(call));
        let value = |name: &str| loop {
            let line = sandbox.line();
            if let Some(value) = line.strip_prefix(&format!("export {name}='")) {
                break value.trim_end_matches('\'').to_owned();
            }
        };
        Self {
            to: value("REDOX_SFTP"),
            password_file: value("REDOX_SFTP_PASSWORD_FILE"),
            host_key: value("REDOX_SFTP_HOST_KEY"),
            folder,
            sandbox,
        }
    }

    /// The command for this server, with these further arguments.
    pub(crate) fn run(&self, command: &str, args: &[&str]) -> Outcome {
        self.call(command, args).run()
    }

    pub(crate) fn call(&self, command: &str, args: &[&str]) -> Call {
        let call = self.folder.call(&[command, "--sftp", &self.to]);
        let call = call.args(&["--sftp-password-file", &self.password_file]);
        let call = call.args(&["--host-key", &self.host_key]);
        with_path(call.args(args))
    }

    /// Ends the sandbox, whose process must still be there.
    pub(crate) fn close(self) {
        let (code, _) = self.sandbox.end_by("-INT");
        assert_eq!(code, Some(0));
    }
}

/// `ssh` is found on the path.
pub(crate) fn with_path(call: Call) -> Call {
    call.env("PATH", std::env::var("PATH").unwrap())
}

#[test]
fn a_fault_of_sftp_needs_the_server_for_it() {
    let folder = Folder::new();
    let error = folder.run(&["sandbox", "--fault", "sftp:full"]).failed(2);
    assert!(error.contains("--fault sftp:… needs --sftp"), "{error}");
}

#[test]
fn the_sandbox_runs_until_it_is_ended_and_takes_a_file_before() {
    let door = Door::open(&[]);
    door.folder.write("a.csv", "a");
    let sent = door.run("send", &["a.csv"]).sent("1 ok");
    assert_eq!(
        sent,
        r#"{"file":"a.csv","outcome":"ok","path":"/in/a.csv"}"#
    );
    door.close();
}
