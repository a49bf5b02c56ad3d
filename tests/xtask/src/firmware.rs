use std::fs;
use std::path::PathBuf;

use crate::bare_metal::{TARGET, Toolchain, target_dir};
use crate::command::{Failure, Run};
use crate::flash::Flash;
use crate::members::Member;
use crate::report::Report;
use crate::{board, boards, c, devices, mbedtls, network, symbols, tools};

/// Builds the images, shows that core has no way to panic or to allocate, weighs and measures it, and verifies what the
/// board signs.
pub(crate) fn run(members: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[
        tools::ARM_GCC,
        tools::BINUTILS,
        tools::RISCV_BINUTILS,
        tools::QEMU,
        tools::QEMU_RISCV,
        tools::NODE,
    ])?;
    let toolchain = Toolchain::find()?;
    toolchain
        .clippy("--release --features every-algorithm")
        .within(FOLDER)
        .run()?;
    the_check_finds_a_panic(toolchain)?;
    let signing = [
        (devices::build_every_algorithm(toolchain)?, ""),
        (devices::build_fast(toolchain)?, devices::FAST),
    ];
    toolchain.build("--bins").run()?;
    core_neither_panics_nor_allocates()?;
    only_others_panic()?;
    for name in ["core_calls", "guarded_calls"] {
        board::run(&image(name), &target_dir())?;
        println!("{name}: every call does what it should, on the board");
    }
    let mut report = Report::default();
    network::run(members, &devices::images(), &mut report)?;
    for name in ["session_costs", "mllp_costs", "beside_p256"] {
        report.add_calls(&board::run(&image(name), &target_dir())?, "");
    }
    the_board_signs_what_others_verify(&signing, &mut report)?;
    c::the_board_signs_what_others_verify(toolchain, &mut report)?;
    devices::weigh(&mut report)?;
    report.print();
    let flash = Flash::weigh(&devices::images())?;
    println!(
        "\n{:<42}{:>12}",
        format!("flash, {TARGET}, opt-level s"),
        "bytes"
    );
    flash.print();
    // Beside those of cargo.
    let path = target_dir().with_file_name("firmware.json");
    report.write(&path)?;
    println!("\nas JSON in {}", path.display());
    flash.check()?;
    report.check_complete()?;
    an_assertion_costs_its_signature(&report)?;
    report.check()
}

/// What is ours in an ES256 assertion hardly counts.
fn an_assertion_costs_its_signature(report: &Report) -> Result<(), Failure> {
    let cost = |what: &str| {
        let cost = report.instructions(what);
        cost.ok_or_else(|| Failure::new(format!("not measured: {what}")))
    };
    let (whole, alone) = (
        cost("ES256: a whole assertion")?,
        cost("ES256: p256 alone")?,
    );
    if whole.saturating_mul(100) <= alone.saturating_mul(102) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "an ES256 assertion takes {whole} instructions, more than 1.02 times the {alone} of its signature"
    )))
}

/// Were a panic that is there not found, then finding none would say nothing.
fn the_check_finds_a_panic(toolchain: Toolchain) -> Result<(), Failure> {
    toolchain
        .build("--bin core_calls --features deliberate-panic")
        .run()?;
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
    Err(symbol_list().failure(&format!(
        "core or MLLP can panic or allocate, with {} symbols; called by\n  {}",
        found.len(),
        named(&symbols::callers(&disassembly("core_calls")?)),
    )))
}

/// What `core_calls` leaves out, because it comes with a panic of somebody else's.
fn only_others_panic() -> Result<(), Failure> {
    let disassembly = disassembly("guarded_calls")?;
    let mut ours = symbols::callers(&disassembly);
    ours.retain(|(caller, callee)| !symbols::is_forgiven(caller, callee));
    if ours.is_empty() {
        println!("guarded_calls: only the compiler and serde-json-core can panic");
        return Ok(());
    }
    Err(Failure::new(format!(
        "core can panic in guarded_calls; called by\n  {}",
        named(&ours)
    )))
}

fn named(callers: &[(&str, &str)]) -> String {
    let lines: Vec<_> = callers
        .iter()
        .map(|(caller, callee)| format!("{caller}\n    calls {callee}"))
        .collect();
    lines.join("\n  ")
}

fn disassembly(name: &str) -> Result<String, Failure> {
    Run::new("arm-none-eabi-objdump")
        .args("-d -C")
        .path(&image(name))
        .output()
}

/// Software of others checks the assertions, ours and that of Mbed TLS, with keys that were made for this run only.
fn the_board_signs_what_others_verify(
    images: &[(PathBuf, &str)],
    report: &mut Report,
) -> Result<(), Failure> {
    let keys = target_dir().join("keys");
    fs::create_dir_all(&keys)?;
    let host = |script: &str| Run::new("node").args(script).within(FOLDER).path(&keys);
    host("host/make_keys.mjs").run()?;
    for (image, suffix) in images {
        report.add_calls(&board::run(image, &keys)?, suffix);
        host("host/verify.mjs").run()?;
    }
    report.add_calls(&board::run(&devices::key_stack(), &keys)?, "");
    println!("key_stack: nothing of a private number is left on the stack");
    boards::run(&keys, report)?;
    mbedtls::run(&keys, report)?;
    host("host/verify.mjs").args("mbedtls.txt ES256").run()?;
    fs::remove_dir_all(&keys)?;
    Ok(())
}

fn image(name: &str) -> PathBuf {
    devices::images().join(name)
}

fn symbol_list() -> Run {
    Run::new("arm-none-eabi-nm")
        .args("-C")
        .path(&image("core_calls"))
}

const FOLDER: &str = "tests/firmware";
