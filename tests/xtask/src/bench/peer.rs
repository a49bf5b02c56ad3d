use crate::command::{Failure, Run};
use crate::install;
use crate::tools::{self, Tool};

/// A library that ours is measured beside: a program that speaks as `benches/contender` says.
#[derive(Debug)]
pub(super) struct Peer {
    /// As in the tables.
    pub(super) name: &'static str,
    /// What runs it, from the root of the workspace.
    pub(super) program: &'static str,
    /// So quickly that the test command can afford it.
    pub(super) is_quickly_built: bool,
    tools: &'static [Tool],
    build: Build,
}

/// What makes a peer, in its folder.
#[derive(Debug)]
enum Build {
    /// `cargo build --release` with these arguments.
    Cargo(&'static str, &'static str),
    Npm(&'static str),
    Python(&'static str),
}

impl Peer {
    /// Installs what it needs and builds it.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        tools::ensure(self.tools)?;
        match self.build {
            Build::Cargo(folder, arguments) => Run::cargo("build --release --locked")
                .args(arguments)
                .within(folder)
                .run(),
            Build::Npm(folder) => install::npm(folder),
            Build::Python(folder) => install::python(folder),
        }
    }
}

/// One package at a time: what one library asks of a dependency changes no other then.
const fn rust(
    name: &'static str,
    program: &'static str,
    tools: &'static [Tool],
    arguments: &'static str,
) -> Peer {
    Peer {
        name,
        program,
        is_quickly_built: false,
        tools,
        build: Build::Cargo("benches/peers", arguments),
    }
}

pub(super) const PEERS: [Peer; 12] = [
    rust(
        "jsonwebtoken",
        "benches/peers/target/release/peer-jsonwebtoken-aws-lc-rs",
        &[],
        "-p peer-jsonwebtoken",
    ),
    rust(
        "jsonwebtoken",
        "benches/peers/target/release/peer-jsonwebtoken-rust-crypto",
        &[],
        "-p peer-jsonwebtoken",
    ),
    rust(
        "authkestra-engine",
        "benches/peers/target/release/peer-authkestra-engine",
        &[],
        "-p peer-authkestra-engine",
    ),
    Peer {
        name: "oxitoken",
        program: "benches/peers/oxitoken/target/release/peer-oxitoken",
        is_quickly_built: false,
        tools: &[tools::OPENSSL, tools::PKG_CONFIG],
        build: Build::Cargo("benches/peers/oxitoken", ""),
    },
    Peer {
        name: "huskarl",
        program: "benches/peers/huskarl/target/release/peer-huskarl",
        is_quickly_built: false,
        tools: &[],
        build: Build::Cargo("benches/peers/huskarl", ""),
    },
    rust(
        "jwt-simple",
        "benches/peers/target/release/peer-jwt-simple-boring",
        &[
            tools::CMAKE,
            tools::CPP_COMPILER,
            tools::GIT,
            tools::LIBCLANG,
        ],
        "-p peer-jwt-simple",
    ),
    rust(
        "jwt-simple",
        "benches/peers/target/release/peer-jwt-simple-pure-rust",
        &[],
        "-p peer-jwt-simple --no-default-features --features pure-rust",
    ),
    rust(
        "jwt-compact",
        "benches/peers/target/release/peer-jwt-compact",
        &[],
        "-p peer-jwt-compact",
    ),
    Peer {
        is_quickly_built: true,
        ..rust(
            "ring",
            "benches/peers/target/release/peer-ring",
            &[],
            "-p peer-ring",
        )
    },
    rust(
        "openssl",
        "benches/peers/target/release/peer-openssl",
        &[tools::OPENSSL, tools::PKG_CONFIG],
        "-p peer-openssl",
    ),
    Peer {
        name: "jose",
        program: "node benches/peers/jose/main.mjs",
        is_quickly_built: true,
        tools: &[tools::NODE, tools::NPM],
        build: Build::Npm("benches/peers/jose"),
    },
    Peer {
        name: "PyJWT",
        program: "benches/peers/pyjwt/.venv/bin/python benches/peers/pyjwt/main.py",
        is_quickly_built: true,
        tools: &[tools::PYTHON],
        build: Build::Python("benches/peers/pyjwt"),
    },
];
