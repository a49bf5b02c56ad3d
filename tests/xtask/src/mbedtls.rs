//! The C way of doing it, for comparison: an ES256 assertion with Mbed TLS on the same board.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::bare_metal::target_dir;
use crate::board;
use crate::command::{Failure, Run};
use crate::report::{Figure, Image, Report};
use crate::weight::Weight;

/// Builds the image of `tests/firmware/mbedtls` and runs it in this `folder`, where its key is.
///
/// It leaves its assertion there, in `mbedtls.txt`.
pub(crate) fn run(folder: &Path, report: &mut Report) -> Result<(), Failure> {
    let image = target_dir().join("mbedtls.elf");
    let source = source()?;
    let include = |folder: &Path| format!("-I{}", folder.display());
    let mut compiler = Run::new("arm-none-eabi-gcc")
        .args(FLAGS)
        .arg(include(Path::new(FOLDER)))
        .arg(include(&source.join("include")))
        .args("-o")
        .path(&image);
    for file in ["board.c", "es256_jwt.c"] {
        compiler = compiler.path(&Path::new(FOLDER).join(file));
    }
    for name in MODULES.split_whitespace() {
        compiler = compiler.path(&source.join("library").join(format!("{name}.c")));
    }
    compiler.run()?;
    let printed = board::run(&image, folder)?;
    report.add_calls(&printed, "");
    let Weight { flash, fixed_ram } = Weight::of(&image)?;
    report.add(Image {
        what: String::from("an ES256 JWT, key in PEM, by Mbed TLS in C"),
        flash: Figure::of(flash),
        fixed_ram: Figure::of(fixed_ram),
        ..Image::default()
    });
    Ok(())
}

/// Where cargo keeps the source of Mbed TLS.
fn source() -> Result<PathBuf, Failure> {
    let metadata = Run::cargo("metadata --locked --format-version 1 --manifest-path")
        .path(&Path::new(FOLDER).join("Cargo.toml"))
        .output()?;
    let metadata: Value = serde_json::from_str(&metadata)
        .map_err(|error| Failure::new(format!("cargo metadata: {error}")))?;
    let packages = metadata
        .get("packages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let manifest = packages
        .filter(|package| package["name"] == PACKAGE)
        .find_map(|package| package["manifest_path"].as_str());
    manifest
        .and_then(|path| Path::new(path).parent())
        .map(|package| package.join("mbedtls"))
        .ok_or_else(|| Failure::new(format!("cargo metadata names no {PACKAGE}")))
}

const FOLDER: &str = "tests/firmware/mbedtls";

/// What carries it.
const PACKAGE: &str = "mbedtls-rs-sys";

/// As small as ours: for size, optimized as a whole.
const FLAGS: &str = "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16 -Os -flto -Wall -Wextra -Werror \
    -ffunction-sections -fdata-sections -nostartfiles --specs=nosys.specs --specs=nano.specs \
    -DMBEDTLS_CONFIG_FILE=<config.h> -Wl,--gc-sections -Ttests/firmware/mbedtls/image.ld";

const MODULES: &str = "asn1parse asn1write base64 bignum bignum_core bignum_mod bignum_mod_raw constant_time ecdsa ecp \
    ecp_curves hmac_drbg md memory_buffer_alloc oid pem pk pk_wrap pk_ecc pkparse platform platform_util sha256";
