//! One device program on emulated boards of several processors: what it costs on each, and that it does the same on all.

use core::time::Duration;
use std::path::Path;

use crate::bare_metal::{Toolchain, target_dir};
use crate::board;
use crate::command::{Failure, Run};
use crate::report::{Figure, Image, Report};
use crate::tools;
use crate::weight::Weight;

/// Builds the program of `tests/firmware/boards` for each board and runs it in the folder of the `keys`.
pub(crate) fn run(keys: &Path, report: &mut Report) -> Result<(), Failure> {
    let toolchain = Toolchain::for_targets(&BOARDS.map(|it| it.target), tools::BOARDS_RUST)?;
    let mut expected: Option<Vec<String>> = None;
    for build in [Build::Plain, Build::Tables] {
        let boards = BOARDS
            .iter()
            .filter_map(|board| Some((board, board.limits(build)?)));
        build.compile(boards.clone().map(|(board, _)| board.target), toolchain)?;
        for (board, limits) in boards {
            let title = format!("{}{}", board.title, build.suffix());
            let printed = board.run(build, keys, report)?;
            check(&title, limits, report)?;
            let requests: Vec<_> = requests(&printed).map(str::to_owned).collect();
            if requests.len() != limits.len() {
                return Err(Failure::new(format!(
                    "{title}: expected {} requests, found {requests:?}",
                    limits.len()
                )));
            }
            let expected = expected.get_or_insert_with(|| requests.clone());
            if !expected.starts_with(&requests) {
                return Err(Failure::new(format!(
                    "{title} sends {requests:?}, the first board {expected:?}"
                )));
            }
            println!("{title}: the same requests, nothing of a key left");
        }
    }
    Ok(())
}

/// No request takes more instructions than its limit.
fn check(title: &str, limits: &[u64], report: &Report) -> Result<(), Failure> {
    for (algorithm, &limit) in ALGORITHMS.iter().zip(limits) {
        let what = format!("{algorithm}: a request signed, {title}");
        match report.instructions(&what) {
            None => return Err(Failure::new(format!("not measured: {what}"))),
            Some(found) if found > limit => {
                return Err(Failure::new(format!(
                    "{what}: {found} instructions, more than {limit}"
                )));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The lines that tell what a device sent.
fn requests(printed: &str) -> impl Iterator<Item = &str> {
    printed.lines().filter(|line| line.starts_with("bytes of "))
}

struct Board {
    title: &'static str,
    target: &'static str,
    processor: Processor,
    machine: &'static str,
    /// The most instructions of a request signed with each of [`ALGORITHMS`].
    signing: [u64; ALGORITHMS.len()],
    /// The same for those on curves with tables in flash: at most what Mbed TLS 3.6.5 takes with its tables for the signature
    /// alone, and half as much again on the Cortex-M0.
    with_tables: Option<[u64; 2]>,
}

/// What differs between the programs of a board.
#[derive(Clone, Copy)]
enum Build {
    Plain,
    /// With the feature `flash-tables`.
    Tables,
}

impl Build {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Tables => ", tables in flash",
        }
    }

    const fn features(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Tables => "--features flash-tables",
        }
    }

    /// Builds the program for these targets, with one call of cargo, which links them side by side.
    fn compile<'t>(
        self,
        targets: impl Iterator<Item = &'t str>,
        toolchain: Toolchain,
    ) -> Result<(), Failure> {
        let targets: Vec<_> = targets.collect();
        toolchain
            .cargo_for(&targets, "build --release")
            .args(self.features())
            .within("tests/firmware/boards")
            .run()
    }
}

/// A family of processors, whose programs have names of their own.
enum Processor {
    Arm,
    Riscv32,
    Riscv64,
}

impl Processor {
    /// The emulator, and the option with which it starts nothing before the image.
    const fn emulator(&self) -> (&'static str, &'static str) {
        match self {
            Self::Arm => (board::EMULATOR, ""),
            Self::Riscv32 => ("qemu-system-riscv32", "-bios none"),
            Self::Riscv64 => ("qemu-system-riscv64", "-bios none"),
        }
    }

    const fn size(&self) -> &'static str {
        match self {
            Self::Arm => "arm-none-eabi-size",
            Self::Riscv32 | Self::Riscv64 => "riscv64-unknown-elf-size",
        }
    }
}

impl Board {
    fn limits(&self, build: Build) -> Option<&[u64]> {
        match build {
            Build::Plain => Some(&self.signing),
            Build::Tables => self.with_tables.as_ref().map(<[u64; 2]>::as_slice),
        }
    }

    fn run(&self, build: Build, keys: &Path, report: &mut Report) -> Result<String, Failure> {
        let image = target_dir().join(self.target).join("release/device");
        let (emulator, firmware) = self.processor.emulator();
        let printed = Run::new(emulator)
            .args("-M")
            .args(self.machine)
            .args(firmware)
            .args(ARGUMENTS)
            .path(&image)
            .within(keys)
            .quiet()
            .output_within(LIMIT)?;
        let title = format!("{}{}", self.title, build.suffix());
        report.add_calls(&printed, &format!(", {title}"));
        let algorithms = requests(&printed).count();
        report.add(Image {
            what: format!("a device with {algorithms} algorithms, {title}"),
            flash: Figure::of(Weight::by(self.processor.size(), &image)?.flash),
            ..Image::default()
        });
        Ok(printed)
    }
}

const BOARDS: [Board; 6] = [
    Board {
        title: "Cortex-M0",
        target: "thumbv6m-none-eabi",
        processor: Processor::Arm,
        machine: "microbit",
        signing: [33_500_000, 130_000_000, 351_000_000],
        with_tables: Some([15_100_000, 31_500_000]),
    },
    Board {
        title: "Cortex-M3",
        target: "thumbv7m-none-eabi",
        processor: Processor::Arm,
        machine: "mps2-an385",
        signing: [7_500_000, 28_500_000, 52_000_000],
        with_tables: Some([7_100_000, 14_000_000]),
    },
    Board {
        title: "Cortex-M4F",
        target: "thumbv7em-none-eabihf",
        processor: Processor::Arm,
        machine: "mps2-an386",
        signing: [7_200_000, 28_300_000, 50_000_000],
        with_tables: Some([2_500_000, 7_000_000]),
    },
    Board {
        title: "Cortex-M33",
        target: "thumbv8m.main-none-eabi",
        processor: Processor::Arm,
        machine: "mps2-an505",
        signing: [7_500_000, 28_500_000, 52_000_000],
        with_tables: Some([7_100_000, 14_000_000]),
    },
    Board {
        title: "RV32IMAC",
        target: "riscv32imac-unknown-none-elf",
        processor: Processor::Riscv32,
        machine: "virt",
        signing: [12_300_000, 42_100_000, 80_500_000],
        with_tables: Some([8_100_000, 15_900_000]),
    },
    Board {
        title: "RV64IMAC",
        target: "riscv64imac-unknown-none-elf",
        processor: Processor::Riscv64,
        machine: "virt",
        signing: [3_900_000, 17_400_000, 23_400_000],
        with_tables: None,
    },
];

/// With `-icount shift=0` one instruction is one nanosecond of the board's time, so that its timer counts them.
const ARGUMENTS: &str = "-display none -monitor none -serial none \
    -semihosting-config enable=on,target=native -icount shift=0 -kernel";

/// What the device signs with.
const ALGORITHMS: [&str; 3] = ["ES256", "ES384", "RS384"];

/// Far beyond what the slowest board needs.
const LIMIT: Duration = Duration::from_secs(120);
