//! The smallest images that do the job of a device: what a session takes of its flash, with each way to sign.

use core::iter;
use std::fs;
use std::path::PathBuf;

use crate::bare_metal::{TARGET, Toolchain, target_dir};
use crate::command::Failure;
use crate::report::{Figure, Image, Report};
use crate::weight::Weight;

/// Weighs the images, those of [`build_fast`] and [`build_every_algorithm`] among them.
pub(crate) fn weigh(report: &mut Report) -> Result<(), Failure> {
    let folder = &images();
    let nothing = Weight::of(&folder.join("flash_nothing"))?.flash;
    let (fast, every) = (images_in(FAST_FOLDER), images_in(EVERY_FOLDER));
    for (folder, name, what, limit) in [
        (
            folder,
            "device_element",
            "a session, signed elsewhere",
            Some(24),
        ),
        (folder, "device_es256", "a session with ES256", Some(56)),
        (folder, "device_es384", "a session with ES384", Some(72)),
        (
            &fast,
            "device_es384",
            "a session with ES384, at opt-level 3",
            Some(72),
        ),
        (
            folder,
            "device_rs384",
            "a session with RS384, key in PEM",
            Some(72),
        ),
        (
            &every,
            "device_rs384",
            "a session with any algorithm of RSA, key in PEM",
            Some(80),
        ),
        (folder, "jwt_es256", "an ES256 JWT, key in PEM", None),
        (
            folder,
            "jwt_es256_m4",
            "an ES256 JWT, key in PEM, p256-cortex-m4",
            None,
        ),
    ] {
        let bytes = Weight::of(&folder.join(format!("flash_{name}")))?.flash;
        let flash = Figure::of(bytes.saturating_sub(nothing));
        report.add(Image {
            what: String::from(what),
            flash: match limit {
                Some(kib) => flash.at_most(KIB.saturating_mul(kib)),
                None => flash,
            },
            ..Image::default()
        });
    }
    Ok(())
}

/// Builds with the arithmetic for speed, and gives back the image that signs.
///
/// What is generic in the crates of the curves is compiled in `redox-auth-curves`, with the level of that crate.
pub(crate) fn build_fast(toolchain: Toolchain) -> Result<PathBuf, Failure> {
    let faster = ARITHMETIC
        .iter()
        .map(|package| format!("profile.release.package.{package}.opt-level=3"));
    build(toolchain, FAST_FOLDER, &["flash_device_es384"], faster)
}

/// Builds with every algorithm, where a device has those that it uses, and gives back the image that signs.
pub(crate) fn build_every_algorithm(toolchain: Toolchain) -> Result<PathBuf, Failure> {
    build(
        toolchain,
        EVERY_FOLDER,
        &["flash_device_rs384", KEY_STACK],
        [],
    )
}

/// The image that looks at what keys take of the stack and leave there, of the build with every algorithm.
pub(crate) fn key_stack() -> PathBuf {
    images_in(EVERY_FOLDER).join(KEY_STACK)
}

/// Builds the image that signs, with every algorithm, and others, into a folder of their own: those of the same names that
/// devices have are built after them.
fn build(
    toolchain: Toolchain,
    folder: &str,
    others: &[&str],
    settings: impl IntoIterator<Item = String>,
) -> Result<PathBuf, Failure> {
    let names: Vec<_> = iter::once("assertion")
        .chain(others.iter().copied())
        .collect();
    let mut build = toolchain.build("--features every-algorithm");
    for name in &names {
        build = build.args("--bin").args(name);
    }
    for setting in settings {
        build = build.args("--config").arg(setting);
    }
    build.run()?;
    let kept = images_in(folder);
    fs::create_dir_all(&kept)?;
    for name in names {
        fs::copy(images().join(name), kept.join(name))?;
    }
    Ok(kept.join("assertion"))
}

/// Where a build leaves its images.
pub(crate) fn images() -> PathBuf {
    target_dir().join(TARGET).join("release")
}

fn images_in(folder: &str) -> PathBuf {
    target_dir().join("images").join(folder)
}

/// How the rows of that build end.
pub(crate) const FAST: &str = ", at opt-level 3";

const KEY_STACK: &str = "key_stack";

const FAST_FOLDER: &str = "fast";
const EVERY_FOLDER: &str = "every-algorithm";

const KIB: u64 = 1024;

const ARITHMETIC: [&str; 9] = [
    "crypto-bigint",
    "ecdsa",
    "elliptic-curve",
    "p256",
    "p384",
    "p521",
    "primefield",
    "primeorder",
    "redox-auth-curves",
];
