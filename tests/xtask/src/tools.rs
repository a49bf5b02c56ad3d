use std::fs::{self, File};
use std::path::Path;

use fs4::FileExt;

use crate::command::{Failure, Run, on_path, target_dir};
use crate::{bare_metal, wasm};

/// Something a step calls that a fresh machine may lack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    name: &'static str,
    present: fn() -> bool,
    /// The Debian packages that bring it.
    debian: &'static str,
    /// What `rustup` would be told instead, by whom it is there and may not install packages.
    rustup: Option<&'static str>,
}

pub(crate) const RUSTFMT: Tool = Tool {
    name: "rustfmt",
    present: || Run::cargo("fmt --version").succeeds(),
    debian: "",
    rustup: Some("component add rustfmt"),
};
pub(crate) const CLIPPY: Tool = Tool {
    name: "clippy",
    present: || Run::cargo("clippy --version").succeeds(),
    debian: "",
    rustup: Some("component add clippy"),
};
pub(crate) const BARE_METAL_RUST: Tool = Tool {
    name: "a Rust toolchain for bare metal",
    present: bare_metal::distribution_rust_is_present,
    debian: "rustc-web cargo-web rust-web-src rust-web-clippy",
    rustup: Some("target add thumbv7em-none-eabihf"),
};
pub(crate) const BOARDS_RUST: Tool = Tool {
    name: "a Rust toolchain for the boards",
    present: bare_metal::distribution_rust_is_present,
    debian: "rustc-web cargo-web rust-web-src rust-web-clippy",
    rustup: Some(
        "target add thumbv6m-none-eabi thumbv7m-none-eabi thumbv7em-none-eabihf \
         thumbv8m.main-none-eabi riscv32imac-unknown-none-elf riscv64imac-unknown-none-elf",
    ),
};
pub(crate) const WASM_RUST: Tool = Tool {
    name: "a Rust toolchain for WebAssembly",
    present: bare_metal::distribution_rust_is_present,
    debian: "rustc-web cargo-web rust-web-src rust-web-clippy",
    rustup: Some("target add wasm32-unknown-unknown"),
};
pub(crate) const WASM_LINKER: Tool = Tool {
    name: "a linker for WebAssembly",
    present: || wasm::linker().is_some(),
    debian: "lld",
    rustup: None,
};
pub(crate) const EVERYWHERE_RUST: Tool = Tool {
    name: "a Rust toolchain for other processors",
    present: bare_metal::distribution_rust_is_present,
    debian: "rustc-web cargo-web rust-web-src rust-web-clippy",
    rustup: Some(
        "target add i686-unknown-linux-gnu powerpc-unknown-linux-gnu s390x-unknown-linux-gnu \
         thumbv6m-none-eabi thumbv7em-none-eabihf riscv32imac-unknown-none-elf",
    ),
};
pub(crate) const CROSS_COMPILERS: Tool = Tool {
    name: "compilers for i686, powerpc and s390x, and qemu-ppc and qemu-s390x",
    present: || {
        let linked = |processor: &str| {
            Run::new(format!("{processor}-linux-gnu-gcc"))
                .args("-fsyntax-only -include string.h -x c /dev/null")
                .succeeds()
        };
        ["i686", "powerpc", "s390x"].into_iter().all(linked)
            && on_path("qemu-ppc")
            && on_path("qemu-s390x")
    },
    debian: "gcc-i686-linux-gnu libc6-dev-i386-cross gcc-powerpc-linux-gnu libc6-dev-powerpc-cross \
             gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user",
    rustup: None,
};
pub(crate) const RISCV_BINUTILS: Tool = Tool {
    name: "riscv64-unknown-elf-ld",
    present: || on_path("riscv64-unknown-elf-ld"),
    debian: "binutils-riscv64-unknown-elf",
    rustup: None,
};
pub(crate) const CHROMIUM: Tool = Tool {
    name: "chromium",
    present: || on_path("chromium"),
    debian: "chromium",
    rustup: None,
};
pub(crate) const BINUTILS: Tool = Tool {
    name: "arm-none-eabi-ld and arm-none-eabi-nm",
    present: || on_path("arm-none-eabi-ld") && on_path("arm-none-eabi-nm"),
    debian: "binutils-arm-none-eabi",
    rustup: None,
};
pub(crate) const ARM_GCC: Tool = Tool {
    name: "arm-none-eabi-gcc, with its C library",
    present: || {
        Run::new("arm-none-eabi-gcc")
            .args("-fsyntax-only -include string.h -x c /dev/null")
            .succeeds()
    },
    debian: "gcc-arm-none-eabi libnewlib-arm-none-eabi",
    rustup: None,
};
pub(crate) const C_COMPILERS: Tool = Tool {
    name: "gcc and g++",
    present: || on_path("gcc") && on_path("g++"),
    debian: "gcc g++ libc6-dev",
    rustup: None,
};
pub(crate) const CLANG: Tool = Tool {
    name: "clang",
    present: || on_path("clang"),
    debian: "clang",
    rustup: None,
};
pub(crate) const VALGRIND: Tool = Tool {
    name: "valgrind",
    present: || on_path("valgrind") && Run::new("valgrind").args("true").succeeds(),
    // It looks into the C library, and needs its symbols for that.
    debian: "valgrind libc6-dbg",
    rustup: None,
};
pub(crate) const OPENSSL: Tool = Tool {
    name: "the header files of OpenSSL 3",
    present: || {
        Run::new("cc")
            .args("-fsyntax-only -include openssl/core_names.h -x c /dev/null")
            .succeeds()
    },
    debian: "libssl-dev",
    rustup: None,
};
pub(crate) const CMAKE: Tool = Tool {
    name: "cmake, version 3.21 or newer",
    present: || {
        let found = Run::new("cmake").args("--version").output();
        on_path("cmake") && found.is_ok_and(|found| version(&found) >= Some((3, 21)))
    },
    debian: "cmake make",
    rustup: None,
};
pub(crate) const PKG_CONFIG: Tool = Tool {
    name: "pkg-config",
    present: || on_path("pkg-config"),
    debian: "pkg-config",
    rustup: None,
};
pub(crate) const GIT: Tool = Tool {
    name: "git",
    present: || on_path("git"),
    debian: "git",
    rustup: None,
};
pub(crate) const LIBCLANG: Tool = Tool {
    name: "the library of clang",
    present: || {
        // In a folder named after its version, beside `lib` itself in other distributions.
        Run::new("sh")
            .arg("-c")
            .arg("ls /usr/lib/llvm-*/lib/libclang*.so* /usr/lib*/libclang*.so* 2> /dev/null | grep -q .")
            .succeeds()
    },
    debian: "libclang-dev",
    rustup: None,
};
pub(crate) const QEMU: Tool = Tool {
    name: "qemu-system-arm",
    present: || on_path("qemu-system-arm"),
    debian: "qemu-system-arm",
    rustup: None,
};
pub(crate) const QEMU_RISCV: Tool = Tool {
    name: "qemu-system-riscv32 and qemu-system-riscv64",
    present: || on_path("qemu-system-riscv32") && on_path("qemu-system-riscv64"),
    debian: "qemu-system-misc",
    rustup: None,
};
pub(crate) const CPP_COMPILER: Tool = Tool {
    name: "a C++ compiler, for libFuzzer",
    present: || on_path("c++"),
    debian: "g++",
    rustup: None,
};
pub(crate) const NODE: Tool = Tool {
    name: "node, version 20.12 or newer",
    present: || {
        let found = Run::new("node").args("--version").output();
        on_path("node") && found.is_ok_and(|found| version(&found) >= Some((20, 12)))
    },
    debian: "nodejs",
    rustup: None,
};
pub(crate) const NPM: Tool = Tool {
    name: "npm",
    present: || on_path("npm"),
    debian: "npm",
    rustup: None,
};
pub(crate) const PYTHON: Tool = Tool {
    name: "python3, version 3.11 or newer, with venv and pip",
    present: || {
        let found = Run::new("python3").args("--version").output();
        // Debian ships `venv` without the `ensurepip` that it calls.
        let with_modules = Run::new("python3").args("-c").arg("import venv, ensurepip");
        found.is_ok_and(|found| version(&found) >= Some((3, 11))) && with_modules.succeeds()
    },
    debian: "python3 python3-venv",
    rustup: None,
};
pub(crate) const GLEWLWYD: Tool = Tool {
    name: "Glewlwyd, version 2.7 or newer, as Debian packages it",
    present: || {
        let found = Run::new("glewlwyd").args("--version").output();
        on_path("glewlwyd") && found.is_ok_and(|found| version(&found) >= Some((2, 7)))
    },
    debian: "glewlwyd",
    rustup: None,
};
pub(crate) const KEY_TOOLS: Tool = Tool {
    name: "what converts keys: openssl, ssh-keygen, puttygen, keytool with Bouncy Castle, jq, jose and unzip",
    present: || {
        let commands = [
            "openssl",
            "ssh-keygen",
            "puttygen",
            "keytool",
            "jq",
            "jose",
            "unzip",
        ];
        commands.into_iter().all(on_path) && Path::new("/usr/share/java/bcprov.jar").exists()
    },
    debian: "openssl openssh-client putty-tools default-jre-headless libbcprov-java jq jose unzip",
    rustup: None,
};
pub(crate) const PROXIES: Tool = Tool {
    name: "Squid and mitmproxy",
    present: || on_path("squid") && on_path("mitmdump"),
    debian: "squid-openssl mitmproxy",
    rustup: None,
};
pub(crate) const BALANCERS: Tool = Tool {
    name: "Varnish, HAProxy, Apache and Caddy",
    present: || {
        ["varnishd", "haproxy", "apache2", "caddy"]
            .into_iter()
            .all(is_there)
    },
    debian: "varnish haproxy apache2-bin caddy",
    rustup: None,
};
pub(crate) const FIREWALL: Tool = Tool {
    name: "iptables, ss and openssl",
    present: || ["iptables", "ss", "openssl"].into_iter().all(is_there),
    debian: "iptables iproute2 openssl",
    rustup: None,
};
pub(crate) const VPN: Tool = Tool {
    name: "strongSwan with charon-systemd, kernel-libipsec and OpenSSL, and iproute2",
    present: || {
        let plugins = Path::new("/usr/lib/ipsec/plugins");
        let has = |plugin: &str| plugins.join(format!("libstrongswan-{plugin}.so")).exists();
        ["swanctl", "charon-systemd", "ip", "unshare"]
            .into_iter()
            .all(is_there)
            && has("kernel-libipsec")
            && has("openssl")
    },
    debian: "strongswan-swanctl charon-systemd libcharon-extra-plugins libstrongswan-standard-plugins iproute2",
    rustup: None,
};
pub(crate) const SSH: Tool = Tool {
    name: "ssh, version 8.5 or newer",
    present: || on_path("ssh"),
    debian: "openssh-client",
    rustup: None,
};
pub(crate) const SFTP_SERVERS: Tool = Tool {
    name: "the servers of OpenSSH and ProFTPD, with mod_sftp, and the client of OpenSSH",
    present: || {
        let servers = ["/usr/sbin/sshd", "/usr/lib/proftpd/mod_sftp.so"];
        servers.into_iter().all(|path| Path::new(path).exists())
            && ["ssh", "ssh-keyscan", "proftpd"].into_iter().all(on_path)
    },
    debian: "openssh-server openssh-client proftpd-core proftpd-mod-crypto",
    rustup: None,
};
pub(crate) const TAP: Tool = Tool {
    name: "ip, unshare and dnsmasq, for a network of its own",
    present: || ["ip", "unshare", "dnsmasq"].into_iter().all(on_path),
    debian: "iproute2 util-linux dnsmasq-base",
    rustup: None,
};
pub(crate) const NGINX: Tool = Tool {
    name: "nginx",
    present: || on_path("nginx"),
    debian: "nginx-light",
    rustup: None,
};
pub(crate) const REDIS: Tool = Tool {
    name: "redis-server, version 7.0 or newer",
    present: || {
        let found = Run::new("redis-server").args("--version").output();
        on_path("redis-server") && found.is_ok_and(|found| version(&found) >= Some((7, 0)))
    },
    debian: "redis-server",
    rustup: None,
};
pub(crate) const SOFTHSM: Tool = Tool {
    name: "SoftHSM, version 2",
    present: || on_path("softhsm2-util"),
    debian: "softhsm2",
    rustup: None,
};

