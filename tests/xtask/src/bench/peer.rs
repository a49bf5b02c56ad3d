use super::history;
use crate::command::{Failure, Run};
use crate::install;
use crate::tools::{self, Tool};

/// A library that ours is measured beside: a program that speaks as `benches/contender` says.
#[derive(Debug)]
pub(super) struct Peer {
    /// As in the tables.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) kind: &'static str,
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
    /// The same in this folder, with the project's own past beside it.
    Past(&'static str),
    Npm(&'static str),
    Python(&'static str),
}

/// What came of preparing a peer.
#[derive(Debug)]
pub(super) enum Prepared {
    Ready,
    /// It cannot be had here, for this reason.
    Absent(String),
}

impl Peer {
    /// Installs what it needs and builds it.
    pub(super) fn prepare(&self) -> Result<Prepared, Failure> {
        tools::ensure(self.tools)?;
        if matches!(self.build, Build::Past(_))
            && let Prepared::Absent(why) = history::unpack()?
        {
            return Ok(Prepared::Absent(why));
        }
        self.build().map(|()| Prepared::Ready)
    }

    fn build(&self) -> Result<(), Failure> {
        match self.build {
            Build::Past(folder) => Run::cargo("build --release --locked").within(folder).run(),
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
        kind: SIGNING,
        program,
        is_quickly_built: false,
        tools,
        build: Build::Cargo("benches/peers", arguments),
    }
}

/// Whole assertions.
const SIGNING: &str = "signing";
/// A client for each tenant.
pub(super) const TENANTS: &str = "tenants";

pub(super) const PEERS: [Peer; 14] = [
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
        kind: SIGNING,
        program: "benches/peers/oxitoken/target/release/peer-oxitoken",
        is_quickly_built: false,
        tools: &[tools::OPENSSL, tools::PKG_CONFIG],
        build: Build::Cargo("benches/peers/oxitoken", ""),
    },
    HUSKARL,
    Peer {
        kind: TENANTS,
        program: "benches/peers/huskarl/target/release/peer-huskarl-tenants",
        ..HUSKARL
    },
    Peer {
        name: history::NAME,
        kind: TENANTS,
        program: "benches/peers/before/target/release/peer-before",
        is_quickly_built: false,
        tools: &[],
        build: Build::Past("benches/peers/before"),
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
        kind: SIGNING,
        program: "node benches/peers/jose/main.mjs",
        is_quickly_built: true,
        tools: &[tools::NODE, tools::NPM],
        build: Build::Npm("benches/peers/jose"),
    },
    Peer {
        name: "PyJWT",
        kind: SIGNING,
        program: "benches/peers/pyjwt/.venv/bin/python benches/peers/pyjwt/main.py",
        is_quickly_built: true,
        tools: &[tools::PYTHON],
        build: Build::Python("benches/peers/pyjwt"),
    },
];

const HUSKARL: Peer = Peer {
    name: "huskarl",
    kind: SIGNING,
    program: "benches/peers/huskarl/target/release/peer-huskarl",
    is_quickly_built: false,
    tools: &[],
    build: Build::Cargo("benches/peers/huskarl", ""),
};
