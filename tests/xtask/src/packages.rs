//! What users download: a package of each crate, and a program built against the packages instead of the folders.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{Failure, Run, root, target_dir};
use crate::members::Member;

/// Packs every crate that is published, and uses them.
pub(crate) fn run(members: &[Member]) -> Result<(), Failure> {
    let published: Vec<_> = members.iter().filter(|it| it.is_published).collect();
    let packages = target_dir().join("package");
    let mut pack = Run::cargo("package --no-verify --allow-dirty --quiet");
    for member in &published {
        pack = pack.args("-p").arg(&member.name);
    }
    pack.run()?;
    let project = target_dir().join("packages");
    if project.exists() {
        fs::remove_dir_all(&project)?;
    }
    fs::create_dir_all(&project)?;
    let mut folders = Vec::new();
    for member in &published {
        let folder = format!("{}-{}", member.name, member.version);
        let package = packages.join(format!("{folder}.crate"));
        Run::new("tar")
            .args("-xzf")
            .path(&package)
            .args("-C")
            .path(&project)
            .run()?;
        check(&member.name, &project.join(&folder), &package)?;
        folders.push((member.name.as_str(), folder));
    }
    copy(&root().join(PROGRAM), &project.join("program"))?;
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock"))?;
    fs::write(project.join("Cargo.toml"), manifest(&folders))?;
    // Checked and not run: that takes half the time, and the step `tests` runs the same calls.
    Run::cargo("check --quiet -p program")
        .within(&project)
        .env("CARGO_TARGET_DIR", target_dir().display().to_string())
        .run()
}

/// Fails if a package lacks what it must have, holds what no user needs, or is larger than it should be.
fn check(name: &str, folder: &Path, package: &Path) -> Result<(), Failure> {
    for file in ["LICENSE-APACHE", "LICENSE-MIT", "README.md"] {
        if !folder.join(file).is_file() {
            return Err(Failure::new(format!("the package {name} has no {file}")));
        }
    }
    if folder.join("tests").exists() {
        return Err(Failure::new(format!("the package {name} has tests in it")));
    }
    let kib = fs::metadata(package)?.len().div_ceil(1024);
    let limit = LIMITS.iter().find(|(it, _)| *it == name);
    let limit = limit.map_or(LARGEST_KIB, |(_, kib)| *kib);
    println!("{name}: {kib} KiB compressed, at most {limit}");
    if kib > limit {
        return Err(Failure::new(format!(
            "the package {name} has {kib} KiB, expected at most {limit}"
        )));
    }
    Ok(())
}

/// A workspace of the packages in which each finds the others.
fn manifest(folders: &[(&str, String)]) -> String {
    let members: String = folders
        .iter()
        .map(|(_, folder)| format!("{folder:?}, "))
        .collect();
    let patches: String = folders
        .iter()
        .map(|(name, folder)| format!("{name} = {{ path = {folder:?} }}\n"))
        .collect();
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{members}\"program\"]\n\n[patch.crates-io]\n{patches}"
    )
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path: PathBuf = entry?.path();
        let target = to.join(path.file_name().unwrap_or(OsStr::new("")));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// The program that uses the packages.
const PROGRAM: &str = "tests/packages";

/// Packages that devices' developers download, in KiB.
const LIMITS: [(&str, u64); 3] = [
    ("redox-auth-core", 200),
    ("redox-auth-gateway", 90),
    ("redox-auth-mllp", 40),
];

/// Every other package, in KiB.
const LARGEST_KIB: u64 = 300;