pub(crate) const TPM: Tool = Tool {
    name: "tpm2-pkcs11, a TPM in software and its resource manager",
    present: || {
        [
            "tpm2_ptool",
            "tpm2_getcap",
            "swtpm",
            "tpm2-abrmd",
            "dbus-daemon",
        ]
        .into_iter()
        .all(on_path)
            && is_library("pkcs11/libtpm2_pkcs11.so")
            && is_library("libtss2-tcti-tabrmd.so.0")
            && is_library("libtss2-tcti-swtpm.so.0")
    },
    debian: "libtpm2-pkcs11-1 libtpm2-pkcs11-tools tpm2-tools swtpm tpm2-abrmd libtss2-tcti-tabrmd0 libtss2-tcti-swtpm0 dbus",
    rustup: None,
};

pub(crate) const NSS: Tool = Tool {
    name: "NSS with certutil, and p11-kit",
    present: || {
        on_path("certutil")
            && on_path("p11-kit")
            && is_library("libsoftokn3.so")
            && is_library("p11-kit-proxy.so")
            && is_library("pkcs11/p11-kit-client.so")
    },
    debian: "libnss3 libnss3-tools p11-kit p11-kit-modules",
    rustup: None,
};
pub(crate) const OPENCRYPTOKI: Tool = Tool {
    name: "opencryptoki",
    present: || {
        on_path("pkcsslotd") && on_path("pkcsconf") && is_library("pkcs11/libopencryptoki.so")
    },
    debian: "opencryptoki",
    rustup: None,
};

