//! The command itself, run as a person or a script runs it: what it prints where, and how it ends.

#[cfg(test)]
mod assertion;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod authorities;
#[cfg(test)]
mod bad_answers;
#[cfg(test)]
mod bad_keys;
// The server that the client's own tests use; not every answer of it is needed here.
#[cfg(test)]
#[allow(dead_code, reason = "shared with the tests of the client")]
#[path = "../../../reqwest/tests/loopback/support/canned.rs"]
mod canned;
#[cfg(test)]
mod certificate;
#[cfg(test)]
mod client_certificate;
// The TPM that the tests of `redox-auth-pkcs11` use.
#[cfg(test)]
#[cfg(all(unix, feature = "pkcs11"))]
#[path = "../../../pkcs11/tests/tokens/daemon.rs"]
mod daemon;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod dialect;
#[cfg(test)]
#[cfg(unix)]
mod discovery;
#[cfg(test)]
mod doctor;
#[cfg(test)]
#[cfg(unix)]
mod doctor_mllp;
#[cfg(test)]
#[cfg(all(unix, feature = "sandbox-sftp"))]
mod doctor_sftp;
#[cfg(test)]
mod doctor_source;
#[cfg(test)]
#[cfg(unix)]
mod dpop;
#[cfg(test)]
#[cfg(unix)]
mod held;
#[cfg(test)]
mod hints;
#[cfg(test)]
#[cfg(unix)]
mod init;
#[cfg(test)]
mod inspect;
#[cfg(test)]
mod key;
#[cfg(test)]
mod key_certificate;
#[cfg(test)]
mod key_files;
#[cfg(test)]
#[cfg(unix)]
mod key_reload;
#[cfg(test)]
#[cfg(unix)]
mod log;
#[cfg(test)]
mod manual;
#[cfg(test)]
#[cfg(unix)]
mod migrate;
#[cfg(test)]
#[cfg(unix)]
mod permissions;
#[cfg(test)]
mod profile;
#[cfg(test)]
mod profile_names;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod proxies;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod proxy;
#[cfg(test)]
mod rotate;
#[cfg(test)]
#[cfg(unix)]
mod running;
#[cfg(test)]
#[cfg(unix)]
mod sandbox;
#[cfg(test)]
#[cfg(unix)]
mod sandbox_kept;
#[cfg(test)]
#[cfg(unix)]
mod sandbox_mllp;
#[cfg(test)]
#[cfg(all(unix, feature = "sandbox-sftp"))]
mod sandbox_sftp;
#[cfg(test)]
mod send;
#[cfg(test)]
#[cfg(unix)]
mod send_files;
#[cfg(test)]
#[cfg(unix)]
mod send_many;
#[cfg(test)]
#[cfg(unix)]
mod send_mllp;
#[cfg(test)]
#[cfg(unix)]
mod send_mllp_killed;
#[cfg(test)]
#[cfg(unix)]
mod send_results;
#[cfg(test)]
#[cfg(all(unix, feature = "sandbox-sftp"))]
mod send_sftp;
#[cfg(test)]
#[cfg(unix)]
mod serve;
#[cfg(test)]
#[cfg(unix)]
mod serve_profiles;
#[cfg(test)]
#[cfg(unix)]
mod serve_programs;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod serve_systemd;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod support;
#[cfg(test)]
#[cfg(all(unix, feature = "pkcs11"))]
#[path = "../../../pkcs11/tests/tokens/swtpm.rs"]
mod swtpm;
// The server with any certificates that the client's own tests use; not everything of it is needed here.
#[cfg(test)]
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(test)]
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "shared with the tests of the client")]
#[path = "../../../reqwest/tests/tls/server.rs"]
mod tls_server;
#[cfg(test)]
mod token;
#[cfg(test)]
#[cfg(all(unix, feature = "pkcs11"))]
mod token_key;
#[cfg(test)]
#[cfg(all(unix, feature = "pkcs11"))]
mod tpm_page;
#[cfg(test)]
mod usage;
#[cfg(test)]
#[cfg(unix)]
mod verbose;
#[cfg(test)]
#[cfg(unix)]
mod watch;
