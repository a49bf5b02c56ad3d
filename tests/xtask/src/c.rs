use std::fs;
use std::path::{Path, PathBuf};

use crate::bare_metal::{self, TARGET, Toolchain};
use crate::command::{Failure, Run, root, target_dir};
use crate::members::Member;
use crate::report::{Figure, Image, Report};
use crate::together::Together;
use crate::weight::Weight;
use crate::{board, package, requests, stack, symbols, tools};

/// Builds the library for C and the C programs around it, and runs them: against a sandbox, on the emulated board, and
/// under what sees a wrong access to memory.
pub(crate) fn run(members: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[
        tools::C_COMPILERS,
        tools::CLANG,
        tools::VALGRIND,
        tools::OPENSSL,
        tools::CMAKE,
        tools::PKG_CONFIG,
        tools::BINUTILS,
    ])?;
    let toolchain = Toolchain::find()?;
    fs::create_dir_all(programs())?;
    library(toolchain.cargo("rustc"), NO_FEATURE).run()?;
    weigh()?;
    library(Run::cargo("rustc"), NO_FEATURE).run()?;
    every_wrong_call_is_answered("")?;
    library(toolchain.cargo("rustc"), EVERY_FEATURE).run()?;
    weigh_features()?;
    library(Run::cargo("rustc"), EVERY_FEATURE).run()?;
    every_wrong_call_is_answered(EVERY_PART)?;
    requests::are_the_same(Run::new(compile(GCC, &[requests::SOURCE], "requests", "")?))?;
    the_header_is_one_of_cpp()?;

    let sandbox = Together::with(members, "redox-auth-c")?.build_example("with_sandbox")?;
    programs_get_tokens(&sandbox)?;
    nothing_but_a_curve_panics()?;
    package::check(&programs(), &host_library(), |program| {
        with_sandbox(&sandbox, "es384").path(program).run()
    })
}

/// With these features, in the folder whose settings for bare metal count.
fn library(cargo: Run, features: &str) -> Run {
    cargo
        .args("-p redox-auth-c --lib --crate-type staticlib --profile c")
        .args(features)
        .within(FOLDER)
}

fn the_header_is_one_of_cpp() -> Result<(), Failure> {
    let source = programs().join("header.cpp");
    let content = "#include \"redox_auth.h\"\n\
                   int main() { return redox_auth_version() == REDOX_AUTH_VERSION ? 0 : 1; }\n";
    fs::write(&source, content)?;
    let source = source.display().to_string();
    let program = compile("g++ -std=c++17", &[&source], "header", "")?;
    Run::new(program).run()
}

/// Every function, called wrongly in every way that a program can without lying about its memory.
fn every_wrong_call_is_answered(options: &str) -> Result<(), Failure> {
    let sources = ["tests/c/contract.c"];
    let sanitized = compile(SANITIZED, &sources, "contract_sanitized", options)?;
    Run::new(sanitized).run()?;
    let plain = compile(CLANG, &sources, "contract", options)?;
    Run::new("valgrind").args(MEMCHECK).arg(plain).run()
}

fn programs_get_tokens(sandbox: &Path) -> Result<(), Failure> {
    let own = [MAIN, HTTP, "examples/posix/signer_library.c"];
    let theirs = [MAIN, HTTP, "examples/posix/signer_openssl.c"];
    let gcc = compile(GCC, &own, "posix_gcc", "")?;
    let clang = compile(CLANG, &own, "posix_clang", "")?;
    let sanitized = compile(SANITIZED, &own, "posix_sanitized", "")?;
    let openssl = compile(SANITIZED, &theirs, "posix_openssl", "-lcrypto")?;
    let runs = [
        ("es256", &gcc),
        ("es384", &clang),
        ("es512", &gcc),
        ("rs384", &sanitized),
        ("revoked", &sanitized),
        ("es256", &openssl),
        ("es384", &openssl),
    ];
    for (kind, program) in runs {
        with_sandbox(sandbox, kind).arg(program).run()?;
    }
    let memcheck = with_sandbox(sandbox, "es384")
        .args("valgrind")
        .args(MEMCHECK);
    memcheck.arg(gcc).run()
}

