//! JWTs of ours beside those of `google-cloud-iot-jwt`, the other library that makes them without an allocator, on the board.

use crate::bare_metal::{TARGET, Toolchain, target_dir};
use crate::board;
use crate::command::Failure;
use crate::report::{Figure, Image, Report};
use crate::tools;
use crate::weight::Weight;

/// Builds and runs an image of each, and prints their instructions, stack and flash.
///
/// # Errors
///
/// Ours takes more instructions than theirs.
pub(crate) fn measure() -> Result<(), Failure> {
    tools::ensure(&[tools::ARM_GCC, tools::BINUTILS, tools::QEMU])?;
    let toolchain = Toolchain::find()?;
    toolchain.cargo("build --release").within(FOLDER).run()?;
    let mut report = Report::default();
    for (name, title) in IMAGES {
        let image = target_dir().join(TARGET).join("release").join(name);
        let printed = board::run(&image, &target_dir())?;
        report.add_calls(&printed, &format!(", {title}"));
        report.add(Image {
            what: format!("an image with nothing else, {title}"),
            flash: Figure::of(Weight::of(&image)?.flash),
            ..Image::default()
        });
    }
    report.print();
    let [ours, ours_m4, _, theirs] =
        IMAGES.map(|(_, title)| report.instructions(&format!("{CALL}, {title}")));
    if theirs.is_some() && ours < theirs && ours_m4 < theirs {
        return Ok(());
    }
    Err(Failure::new(format!(
        "expected fewer instructions than {theirs:?}, found {ours:?} and {ours_m4:?}"
    )))
}

const FOLDER: &str = "tests/firmware/beside-jwt";

/// What the images measure, but for the third.
const CALL: &str = "ES256: key from PEM and a JWT";

const IMAGES: [(&str, &str); 4] = [
    ("ours", "redox-auth-core"),
    ("ours_m4", "with p256-cortex-m4"),
    ("ours_number", "redox-auth-core, a bare number"),
    ("theirs", "google-cloud-iot-jwt 0.1.1"),
];
