use std::fs;
use std::path::PathBuf;

use crate::bare_metal::{TARGET, Toolchain, target_dir};
use crate::command::{Failure, Run};
use crate::members::Member;
use crate::{board, symbols, tools};

/// Builds the images, shows that core has no way to panic or to allocate, and verifies what the board signs.
pub(crate) fn run(_: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[tools::BINUTILS, tools::QEMU, tools::NODE])?;
    let toolchain = Toolchain::find()?;
    toolchain.clippy().within(FOLDER).run()?;
    the_check_finds_a_panic(toolchain)?;
    build(toolchain, "--bins")?;
    core_neither_panics_nor_allocates()?;
    board::run(&image("core_calls"), &target_dir())?;
    the_board_signs_what_others_verify()
}

/// Were a panic that is there not found, then finding none would say nothing.
fn the_check_finds_a_panic(toolchain: Toolchain) -> Result<(), Failure> {
    build(toolchain, "--bin core_calls --features deliberate-panic")?;
    let symbols = symbol_list().output()?;
    let found = symbols::forbidden(&symbols);
    if found
        .iter()
        .any(|symbol| symbol.contains("panic_bounds_check"))
    {
        println!(
            "core_calls with a deliberate panic is caught, by {} symbols",
            found.len()
        );
        return Ok(());
    }
    Err(Failure::new(format!(
        "core_calls with a deliberate panic is not caught; the check found only {found:?}"
    )))
}

fn core_neither_panics_nor_allocates() -> Result<(), Failure> {
    let symbols = symbol_list().output()?;
    let found = symbols::forbidden(&symbols);
    if found.is_empty() {
        let count = symbols.lines().count();
        println!("core_calls: none of its {count} symbols panics or allocates");
        return Ok(());
    }
    let disassembly = Run::new("arm-none-eabi-objdump")
        .args("-d -C")
        .path(&image("core_calls"));
    let callers = symbols::callers(&disassembly.output()?).join("\n  ");
    Err(symbol_list().failure(&format!(
        "core can panic or allocate, with {} symbols; called by\n  {callers}",
        found.len()
    )))
}

/// Software of others checks the assertions, with keys that were made for this run only.
fn the_board_signs_what_others_verify() -> Result<(), Failure> {
    let image = image("assertion");
    Run::new("arm-none-eabi-size").path(&image).run()?;
    let keys = target_dir().join("keys");
    fs::create_dir_all(&keys)?;
    let host = |script: &str| Run::new("node").args(script).within(FOLDER).path(&keys);
    host("host/make_keys.mjs").run()?;
    let printed = board::run(&image, &keys)?;
    fs::write(keys.join("printed.txt"), printed)?;
    host("host/verify.mjs").run()?;
    fs::remove_dir_all(&keys)?;
    Ok(())
}

fn build(toolchain: Toolchain, what: &str) -> Result<(), Failure> {
    let build = toolchain.cargo("build --release");
    build.args(what).within(FOLDER).run()
}

fn image(name: &str) -> PathBuf {
    target_dir().join(TARGET).join("release").join(name)
}

fn symbol_list() -> Run {
    Run::new("arm-none-eabi-nm")
        .args("-C")
        .path(&image("core_calls"))
}

const FOLDER: &str = "tests/firmware";
