//! The library for C on processors that no other step has: it runs on some, and is linked and weighed for others.

use std::path::{Path, PathBuf};

use crate::bare_metal::{self, Toolchain};
use crate::c::{EVERY_FEATURE, EVERY_PART, SESSION};
use crate::command::{Failure, Run};
use crate::weight::Weight;
use crate::{requests, tools};

/// Builds the library for each processor; runs its wrong calls and its requests where an emulator can, and weighs what a
/// device links elsewhere.
pub(crate) fn run() -> Result<(), Failure> {
    tools::ensure(&[
        tools::CROSS_COMPILERS,
        tools::BINUTILS,
        tools::RISCV_BINUTILS,
    ])?;
    let targets: Vec<_> = PROCESSORS.iter().map(|it| it.target).collect();
    let devices: Vec<_> = DEVICES.iter().map(|it| it.target).collect();
    let all = [targets, devices].concat();
    let toolchain = Toolchain::for_targets(&all, tools::EVERYWHERE_RUST)?;
    for processor in &PROCESSORS {
        processor.check(toolchain)?;
    }
    let mut table = Vec::new();
    for device in &DEVICES {
        table.push((device.target, device.weigh(toolchain)?));
    }
    print(&table);
    Ok(())
}

/// A processor whose programs run here.
struct Processor {
    target: &'static str,
    compiler: &'static str,
    /// What runs a program, where this machine does not by itself.
    emulator: Option<&'static str>,
}

impl Processor {
    fn check(&self, toolchain: Toolchain) -> Result<(), Failure> {
        let library = build(toolchain, self.target, EVERY_FEATURE)?;
        let contract = self.compile(CONTRACT, &library)?;
        self.program(&contract).within(FOLDER).run()?;
        requests::are_the_same(self.program(&self.compile(requests::SOURCE, &library)?))?;
        println!("{}: the same requests as everywhere", self.target);
        Ok(())
    }

    fn compile(&self, source: &str, library: &Path) -> Result<PathBuf, Failure> {
        let name = Path::new(source).file_stem().unwrap_or_default();
        let program = library.with_file_name(name);
        Run::new(self.compiler)
            .args("-static -std=c11 -O1 -Wall -Wextra -Werror -pedantic -Iinclude")
            .args(EVERY_PART)
            .arg(source)
            .path(library)
            .args("-o")
            .path(&program)
            .within(FOLDER)
            .run()?;
        Ok(program)
    }

    fn program(&self, program: &Path) -> Run {
        match self.emulator {
            None => Run::new(program.display().to_string()),
            Some(emulator) => Run::new(emulator).path(program),
        }
    }
}

/// A device without an operating system.
struct Device {
    target: &'static str,
    linker: &'static str,
}

impl Device {
    /// What is linked with each kind of key, in the order of [`KEYS`], in bytes of flash.
    fn weigh(&self, toolchain: Toolchain) -> Result<Vec<u64>, Failure> {
        let mut weights = Vec::new();
        for features in ["", "--features es512"] {
            let library = build(toolchain, self.target, features)?;
            for (_, key, _) in KEYS.iter().filter(|(.., needs)| *needs == features) {
                weights.push(self.link(&library, key)?);
            }
        }
        Ok(weights)
    }

    fn link(&self, library: &Path, key: &str) -> Result<u64, Failure> {
        let image = library.with_file_name(format!("session_{key}"));
        let mut run = Run::new(format!("{}-ld", self.binutils())).args(self.linker_options());
        run = run.args("--gc-sections -e 0");
        for function in SESSION {
            run = run.arg("-u").arg(format!("redox_auth_session_{function}"));
        }
        if !key.is_empty() {
            run = run.arg("-u").arg(format!("redox_auth_{key}_key_init"));
        }
        run.path(library).args("-o").path(&image).run()?;
        Ok(Weight::by(&format!("{}-size", self.binutils()), &image)?.flash)
    }

    fn binutils(&self) -> &str {
        self.linker.split(' ').next().unwrap_or_default()
    }

    fn linker_options(&self) -> &str {
        self.linker.split_once(' ').unwrap_or_default().1
    }
}

fn build(toolchain: Toolchain, target: &str, features: &str) -> Result<PathBuf, Failure> {
    toolchain
        .cargo_for(&[target], "rustc")
        .args("-p redox-auth-c --lib --crate-type staticlib --profile c")
        .args(features)
        .within(FOLDER)
        .run()?;
    let library = bare_metal::target_dir()
        .join(target)
        .join("c/libredox_auth.a");
    Ok(library)
}

fn print(table: &[(&str, Vec<u64>)]) {
    print!("\n{:<44}", "flash in bytes, opt-level s");
    for (target, _) in table {
        print!("{target:>30}");
    }
    println!();
    for (row, (what, ..)) in KEYS.iter().enumerate() {
        print!("  {what:<42}");
        for (_, weights) in table {
            print!("{:>30}", weights.get(row).copied().unwrap_or_default());
        }
        println!();
    }
}

const PROCESSORS: [Processor; 3] = [
    Processor {
        target: "i686-unknown-linux-gnu",
        compiler: "i686-linux-gnu-gcc",
        emulator: None,
    },
    Processor {
        target: "powerpc-unknown-linux-gnu",
        compiler: "powerpc-linux-gnu-gcc",
        emulator: Some("qemu-ppc"),
    },
    Processor {
        target: "s390x-unknown-linux-gnu",
        compiler: "s390x-linux-gnu-gcc",
        emulator: Some("qemu-s390x"),
    },
];

const DEVICES: [Device; 3] = [
    Device {
        target: "thumbv6m-none-eabi",
        linker: "arm-none-eabi",
    },
    Device {
        target: "thumbv7em-none-eabihf",
        linker: "arm-none-eabi",
    },
    Device {
        target: "riscv32imac-unknown-none-elf",
        linker: "riscv64-unknown-elf -melf32lriscv",
    },
];

/// What is weighed: a kind of key beside a session, and the feature that it needs. Those without a feature come first.
const KEYS: [(&str, &str, &str); 7] = [
    ("a session, and a signer of the program's", "", ""),
    ("with a key for ES256", "es256", ""),
    ("with a key for ES384", "es384", ""),
    ("with an RSA key of 2048 bits", "rsa", ""),
    ("with a key of any of these kinds", "any", ""),
    ("with a key for ES512", "es512", "--features es512"),
    ("with a key of any kind", "any", "--features es512"),
];

const FOLDER: &str = "adapters/c";
const CONTRACT: &str = "tests/c/contract.c";
