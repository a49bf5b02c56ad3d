//! One device program on emulated boards of several processors: what it costs on each, and that it does the same on all.

use core::time::Duration;
use std::path::Path;

use crate::bare_metal::{Toolchain, target_dir};
use crate::board;
use crate::command::{Failure, Run};
use crate::report::{Figure, Image, Report};
use crate::weight::Weight;

/// Builds the program of `tests/firmware/boards` for each board and runs it in the folder of the `keys`.
pub(crate) fn run(toolchain: Toolchain, keys: &Path, report: &mut Report) -> Result<(), Failure> {
    let mut expected: Option<Vec<String>> = None;
    for board in &BOARDS {
        let printed = board.run(toolchain, keys, report)?;
        let requests: Vec<_> = requests(&printed).map(str::to_owned).collect();
        if requests.len() != ALGORITHMS {
            return Err(Failure::new(format!(
                "{}: expected {ALGORITHMS} requests, found {requests:?}",
                board.title
            )));
        }
        match &expected {
            Some(expected) if *expected != requests => {
                return Err(Failure::new(format!(
                    "{} sends {requests:?}, the first board {expected:?}",
                    board.title
                )));
            }
            Some(_) => {}
            None => expected = Some(requests),
        }
        println!("{}: the same requests, nothing of a key left", board.title);
    }
    Ok(())
}

/// The lines that tell what a device sent.
fn requests(printed: &str) -> impl Iterator<Item = &str> {
    printed.lines().filter(|line| line.starts_with("bytes of "))
}

struct Board {
    title: &'static str,
    /// The feature of `tests/firmware/boards`.
    feature: &'static str,
    target: &'static str,
    emulator: &'static str,
    machine: &'static str,
}

impl Board {
    fn run(
        &self,
        toolchain: Toolchain,
        keys: &Path,
        report: &mut Report,
    ) -> Result<String, Failure> {
        toolchain
            .cargo_for(self.target, "build --release")
            .args("--features")
            .args(self.feature)
            .within("tests/firmware/boards")
            .run()?;
        let image = target_dir().join(self.target).join("release/device");
        let printed = Run::new(self.emulator)
            .args(self.machine)
            .args(ARGUMENTS)
            .path(&image)
            .within(keys)
            .quiet()
            .output_within(LIMIT)?;
        report.add_calls(&printed, &format!(", {}", self.title));
        report.add(Image {
            what: format!("a device with 3 algorithms, {}", self.title),
            flash: Figure::of(Weight::of(&image)?.flash),
            ..Image::default()
        });
        Ok(printed)
    }
}

const BOARDS: [Board; 4] = [
    Board {
        title: "Cortex-M0",
        feature: "microbit",
        target: "thumbv6m-none-eabi",
        emulator: board::EMULATOR,
        machine: "-M microbit",
    },
    Board {
        title: "Cortex-M3",
        feature: "an385",
        target: "thumbv7m-none-eabi",
        emulator: board::EMULATOR,
        machine: "-M mps2-an385",
    },
    Board {
        title: "Cortex-M4F",
        feature: "an386",
        target: "thumbv7em-none-eabihf",
        emulator: board::EMULATOR,
        machine: "-M mps2-an386",
    },
    Board {
        title: "Cortex-M33",
        feature: "an505",
        target: "thumbv8m.main-none-eabi",
        emulator: board::EMULATOR,
        machine: "-M mps2-an505",
    },
];

/// With `-icount shift=0` one instruction is one nanosecond of the board's time, so that its timer counts them.
const ARGUMENTS: &str = "-display none -monitor none -serial none \
    -semihosting-config enable=on,target=native -icount shift=0 -kernel";

/// How many algorithms the device signs with.
const ALGORITHMS: usize = 3;

/// Far beyond what the slowest board needs.
const LIMIT: Duration = Duration::from_secs(120);
