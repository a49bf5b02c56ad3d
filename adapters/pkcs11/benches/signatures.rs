//! Signatures per second through this crate, beside the module's own calls in a loop: SoftHSM, ES384, one and two
//! threads. `cargo bench -p redox-auth-pkcs11` prints the rates and their ratio; `cargo test --benches` runs it for a
//! moment.

use core::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs, thread};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::{Session, UserType};
use pkcs1::ObjectIdentifier;
use redox_auth_pkcs11::{KeyUri, Pin, Pkcs11Key};
use redox_auth_reqwest::{Algorithm, Digest};
use x509_cert::der::Encode as _;

fn main() -> ExitCode {
    let done = match env::var_os("SOFTHSM2_CONF") {
        Some(_) => measure(),
        None => with_token(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Makes a token, and runs this program again with it.
fn with_token() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let settings = folder.path().join("softhsm2.conf");
    let tokens = folder.path().join("tokens");
    fs::create_dir(&tokens)?;
    fs::write(
        &settings,
        format!("directories.tokendir = {}\n", tokens.display()),
    )?;
    let initialize = format!("--init-token --free --label bench --so-pin {PIN} --pin {PIN}");
    let output = Command::new("softhsm2-util")
        .args(initialize.split(' '))
        .env("SOFTHSM2_CONF", &settings)
        .output()
        .map_err(|error| format!("softhsm2-util: {error}; Debian's package `softhsm2` has it"))?;
    if !output.status.success() {
        return Err("softhsm2-util made no token".into());
    }
    let again = Command::new(env::current_exe()?)
        .args(env::args_os().skip(1))
        .env("SOFTHSM2_CONF", &settings)
        .status()?;
    match again.success() {
        true => Ok(()),
        false => Err("the measurement failed".into()),
    }
}

fn measure() -> Result<(), Box<dyn Error>> {
    // Cargo says so where it is to be measured.
    let (rounds, signatures): (u32, u32) = match env::args().any(|it| it == "--bench") {
        true => (20, 200),
        false => (1, 2),
    };
    let module = MODULES.iter().find(|path| Path::new(path).exists());
    let module = module.ok_or("SoftHSM2's module is not here")?;
    let pkcs11 = Pkcs11::new(module)?;
    pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let slots = pkcs11.get_slots_with_initialized_token()?;
    let slot = *slots.first().ok_or("there is no token")?;
    let open = || -> Result<Session, cryptoki::error::Error> { pkcs11.open_rw_session(slot) };
    let first = open()?;
    first.login(UserType::User, Some(&PIN.into()))?;
    let private_key = generate(&first)?;
    let sessions = [first, open()?];
    let uri = KeyUri::new().module(module).token("bench");
    let key = Pkcs11Key::at(uri).pin(Pin::new(PIN)).open()?;

    let digest = Digest::of(Algorithm::Es384, MESSAGE);
    let by_module = |session: &Session| {
        let signed = session.sign(&Mechanism::Ecdsa, private_key, digest.as_bytes());
        signed.map(drop).map_err(|error| error.to_string())
    };
    let by_crate = |key: &Pkcs11Key| {
        let signed = key.sign_blocking(MESSAGE);
        signed.map(drop).map_err(|error| error.to_string())
    };
    let mut sessions = sessions.into_iter().map(Some).collect::<Vec<_>>();
    for threads in [1_u32, 2] {
        let (mut of_module, mut of_crate) = (0.0, 0.0);
        // In turn, because the machine's other work then slows both alike.
        for _ in 0..rounds {
            let mine: Vec<_> = sessions
                .iter_mut()
                .take(usize::try_from(threads)?)
                .filter_map(Option::take)
                .collect();
            let (seconds, back) = time(mine, signatures, by_module)?;
            of_module += seconds;
            for (place, session) in sessions.iter_mut().zip(back) {
                *place = Some(session);
            }
            let keys = vec![key.clone(); usize::try_from(threads)?];
            of_crate += time(keys, signatures, by_crate)?.0;
        }
        let count = f64::from(rounds) * f64::from(signatures) * f64::from(threads);
        println!(
            "{threads} threads: module {:.0}/s, crate {:.0}/s, ratio {:.3}",
            count / of_module,
            count / of_crate,
            of_module / of_crate,
        );
    }
    Ok(())
}

/// The time, in seconds, until each of these has signed that often, with one thread for each.
fn time<T: Send>(
    signers: Vec<T>,
    signatures: u32,
    sign: impl Fn(&T) -> Result<(), String> + Sync,
) -> Result<(f64, Vec<T>), String> {
    let begin = Instant::now();
    let sign = &sign;
    let back = thread::scope(|scope| {
        let threads: Vec<_> = signers
            .into_iter()
            .map(|signer| {
                scope.spawn(move || {
                    (0..signatures)
                        .try_for_each(|_| sign(&signer))
                        .map(|()| signer)
                })
            })
            .collect();
        let ended = threads.into_iter().map(|thread| thread.join());
        ended
            .map(|ended| ended.unwrap_or_else(|_| Err("a thread panicked".to_owned())))
            .collect::<Result<Vec<_>, _>>()
    })?;
    Ok((begin.elapsed().as_secs_f64(), back))
}

fn generate(session: &Session) -> Result<ObjectHandle, Box<dyn Error>> {
    let p384 = ObjectIdentifier::new_unwrap("1.3.132.0.34").to_der()?;
    let label = Attribute::Label("bench".into());
    let public = [
        Attribute::Token(true),
        Attribute::EcParams(p384),
        label.clone(),
    ];
    let private = [Attribute::Token(true), Attribute::Sign(true), label];
    let (_, private) = session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?;
    Ok(private)
}

const PIN: &str = "swordfish-2718";

/// The length of an assertion's signing input.
const MESSAGE: &[u8] = &[b'a'; 400];

/// The paths of Debian, Fedora and Homebrew.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];
