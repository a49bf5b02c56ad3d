use std::path::{Path, PathBuf};

use crate::command::{self, Failure, Run};
use crate::tools::{self, Tool};

/// A Cortex-M4 with a floating-point unit.
pub(crate) const TARGET: &str = "thumbv7em-none-eabihf";

/// What builds for [`TARGET`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Toolchain {
    /// The one that runs us has the library for the target, as `rustup target add` brings it.
    Ours,
    /// The distribution's own, which builds that library from the distribution's source package.
    Distribution,
}

impl Toolchain {
    /// The available toolchain. Installs one if there is none and it is allowed to.
    pub(crate) fn find() -> Result<Self, Failure> {
        Self::for_targets(&[TARGET], tools::BARE_METAL_RUST)
    }

    /// The same for other targets, and the tool that brings their libraries.
    pub(crate) fn for_targets(targets: &[&str], tool: Tool) -> Result<Self, Failure> {
        let ours_has_all = || targets.iter().all(|target| ours_has(target));
        if ours_has_all() {
            return Ok(Self::Ours);
        }
        tools::ensure(&[tool])?;
        Ok(if ours_has_all() {
            Self::Ours
        } else {
            Self::Distribution
        })
    }

    /// A call of cargo for the target, such as `build --release`.
    pub(crate) fn cargo(self, arguments: &str) -> Run {
        self.cargo_for(&[TARGET], arguments)
    }

    /// The same for other targets.
    pub(crate) fn cargo_for(self, targets: &[&str], arguments: &str) -> Run {
        let run = match self {
            Self::Ours => Run::cargo(arguments),
            // Cargo lets only nightly compilers build the library; this makes the distribution's count as one.
            Self::Distribution => Run::new("/usr/bin/cargo")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTC", DISTRIBUTION_RUSTC)
                .args(arguments)
                .args("-Z build-std=core"),
        };
        let run = targets
            .iter()
            .fold(run, |run, target| run.args("--target").args(target));
        run.args("--target-dir").path(&target_dir())
    }

    /// A build of these images of `tests/firmware`.
    pub(crate) fn build(self, what: &str) -> Run {
        self.cargo("build --release")
            .args(what)
            .within("tests/firmware")
    }

    /// A call of clippy for the target, of these crates and features, warnings denied.
    pub(crate) fn clippy(self, what: &str) -> Run {
        let run = match self {
            Self::Ours => self.cargo("clippy"),
            // Found by its path, or cargo would pick the clippy of the toolchain that runs us.
            Self::Distribution => Run::new("/usr/bin/cargo-clippy")
                .env("CARGO", "/usr/bin/cargo")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("RUSTC", DISTRIBUTION_RUSTC)
                .args("clippy -Z build-std=core --target")
                .args(TARGET)
                .args("--target-dir")
                .path(&target_dir()),
        };
        run.args(what).args("-- -D warnings")
    }
}

/// Where the target's builds go: apart from the host's, whose compiler may be another one.
pub(crate) fn target_dir() -> PathBuf {
    command::target_dir().join("bare-metal")
}

/// Whether the distribution's compiler is new enough for us and has the source of its library.
pub(crate) fn distribution_rust_is_present() -> bool {
    let rustc = |arguments| Run::new(DISTRIBUTION_RUSTC).args(arguments).output();
    if !Path::new(DISTRIBUTION_RUSTC).exists() {
        return false;
    }
    let (Ok(version), Ok(sysroot)) = (rustc("--version"), rustc("--print sysroot")) else {
        return false;
    };
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/core");
    tools::version(&version) >= RUST_VERSION
        && library.exists()
        && Path::new("/usr/bin/cargo").exists()
        && Path::new("/usr/bin/cargo-clippy").exists()
}

fn ours_has(target: &str) -> bool {
    Run::new("rustc")
        .args("--print target-libdir --target")
        .args(target)
        .output()
        .is_ok_and(|directory| Path::new(directory.trim()).exists())
}

/// What the images ask for: `smoltcp` does.
const RUST_VERSION: Option<(u32, u32)> = Some((1, 91));

const DISTRIBUTION_RUSTC: &str = "/usr/bin/rustc";