/// Whether Debian's folder for the libraries of this kind of machine has it.
fn is_library(path: &str) -> bool {
    let folder = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    Path::new(&folder).join(path).exists()
}

/// Whether there is such a program, also where only an administrator's `PATH` has its folder on Debian.
fn is_there(name: &str) -> bool {
    on_path(name) || Path::new("/usr/sbin").join(name).exists()
}

/// Makes sure that these are here: installs what is missing where we may, or says which commands do, and fails.
pub(crate) fn ensure(tools: &[Tool]) -> Result<(), Failure> {
    let missing = |tools: &[Tool]| -> Vec<Tool> {
        tools
            .iter()
            .filter(|tool| !(tool.present)())
            .copied()
            .collect()
    };
    let wanted = missing(tools);
    if wanted.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = wanted.iter().map(|tool| tool.name).collect();
    let names = names.join(", ");
    println!("not found: {names}");
    let may = May {
        install_packages: is_root() && on_path("apt-get"),
        call_rustup: on_path("rustup"),
    };
    let plan = Plan::new(&wanted, may);
    if !plan.allowed {
        return Err(Failure {
            what: format!("not found: {names}"),
            by_hand: Some(plan.commands.join(" && ")),
        });
    }
    // The steps of devices, which run at the same time, wait.
    let folder = target_dir().join("xtask");
    fs::create_dir_all(&folder)?;
    let installing = File::create(folder.join("installing"))?;
    FileExt::lock(&installing)?;
    for command in &plan.commands {
        let command = shell(command);
        if command.run().is_err() {
            // A fresh machine knows no package before its first update.
            shell("apt-get update").run()?;
            command.run()?;
        }
    }
    match missing(&wanted).first() {
        None => Ok(()),
        Some(tool) => Err(Failure::new(format!(
            "still not found after its installation: {}",
            tool.name
        ))),
    }
}

