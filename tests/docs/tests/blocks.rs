//! Every block of code in the pages of the project is valid: compiled as Rust or C, parsed as TOML or JSON, or read by a
//! shell. `adapters/cli` checks each command line of `redox-auth` in them against the parser of the command.
#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, and says where"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use redox_auth_docs::{Block, Page, pages};
use serde_json::Value;

#[test]
fn every_block_of_code_is_valid() {
    let root = root();
    let pages = pages(&root).unwrap();
    let tested = pages_with_doctests(&root, &pages);
    let mut checked = BTreeMap::<&str, usize>::new();
    let mut faults = Vec::new();
    let blocks: Vec<_> = pages.iter().flat_map(Page::blocks).collect();
    for block in &blocks {
        *checked.entry(&block.language).or_default() += 1;
        if let Err(fault) = check(&root, block, &tested) {
            faults.push(fault_at(block, &fault));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // A finder that finds nothing would pass as well.
    for language in ["rust", "sh", "toml", "json", "c"] {
        assert!(checked.contains_key(language), "{language}: {checked:?}");
    }
}

#[test]
fn a_block_with_a_fault_is_named_with_file_and_line() {
    let root = root();
    for (language, text, part) in [
        ("sh", "echo 'one", "nterminated"),
        ("toml", "[staging\n", "TOML"),
        ("json", "{\"a\": }", "expected value"),
        ("ndjson", "{}\n{\n", "line 2"),
        ("c", "\nredox_auth_session_next(&session);\n", "page.md:8"),
        ("rust", "fn main() {}", "no doctest"),
        ("python", "pass", "no check for this language"),
        ("", "pass", "no check for this language"),
    ] {
        let page = Page {
            path: PathBuf::from("page.md"),
            lines: format!("# Page\n\n\n\n\n```{language}\n{text}\n```\n")
                .lines()
                .map(str::to_owned)
                .collect(),
        };
        let [block] = page.blocks().try_into().unwrap();
        let fault = check(&root, &block, &[]).unwrap_err();
        let fault = fault_at(&block, &fault);
        assert!(fault.starts_with("page.md:7: "), "{fault}");
        assert!(fault.contains(part), "{language}: {fault}");
    }
}

#[test]
fn each_line_of_the_threat_model_names_a_test_that_exists() {
    let page = fs::read_to_string(root().join(THREATS)).unwrap();
    let mut named = 0;
    for line in page.lines().filter(|line| line.starts_with("//! | ")) {
        let cell = line.rsplit('|').nth(1).unwrap().trim();
        let Some(test) = cell.strip_prefix('`').and_then(|it| it.strip_suffix('`')) else {
            continue;
        };
        let (file, name) = test.split_once("::").unwrap_or((test, ""));
        let source = fs::read_to_string(root().join(file));
        let source = source.unwrap_or_else(|error| panic!("{THREATS}: {file}: {error}"));
        let function = format!("fn {name}");
        assert!(source.contains(&function), "{THREATS}: no test {test}");
        named += 1;
    }
    assert!(named > 30, "{named} tests");
}

/// Every folder with pages stands in [`FOLDERS`], and therefore `cargo xtask test` runs these tests when a page changes.
#[test]
fn every_page_is_in_a_folder_that_this_crate_names() {
    let here = Path::new("tests/docs");
    let folders: Vec<_> = FOLDERS.iter().map(|it| resolved(&here.join(it))).collect();
    for page in pages(&root()).unwrap() {
        let is_named = folders.iter().any(|folder| page.path.starts_with(folder));
        let is_in_no_crate = page.path.components().count() == 1;
        assert!(
            page.blocks().is_empty() || is_named || is_in_no_crate,
            "{}: its folder is not in `FOLDERS`",
            page.path.display()
        );
    }
}

fn check(root: &Path, block: &Block, tested: &[PathBuf]) -> Result<(), String> {
    match &*block.language {
        "rust" => tested
            .contains(&block.page)
            .then_some(())
            .ok_or_else(|| "no doctest includes this page".to_owned()),
        "toml" => block
            .text
            .parse::<toml::Table>()
            .map(drop)
            .map_err(|error| error.to_string()),
        "json" => serde_json::from_str::<Value>(&block.text)
            .map(drop)
            .map_err(|error| error.to_string()),
        "ndjson" => (1..)
            .zip(block.text.lines())
            .try_for_each(|(number, line)| {
                serde_json::from_str::<Value>(line)
                    .map(drop)
                    .map_err(|error| format!("line {number} of the block: {error}"))
            }),
        "sh" => accepted(Command::new("sh").arg("-n"), &block.text),
        "c" => accepted(
            Command::new("cc")
                .args(["-std=c11", "-fsyntax-only", "-Werror=implicit", "-I"])
                .arg(root.join("adapters/c/include"))
                .args(["-DREDOX_AUTH_DPOP", "-DREDOX_AUTH_METADATA", "-x", "c", "-"]),
            &program(block),
        ),
        language if UNCHECKED.iter().any(|(it, _)| *it == language) => Ok(()),
        language => Err(format!("no check for this language: {language:?}")),
    }
}

/// Gives a program the text, and returns its complaint if it does not accept the text.
fn accepted(command: &mut Command, text: &str) -> Result<(), String> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let mut input = child.stdin.take().unwrap();
    // A program that stops at the first fault closes its input.
    let _ = input.write_all(text.as_bytes());
    drop(input);
    let output = child.wait_with_output().unwrap();
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(words.trim().to_owned())
}

/// A block of C as a program: the statements in a function, after the names that the page takes from the reader's program.
fn program(block: &Block) -> String {
    let (line, page) = (block.line, block.page.display());
    format!(
        "{C_NAMES}void block(void) {{\n#line {line} \"{page}\"\n{}\n}}\n",
        block.text
    )
}

/// The Markdown files whose Rust blocks rustdoc runs, and every Rust file of a library.
fn pages_with_doctests(root: &Path, pages: &[Page]) -> Vec<PathBuf> {
    let mut tested = Vec::new();
    for page in pages.iter().filter(|page| page.is_rustdoc()) {
        let source = fs::read_to_string(root.join(&page.path)).unwrap();
        let folder = page.path.parent().unwrap();
        let included = source.split("doc = include_str!(\"").skip(1);
        tested.extend(included.map(|rest| resolved(&folder.join(rest.split('"').next().unwrap()))));
        let mut above = page.path.ancestors();
        if above.any(|it| it.ends_with("src") && root.join(it).join("lib.rs").exists()) {
            tested.push(page.path.clone());
        }
    }
    tested
}

/// Without `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => _ = resolved.pop(),
            other => resolved.push(other),
        }
    }
    resolved
}

