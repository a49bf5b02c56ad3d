//! The page of `redox-auth-pkcs11`: from an empty TPM to a registered key.

use std::path::Path;
use std::process::Command;

use crate::support::{Folder, Redox};
use crate::swtpm::{Tpm, bus, variables};

/// The commands of the blocks below the heading, one block after the other.
fn blocks() -> Vec<String> {
    let page = include_str!("../../../pkcs11/README.md");
    let (_, section) = page.split_once("\n## From an empty TPM").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn five_commands_lead_from_an_empty_tpm_to_a_registered_key() {
    // Sockets have short names.
    let tpm = tempfile::tempdir_in("/tmp").unwrap();
    let _bus = bus(tpm.path());
    let _tpm = Tpm::start(tpm.path());
    let folder = Folder::new();
    let program = Path::new(env!("CARGO_BIN_EXE_redox-auth"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let place = folder.path("");
    let shell = |script: &str, more: &[(&str, &str)]| {
        let mut shell = Command::new("sh");
        let output = shell
            .args(["-euc", script])
            .current_dir(&place)
            .env("PATH", &path)
            .envs(variables(tpm.path()))
            .envs(more.iter().copied())
            .output()
            .unwrap();
        assert!(output.status.success(), "{script}\n{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let blocks = blocks();
    let [make, use_it] = blocks.as_slice() else {
        panic!("{blocks:#?}");
    };
    assert_eq!(make.lines().count(), 5, "{make}");
    shell(make, &[]);
    let jwks = folder.read("jwks.json");
    assert!(jwks.contains("ES384"), "{jwks}");
    let redox = Redox::with(folder, &jwks);
    let token = shell(
        use_it,
        &[
            ("CLIENT_ID", redox.client_id.as_str()),
            ("REDOX_BASE_URL", redox.server.base_url()),
        ],
    );
    assert!(!token.trim().is_empty());
    assert_eq!(redox.server.counters().tokens_minted, 1);
}
