//! Results that nobody measured.

use redox_auth_benches::{Group, Kind, Machine, Results, Row, Spread, Target};
use redox_auth_contender::Class;

/// A run with every kind of group, charts and targets.
pub(crate) fn results() -> Results {
    Results {
        commit: "4d7e008f7f0b-dirty".to_owned(),
        date: "2026-11-25".to_owned(),
        machine: Machine {
            processor: "Imaginary 9000 at 3.00 GHz".to_owned(),
            cores: 2,
            system: "Debian 12, Linux 6.1".to_owned(),
            tools: vec!["rustc 1.95.0".to_owned(), "Node.js 20.20.2".to_owned()],
        },
        rounds: 15,
        turn_millis: 200,
        groups: [signing(), calls(), exchanges(), sessions(), batches()].concat(),
        targets: vec![
            target("ES256 beside aws-lc-rs alone", true),
            target("ES384 beside `p384` | alone", false),
        ],
    }
}

pub(crate) fn group(kind: Kind, name: &str, rows: Vec<Row>) -> Group {
    Group {
        name: name.to_owned(),
        kind,
        rows,
        absent: Vec::new(),
    }
}

/// A contender that takes about so long.
pub(crate) fn row(name: &str, backend: &str, class: Class, nanos: f64) -> Row {
    Row {
        name: name.to_owned(),
        version: "1.2.3".to_owned(),
        backend: backend.to_owned(),
        class,
        bare: false,
        how: "the key once".to_owned(),
        again: format!("ES256 '{name}'"),
        nanos: spread(nanos),
        all_cores_per_second: None,
        beside_ours: None,
        instructions: None,
        allocations: None,
        bytes_each: None,
        resident_each: None,
    }
}

/// Figures that no short decimal is.
pub(crate) fn spread(median: f64) -> Spread {
    Spread {
        low: median * (1.0 - 1.0 / 300.0),
        median,
        high: median * (1.0 + 1.0 / 70.0),
    }
}

fn signing() -> Vec<Group> {
    [
        ("ES256", 20_000.0),
        ("ES384", 130_000.0),
        ("RS384, 2048 bits", 700_000.0),
        ("RS384, 4096 bits", 4_500_000.0),
    ]
    .map(|(name, least)| group(Kind::Signing, name, contenders(least)))
    .to_vec()
}

fn contenders(least: f64) -> Vec<Row> {
    let (native, rust) = (Class::Native, Class::Rust);
    let table = [
        ("redox-auth", "aws-lc-rs", native, false, 1.03),
        ("jsonwebtoken", "aws-lc-rs", native, false, 2.13),
        ("oxitoken", "aws-lc-rs", native, false, 1.3),
        ("oxitoken", "OpenSSL 3.0.17", native, false, 1.5),
        ("jwt-simple", "BoringSSL", native, false, 1.21),
        (
            "jose",
            "OpenSSL 3.0.17, Node.js 20.20.2",
            native,
            false,
            5.7,
        ),
        (
            "PyJWT",
            "OpenSSL 3.5.4, cryptography 46.0.3, Python 3.11.2",
            native,
            false,
            3.1,
        ),
        ("aws-lc-rs", "aws-lc-rs", native, true, 1.0),
        ("ring", "ring", native, true, 1.07),
        ("openssl", "OpenSSL 3.0.17", native, true, 1.1),
        ("redox-auth", "RustCrypto", rust, false, 4.05),
        ("jsonwebtoken", "RustCrypto", rust, false, 9.4),
        ("huskarl", "RustCrypto", rust, false, 5.0),
        ("jwt-simple", "RustCrypto", rust, false, 13.0),
        ("jwt-compact", "RustCrypto", rust, false, 4.6),
        ("p256", "p256", rust, true, 4.0),
    ];
    table
        .map(|(name, backend, class, bare, times)| {
            let ours = if class == native { 1.03 } else { 4.05 };
            let is_ours = name == "redox-auth";
            Row {
                bare,
                all_cores_per_second: (!bare).then_some(1.9e9 / least / times),
                beside_ours: (!is_ours).then(|| spread(times / ours)),
                allocations: is_ours.then_some(0),
                ..row(name, backend, class, least * times)
            }
        })
        .to_vec()
}

fn calls() -> Vec<Group> {
    let call = |group_name: &str, rows: &[(&str, f64)]| {
        let rows = rows.iter().map(|(name, nanos)| Row {
            version: String::new(),
            instructions: Some(1_234),
            ..row(name, "", Class::Rust, *nanos)
        });
        group(Kind::Call, group_name, rows.collect())
    };
    vec![
        call(
            "assertion but for its signature, ES256",
            &[
                ("redox-auth", 131.0),
                ("redox-auth, without a template", 905.0),
            ],
        ),
        call(
            "token request but for its signature, ES256",
            &[("redox-auth", 1_124.0)],
        ),
        call(
            "token response, token of 1024 characters",
            &[("redox-auth", 201.0), ("serde_json", 590.0)],
        ),
        call("next, with a fresh token", &[("redox-auth", 2.31)]),
        call("restore", &[("redox-auth", 342.0)]),
    ]
}

fn exchanges() -> Vec<Group> {
    let rows = vec![
        row("redox-auth", "", Class::Rust, 91_000.0),
        row("reqwest", "", Class::Rust, 90_000.0),
    ];
    vec![group(Kind::Exchange, "authorized request", rows)]
}

fn sessions() -> Vec<Group> {
    [
        (1, 2.3, 0.61),
        (10, 2.4, 0.6),
        (1_000, 4.1, 0.8),
        (100_000, 21.0, 3.2),
    ]
    .map(|(count, asked, due)| {
        let rows = vec![
            Row {
                bytes_each: Some(1_496),
                ..row("redox-auth", "", Class::Rust, asked)
            },
            row("redox-auth, when due", "", Class::Rust, due),
        ];
        group(Kind::Sessions, &format!("next, of {count} sessions"), rows)
    })
    .to_vec()
}

fn batches() -> Vec<Group> {
    let rows = vec![row("redox-auth", "aws-lc-rs", Class::Native, 11_000.0)];
    vec![group(Kind::Batch, "ES256, 64 keys", rows)]
}

fn target(what: &str, met: bool) -> Target {
    Target {
        what: what.to_owned(),
        must_be: "at least 0.97".to_owned(),
        found: "0.953 (0.951–0.958)".to_owned(),
        met,
        why: if met {
            String::new()
        } else {
            "it is slow".to_owned()
        },
    }
}