/// What this user may do to the machine.
#[derive(Clone, Copy)]
struct May {
    install_packages: bool,
    call_rustup: bool,
}

/// The commands that bring what is missing, and whether we run them ourselves.
#[derive(Debug, Eq, PartialEq)]
struct Plan {
    commands: Vec<String>,
    allowed: bool,
}

impl Plan {
    fn new(wanted: &[Tool], may: May) -> Self {
        let by_package = |tool: &&Tool| {
            !tool.debian.is_empty()
                && (may.install_packages || !may.call_rustup || tool.rustup.is_none())
        };
        let packages: Vec<_> = wanted
            .iter()
            .filter(by_package)
            .map(|tool| tool.debian)
            .collect();
        let others = wanted.iter().filter(|tool| !by_package(tool));
        let mut commands: Vec<_> = others
            .filter_map(|tool| tool.rustup.map(|arguments| format!("rustup {arguments}")))
            .collect();
        let mut allowed = may.call_rustup || commands.is_empty();
        if !packages.is_empty() {
            let sudo = if may.install_packages { "" } else { "sudo " };
            let packages = packages.join(" ");
            commands.push(format!(
                "{sudo}apt-get install --no-install-recommends -y {packages}"
            ));
            allowed &= may.install_packages;
        }
        Self { commands, allowed }
    }
}

