//! The library for C in projects of others: as a part of them, and installed, found by `cmake` and by pkg-config.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Failure, Run, root, target_dir};

/// Builds the example in each of these ways, in the folder `programs`, and hands each program to `run`. `library` is the one
/// for this machine.
pub(crate) fn check(
    programs: &Path,
    library: &Path,
    run: impl Fn(&Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let build = programs.join("cmake");
    Run::new("cmake")
        .args("-S . -B")
        .path(&build)
        // What was built before is up to date there.
        .arg(format!(
            "-DREDOX_AUTH_CARGO_TARGET_DIR={}",
            target_dir().display()
        ))
        .within(FOLDER)
        .run()?;
    Run::new("cmake").args("--build").path(&build).run()?;
    run(&build.join("redox_auth_posix"))?;
    for framework in ["zephyr", "esp-idf"] {
        let build = programs.join(framework);
        Run::new("cmake")
            .args("-S tests/cmake/frameworks -B")
            .path(&build)
            .arg(format!("-DFRAMEWORK={framework}"))
            .arg(format!("-DREDOX_AUTH_LIBRARY={}", library.display()))
            .within(FOLDER)
            .run()?;
        Run::new("cmake").args("--build").path(&build).run()?;
        run(&build.join("in_framework"))?;
    }

    let installed = install(&build, programs)?;
    let consumer = programs.join("cmake_consumer");
    Run::new("cmake")
        .args("-S tests/cmake/installed -B")
        .path(&consumer)
        .arg(format!("-DCMAKE_PREFIX_PATH={}", installed.display()))
        .within(FOLDER)
        .run()?;
    Run::new("cmake").args("--build").path(&consumer).run()?;
    run(&consumer.join("found_by_cmake"))?;

    let by_pkg_config = programs.join("found_by_pkg_config");
    let mut compiler = Run::new("cc").args("-std=c11");
    for source in SOURCES {
        compiler = compiler.args(source);
    }
    compiler
        .args(&pkg_config(&installed)?)
        .args("-o")
        .path(&by_pkg_config)
        .within(FOLDER)
        .run()?;
    run(&by_pkg_config)
}

/// Installs into a folder and moves that, as packages are moved.
fn install(build: &Path, programs: &Path) -> Result<PathBuf, Failure> {
    let (staged, installed) = (programs.join("staged"), programs.join("installed"));
    for folder in [&staged, &installed] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    Run::new("cmake")
        .args("--install")
        .path(build)
        .args("--prefix")
        .path(&staged)
        .run()?;
    fs::rename(&staged, &installed)?;
    let header = |folder: &Path| fs::read(folder.join("include/redox_auth.h"));
    if header(&installed)? != header(&root().join(FOLDER))? {
        return Err(Failure::new("another header was installed than ours"));
    }
    Ok(installed)
}

/// What pkg-config says to a compiler, when the library is installed there.
fn pkg_config(installed: &Path) -> Result<String, Failure> {
    let folders = ["lib", "lib64"].map(|lib| installed.join(lib).join("pkgconfig"));
    let folders = folders.map(|folder| folder.display().to_string());
    Run::new("pkg-config")
        .args("--cflags --libs")
        .arg("redox_auth >= 0.1")
        .env("PKG_CONFIG_PATH", folders.join(":"))
        .output()
}

const FOLDER: &str = "adapters/c";
const SOURCES: [&str; 3] = [
    "examples/posix/main.c",
    "examples/posix/http.c",
    "examples/posix/signer_library.c",
];
