"""Has cargo build libredox_auth.a for the board of a PlatformIO project, and links it.

In the project's platformio.ini:

    lib_deps = redox_auth=symlink://path/to/redox-auth/adapters/c
    build_flags = -DREDOX_AUTH_DPOP          ; and REDOX_AUTH_ES512, REDOX_AUTH_FLASH_TABLES, REDOX_AUTH_METADATA
    custom_redox_auth_rust_target = ...      ; for a board that is not known here
"""

import subprocess
import sys
from pathlib import Path

Import("env")  # noqa: F821, what SCons gives to every script

FEATURES = ["dpop", "es512", "flash-tables", "metadata"]
RUST_TARGETS = {
    "cortex-m0": "thumbv6m-none-eabi",
    "cortex-m0plus": "thumbv6m-none-eabi",
    "cortex-m3": "thumbv7m-none-eabi",
    "cortex-m4": "thumbv7em-none-eabi",
    "cortex-m7": "thumbv7em-none-eabi",
    "cortex-m23": "thumbv8m.base-none-eabi",
    "cortex-m33": "thumbv8m.main-none-eabi",
    "esp32c2": "riscv32imc-unknown-none-elf",
    "esp32c3": "riscv32imc-unknown-none-elf",
    "esp32c5": "riscv32imac-unknown-none-elf",
    "esp32c6": "riscv32imac-unknown-none-elf",
    "esp32h2": "riscv32imac-unknown-none-elf",
    "esp32p4": "riscv32imafc-unknown-none-elf",
}


def rust_target(env):
    """What rustc calls the processor; nothing for this machine."""
    chosen = env.GetProjectOption("custom_redox_auth_rust_target", "")
    if chosen or env["PIOPLATFORM"] == "native":
        return chosen
    board = env.BoardConfig()
    names = [board.get("build.mcu", ""), board.get("build.cpu", "")]
    found = next((RUST_TARGETS[name] for name in names if name in RUST_TARGETS), None)
    if found is None:
        sys.exit(
            f"redox_auth: nothing is known about Rust on {' or '.join(filter(None, names))}; "
            "set custom_redox_auth_rust_target to what `rustc --print target-list` calls the processor"
        )
    if "-mfloat-abi=hard" in env.Flatten([env.get("CCFLAGS", []), env.get("LINKFLAGS", [])]):
        found = found.replace("-eabi", "-eabihf")
    return found


def build(env):
    # SCons runs this text without a file name, in the folder of the library.
    folder = Path.cwd()
    folder = folder if (folder / "include").is_dir() else folder.parent
    target = rust_target(env)
    target_dir = Path(env.subst("$BUILD_DIR")) / "redox_auth"
    defined = [it if isinstance(it, str) else it[0] for it in env.get("CPPDEFINES", [])]
    features = [name for name in FEATURES if "REDOX_AUTH_" + name.upper().replace("-", "_") in defined]
    command = "cargo rustc -p redox-auth-c --lib --crate-type staticlib --profile c".split()
    command += ["--target-dir", str(target_dir.absolute())]
    command += ["--target", target] if target else []
    command += ["--features", ",".join(features)] if features else []
    if subprocess.run(command, cwd=folder).returncode != 0:
        sys.exit(f"redox_auth: `{' '.join(command)}` failed in {folder}")
    env.Append(LIBPATH=[str((target_dir / target / "c").absolute())], LIBS=["redox_auth"])


build(env)  # noqa: F821