/// All functions but those of keys are linked for the board, whatever the input: none of them can panic or allocate. The
/// keys bring the curves' crates, which panic where their own sums are wrong.
fn nothing_but_a_curve_panics() -> Result<(), Failure> {
    let header = fs::read_to_string(root().join(FOLDER).join("include/redox_auth.h"))?;
    let functions = functions(&header);
    let (keys, others): (Vec<_>, Vec<_>) = functions
        .iter()
        .partition(|name| KEYS.iter().any(|key| name.starts_with(key)));
    if keys.len() != KEYS.len().saturating_mul(3) || others.is_empty() {
        return Err(Failure::new(format!(
            "the header has other functions than expected: {functions:?}"
        )));
    }
    let image = link("calls", &others)?;
    let symbols = names(&image)?;
    let found = symbols::forbidden(&symbols);
    if !found.is_empty() {
        return Err(Failure::new(format!(
            "what C calls can panic or allocate: {found:?}"
        )));
    }
    // Were this empty, the linker would not have seen what it was given.
    let with_keys = names(&link("calls_and_keys", &functions)?)?;
    let of_curves = symbols::forbidden(&with_keys);
    if of_curves.is_empty() {
        return Err(Failure::new(
            "no panic is found in the curves' crates, where some are known to be",
        ));
    }
    if let Some(allocates) = of_curves.iter().find(|name| name.contains("alloc")) {
        return Err(Failure::new(format!("a key allocates: {allocates}")));
    }
    println!(
        "{} functions without the keys: none of {} symbols panics or allocates; with the keys, {} of the curves' crates",
        others.len(),
        symbols.lines().count(),
        of_curves.len()
    );
    Ok(())
}

/// What a device links that has a signer of its own, and what one links that signs with ES256, from a library without
/// features.
fn weigh() -> Result<(), Failure> {
    let of_session = session_functions();
    let mut functions: Vec<&str> = of_session.iter().map(String::as_str).collect();
    let session = Weight::of(&link("session", &functions)?)?.flash;
    functions.push("redox_auth_es256_key_init");
    let with_es256 = Weight::of(&link("session_es256", &functions)?)?.flash;
    println!(
        "flash of a session, {TARGET}, opt-level s: {session} bytes, of at most {SESSION_LIMIT}"
    );
    println!("the same with an ES256 key, however it is written down: {with_es256} bytes");
    if session <= SESSION_LIMIT {
        return Ok(());
    }
    Err(Failure::new(format!(
        "a session takes {session} bytes of flash, more than its limit"
    )))
}

/// What a device links whose library has the features, which has all of their texts in it.
fn weigh_features() -> Result<(), Failure> {
    let of_session = session_functions();
    for (what, more, limit) in [
        ("DPoP", &DPOP[..], DPOP_LIMIT),
        ("metadata documents", &METADATA[..], METADATA_LIMIT),
    ] {
        let session = of_session.iter().map(String::as_str);
        let functions: Vec<&str> = session.chain(more.iter().copied()).collect();
        let bytes = Weight::of(&link("session_and_more", &functions)?)?.flash;
        println!("the same as the first with {what}: {bytes} bytes, of at most {limit}");
        if bytes > limit {
            return Err(Failure::new(format!(
                "a session with {what} takes {bytes} bytes of flash, more than its limit"
            )));
        }
    }
    weigh_keys()
}

/// What each kind of key adds to a session: a program links those that it names, and no other.
fn weigh_keys() -> Result<(), Failure> {
    for (kind, what) in KEY_KINDS {
        let key = format!("redox_auth_{kind}_key_init");
        let of_session = session_functions();
        let session = of_session.iter().map(String::as_str);
        let functions: Vec<&str> = session.chain([key.as_str()]).collect();
        let bytes = Weight::of(&link("session_and_key", &functions)?)?.flash;
        println!("a session and {what}: {bytes} bytes");
    }
    Ok(())
}

fn session_functions() -> [String; SESSION.len()] {
    SESSION.map(|name| format!("redox_auth_session_{name}"))
}

