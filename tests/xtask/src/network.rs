use std::fs;
use std::path::Path;

use crate::bare_metal::target_dir;
use crate::board;
use crate::command::{Failure, Run};
use crate::members::Member;
use crate::report::{Figure, Image, Report};
use crate::together::Together;
use crate::weight::Weight;

/// Lets gateways on the board live through what a device has to, against a sandbox that speaks TLS and counts along, and
/// weighs them. `images` is the folder that they are in.
pub(crate) fn run(members: &[Member], images: &Path, report: &mut Report) -> Result<(), Failure> {
    let sandbox = Together::with(members, "redox-auth-sandbox")?.build_example("board")?;
    let folder = target_dir().join("network");
    fs::create_dir_all(&folder)?;
    Run::new("node")
        .args("host/make_keys.mjs")
        .within("tests/firmware")
        .path(&folder)
        .run()?;
    for (name, key_id) in GATEWAYS {
        let image = images.join(name);
        let printed = play(&sandbox, "course", &folder, key_id, &image)?;
        println!("\n{name}: as the server counts it, too");
        print!("{printed}");
        weigh(name, "network, TLS 1.3, HTTP", &image, &printed, report)?;
    }
    let [(name, key_id), ..] = GATEWAYS;
    for scene in SERVERS_TO_REFUSE {
        let printed = play(&sandbox, scene, &folder, key_id, &images.join(name))?;
        print!("{scene} server: {printed}");
    }
    let printed = play(&sandbox, "relay", &folder, "es384", &images.join(RELAY))?;
    println!("\n{RELAY}: HL7 v2 over MLLP in, Data Model messages with a token out");
    print!("{printed}");
    weigh(
        RELAY,
        "MLLP and network, TLS 1.3, HTTP",
        &images.join(RELAY),
        &printed,
        report,
    )?;
    // Private keys, even if nobody else knows them.
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Makes sure that an image has no heap, and reports what it takes of the board.
fn weigh(
    name: &str,
    what: &str,
    image: &Path,
    printed: &str,
    report: &mut Report,
) -> Result<(), Failure> {
    let list = Run::new("arm-none-eabi-nm").args("-C").path(image);
    if let Some(symbol) = allocator(&list.output()?) {
        return Err(list.failure(&format!("{name} has a heap: {symbol}")));
    }
    let stack = peak_stack(printed)
        .ok_or_else(|| Failure::new(format!("{name} printed no peak of its stack")))?;
    let Weight { flash, fixed_ram } = Weight::of(image)?;
    report.add(Image {
        what: format!("{name}: {what}"),
        flash: Figure::of(flash).at_most(FLASH),
        fixed_ram: Figure::of(fixed_ram),
        // Together they are all of the RAM.
        stack: Figure::of(stack).at_most(RAM.saturating_sub(fixed_ram)),
    });
    Ok(())
}

/// Runs an image against the sandbox and gives back what it printed; fails unless both agree on what happened.
fn play(
    sandbox: &Path,
    scene: &str,
    folder: &Path,
    key_id: &str,
    image: &Path,
) -> Result<String, Failure> {
    Run::new(sandbox.display().to_string())
        .args(scene)
        .path(folder)
        .args(key_id)
        .args(board::EMULATOR)
        .args(board::ARGUMENTS)
        .path(image)
        .output()
}

/// A symbol that only a heap brings in, from what `nm -C` prints.
fn allocator(symbols: &str) -> Option<&str> {
    let is_allocator = |line: &&str| ALLOCATORS.iter().any(|name| line.contains(name));
    symbols.lines().find(is_allocator)
}

/// What the image says of its stack, in bytes.
fn peak_stack(printed: &str) -> Option<u64> {
    let peak = printed
        .lines()
        .find_map(|line| line.strip_prefix("peak stack "));
    peak?.parse().ok()
}

/// The images, and the `kid` of the key that each signs with.
const GATEWAYS: [(&str, &str); 4] = [
    ("network_es384", "es384"),
    ("network_async", "es384"),
    ("network_es256", "es256"),
    ("network_rs384", "rs384"),
];

/// The image that takes HL7 v2 over MLLP.
const RELAY: &str = "relay";

/// With a certificate of an unknown authority, for another name, or that has expired: the device sends none of them a secret.
const SERVERS_TO_REFUSE: [&str; 3] = ["stranger", "misnamed", "outdated"];

/// Rust's names for it, and C's.
const ALLOCATORS: [&str; 5] = ["__rust_", "__rdl_", "__rg_", "alloc::", "malloc"];

const FLASH: u64 = 256 * 1024;
const RAM: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_of_the_stack_is_found_in_what_an_image_prints() {
        let printed = "  a row\npeak stack 50\ncounts: boots 2\n";
        assert_eq!(peak_stack(printed), Some(50));
        assert_eq!(peak_stack("counts: boots 2\n"), None);
    }

    #[test]
    fn a_heap_is_known_by_its_symbols() {
        let symbols = "00000400 T Reset\n00000500 t <alloc::vec::Vec<u8>>::push\n";
        assert_eq!(allocator(symbols), symbols.lines().nth(1));
        assert_eq!(allocator("00000400 T Reset\n00000500 t memcpy\n"), None);
    }
}