/// The first two numbers of what a program prints as its version, such as `rustc 1.88.0` or `v20.12.1`.
pub(crate) fn version(printed: &str) -> Option<(u32, u32)> {
    let numbers = printed.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut numbers = numbers.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

fn is_root() -> bool {
    Run::new("id")
        .args("-u")
        .output()
        .is_ok_and(|id| id.trim() == "0")
}

fn shell(command: &str) -> Run {
    let (program, arguments) = command.split_once(' ').unwrap_or((command, ""));
    Run::new(program)
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: May = May {
        install_packages: false,
        call_rustup: true,
    };

    #[test]
    fn versions_compare_by_number() {
        assert_eq!(version("1.88"), Some((1, 88)));
        assert_eq!(version("v20.20.2\n"), Some((20, 20)));
        assert!(version("rustc 1.100.0 (0123 2026-01-01)") > version("1.88"));
        assert!(version("unknown") < version("1.88"));
    }

    #[test]
    fn root_installs_packages() {
        let root = May {
            install_packages: true,
            call_rustup: true,
        };
        let plan = Plan::new(&[BARE_METAL_RUST, QEMU], root);
        let command = "apt-get install --no-install-recommends -y \
                       rustc-web cargo-web rust-web-src rust-web-clippy qemu-system-arm";
        assert_eq!(plan.commands, [command]);
        assert!(plan.allowed);
    }

    #[test]
    fn a_user_with_rustup_adds_the_target_and_is_told_the_rest() {
        let plan = Plan::new(&[BARE_METAL_RUST], USER);
        assert_eq!(plan.commands, ["rustup target add thumbv7em-none-eabihf"]);
        assert!(plan.allowed);
        let plan = Plan::new(&[CLIPPY, QEMU], USER);
        let install = "sudo apt-get install --no-install-recommends -y qemu-system-arm";
        assert_eq!(plan.commands, ["rustup component add clippy", install]);
        assert!(!plan.allowed);
    }

    #[test]
    fn who_may_do_nothing_is_told_everything() {
        let nothing = May {
            install_packages: false,
            call_rustup: false,
        };
        let plan = Plan::new(&[RUSTFMT, NODE], nothing);
        let install = "sudo apt-get install --no-install-recommends -y nodejs";
        assert_eq!(plan.commands, ["rustup component add rustfmt", install]);
        assert!(!plan.allowed);
    }
}