/// An image of these functions and all that they call.
fn link(name: &str, functions: &[&str]) -> Result<PathBuf, Failure> {
    let image = programs().join(name);
    let mut run = Run::new("arm-none-eabi-ld").args("--gc-sections -e 0");
    for function in functions {
        run = run.args("-u").arg(*function);
    }
    run.path(&board_library()).args("-o").path(&image).run()?;
    Ok(image)
}

fn names(image: &Path) -> Result<String, Failure> {
    Run::new("arm-none-eabi-nm").args("-C").path(image).output()
}

/// The functions that a header declares.
fn functions(header: &str) -> Vec<&str> {
    header
        .lines()
        .filter(|line| !line.starts_with([' ', '/', '#']))
        .filter_map(|line| {
            let (before, _) = line.split_once('(')?;
            let name = before.rsplit([' ', '*']).next()?;
            name.starts_with("redox_auth_").then_some(name)
        })
        .collect()
}

/// An image that a C compiler built signs on the board, and software of others checks it.
pub(crate) fn the_board_signs_what_others_verify(
    toolchain: Toolchain,
    report: &mut Report,
) -> Result<(), Failure> {
    library(toolchain.cargo("rustc"), NO_FEATURE).run()?;
    fs::create_dir_all(programs())?;
    let image = for_the_board(
        "sign",
        "examples/cortex-m/main.c",
        "examples/cortex-m/mps2-an386.ld",
    )?;
    let measures = for_the_board("stack", "tests/c/stack.c", "tests/c/stack.ld")?;

    let folder = programs().join("board");
    fs::create_dir_all(&folder)?;
    let host = |what: &str| {
        let script = Run::new("node").args("tests/verify_board.mjs");
        script.path(&folder).args(what).within(FOLDER)
    };
    host("prepare").run()?;
    let printed = board::run(&image, &folder)?;
    host("verify").run()?;
    stack::is_as_written(&board::run(&measures, &folder)?)?;
    fs::remove_dir_all(&folder)?;
    let stack = peak_stack(&printed)
        .ok_or_else(|| Failure::new(format!("no peak of the stack in {printed:?}")))?;
    let Weight { flash, fixed_ram } = Weight::of(&image)?;
    report.add(Image {
        what: String::from("from C: a session with ES256, any key"),
        flash: Figure::of(flash),
        fixed_ram: Figure::of(fixed_ram),
        stack: Figure::of(stack),
    });
    Ok(())
}

/// Builds an image of this program, laid out by this script.
fn for_the_board(name: &str, program: &str, layout: &str) -> Result<PathBuf, Failure> {
    let image = programs().join(format!("{name}.elf"));
    Run::new("arm-none-eabi-gcc")
        .args(WARNINGS)
        .args("-std=c11 -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16")
        .args("-Os -ffreestanding -ffunction-sections -fdata-sections -nostdlib")
        .args("-Wl,--gc-sections -Wl,-z,noexecstack -Iexamples/cortex-m")
        .arg(format!("-T{layout}"))
        .arg(program)
        .args("examples/cortex-m/host.c examples/cortex-m/startup.c")
        .path(&board_library())
        .args("-o")
        .path(&image)
        .within(FOLDER)
        .run()?;
    Ok(image)
}

/// What the image says of its stack, in bytes.
fn peak_stack(printed: &str) -> Option<u64> {
    let line = printed
        .lines()
        .find_map(|line| line.strip_prefix("stack "))?;
    line.strip_suffix(" bytes")?.parse().ok()
}

/// Compiles a program for this machine, with these options beyond the usual, and names it.
fn compile(compiler: &str, sources: &[&str], name: &str, options: &str) -> Result<String, Failure> {
    let program = programs().join(name);
    let (compiler, flags) = compiler.split_once(' ').unwrap_or((compiler, ""));
    let mut run = Run::new(compiler).args(flags).args(WARNINGS);
    for source in sources {
        run = run.arg(*source);
    }
    run.path(&host_library())
        .args(options)
        .args("-o")
        .path(&program)
        .within(FOLDER)
        .run()?;
    Ok(program.display().to_string())
}