fn fault_at(block: &Block, fault: &str) -> String {
    format!("{}:{}: {fault}", block.page.display(), block.line)
}

fn root() -> PathBuf {
    resolved(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
}

/// Languages without a check, each with the reason.
const UNCHECKED: [(&str, &str); 2] = [
    ("text", "the output of a program, or a request"),
    (
        "js",
        "the lines of `adapters/c/examples/wasm`, which `cargo xtask test wasm` runs in Node.js and Chromium",
    ),
];

const THREATS: &str = "adapters/reqwest/src/guide/security.rs";

/// The folders with pages.
const FOLDERS: [&str; 20] = [
    "../../adapters/c",
    "../../adapters/cli",
    "../../adapters/embedded-tls",
    "../../adapters/gateway",
    "../../adapters/mllp",
    "../../adapters/pkcs11",
    "../../adapters/redis",
    "../../adapters/reqwest",
    "../../adapters/tower",
    "../../benches",
    "../../core",
    "../../tests/docs",
    "../../tests/firmware",
    "../../tests/fuzz",
    "../../tests/interleavings",
    "../../tests/interop",
    "../../tests/sandbox",
    "../../tests/simulation",
    "../../tests/stacks",
    "../../tests/xtask",
];

/// The names that the blocks of C take from the program around them.
const C_NAMES: &str = r"
#include <stddef.h>
#include <stdint.h>
#include <redox_auth.h>

uint64_t milliseconds_since_boot(void);
uint64_t seconds_since_1970_or_0(void);
extern const uint8_t *pem;
extern size_t pem_len;
extern const uint8_t *random_bytes;
extern char buffer[1024];
extern char url[256];
extern char header[1024];
extern size_t len;
extern char *document;
extern size_t document_len;
extern const char *token_url;
extern const char *nonce_of_token_endpoint;
extern uint64_t unix_secs;
static struct redox_auth_signer signer;
static struct redox_auth_public_key public_key;
static redox_auth_session session;
static struct redox_auth_response response;
static struct redox_auth_received received;
static struct redox_auth_oauth_key oauth_key;
";