/// Runs a program, still to be named, against a sandbox with a key of this kind.
fn with_sandbox(sandbox: &Path, kind: &str) -> Run {
    Run::new(sandbox.display().to_string()).args(kind)
}

fn programs() -> PathBuf {
    target_dir().join("c-programs")
}

fn host_library() -> PathBuf {
    target_dir().join(LIBRARY)
}

fn board_library() -> PathBuf {
    bare_metal::target_dir().join(TARGET).join(LIBRARY)
}

/// The features of a library as small as it can be, and of one with all that there is.
const NO_FEATURE: &str = "";
pub(crate) const EVERY_FEATURE: &str = "--features dpop,es512,metadata";

/// What the header has the functions of those features with.
pub(crate) const EVERY_PART: &str = "-DREDOX_AUTH_DPOP -DREDOX_AUTH_ES512 -DREDOX_AUTH_METADATA";

const FOLDER: &str = "adapters/c";
const LIBRARY: &str = "c/libredox_auth.a";

const GCC: &str = "gcc -std=c11 -O1 -g";
// What valgrind reads of debug information.
const CLANG: &str = "clang -std=c11 -O2 -gdwarf-4";
const SANITIZED: &str =
    "gcc -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all";
const WARNINGS: &str = "-Wall -Wextra -Werror -pedantic -Iinclude";
const MEMCHECK: &str = "--quiet --error-exitcode=9 --leak-check=full";

const MAIN: &str = "examples/posix/main.c";
const HTTP: &str = "examples/posix/http.c";

/// What a program calls that gets and uses tokens.
pub(crate) const SESSION: [&str; 9] = [
    "init",
    "next",
    "request",
    "receive",
    "failed",
    "abandon",
    "authorize",
    "rejected",
    "deinit",
];

/// What they take, in bytes, rounded up to the next KiB: whatever grows beyond is to be decided, not to happen.
const SESSION_LIMIT: u64 = 35 * 1024;

/// What it calls beside these where its tokens are bound to a key.
const DPOP: [&str; 3] = [
    "redox_auth_session_bind_dpop",
    "redox_auth_dpop_proof",
    "redox_auth_dpop_asks_for_nonce",
];

/// What it calls beside these where it finds its server.
const METADATA: [&str; 2] = ["redox_auth_metadata_url", "redox_auth_metadata_read"];

/// What those take together with a session, rounded up as above.
const DPOP_LIMIT: u64 = 40 * 1024;
const METADATA_LIMIT: u64 = 40 * 1024;

const KEY_KINDS: [(&str, &str); 5] = [
    ("es256", "a key for ES256"),
    ("es384", "a key for ES384"),
    ("es512", "a key for ES512"),
    ("rsa", "an RSA key of 2048 bits"),
    ("any", "a key of any kind"),
];

/// How the functions of keys begin, of which there are three for each.
const KEYS: [&str; 5] = [
    "redox_auth_es256_key_",
    "redox_auth_es384_key_",
    "redox_auth_es512_key_",
    "redox_auth_rsa_key_",
    "redox_auth_any_key_",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_of_the_stack_is_found_in_what_an_image_prints() {
        let printed = "signed, used, saved and restored\nstack 04576 bytes\n";
        assert_eq!(peak_stack(printed), Some(4_576));
        assert_eq!(peak_stack("fault\n"), None);
    }

    #[test]
    fn functions_are_found_in_a_header() {
        let header = "\
// Calls redox_auth_next(session) and more.
typedef int32_t (*redox_auth_sign)(void *context,
redox_auth_status redox_auth_session_next(const struct redox_auth_session *session,
                                          uint64_t instant_ms);
const char *redox_auth_status_text(int32_t status);
uint32_t redox_auth_version(void);
#define REDOX_AUTH_VERSION (redox_auth_version())
";
        assert_eq!(
            functions(header),
            [
                "redox_auth_session_next",
                "redox_auth_status_text",
                "redox_auth_version"
            ]
        );
    }
}
