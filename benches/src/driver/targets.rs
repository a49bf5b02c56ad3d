use redox_auth_contender::{Class, KeyName};

use crate::{Group, Kind, Row, Target};

/// What has to come out, as far as what was measured tells.
pub(super) fn targets(groups: &[Group]) -> Vec<Target> {
    let mut targets = Vec::new();
    for group in groups {
        match group.kind {
            Kind::Signing => signing(group, &mut targets),
            Kind::Call => call(group, &mut targets),
            Kind::Batch => batch(group, &mut targets),
            Kind::Sessions | Kind::Exchange => (),
        }
    }
    sessions(groups, &mut targets);
    targets
}

fn signing(group: &Group, targets: &mut Vec<Target>) {
    for row in &group.rows {
        let Some(beside_ours) = row.beside_ours else {
            continue;
        };
        let Row { name, backend, .. } = row;
        let (what, least) = if row.bare && is_the_same(row) {
            (
                format!("{}: beside the bare signature of {name}", group.name),
                0.97,
            )
        } else if row.bare {
            // Another library's signature is no assertion: shown, and nothing is asked of it.
            continue;
        } else {
            let what = format!("{}: beside {name} with {backend}", group.name);
            (what, least_beside(&group.name, row))
        };
        targets.push(at_least(what, beside_ours.median, least));
    }
}

/// Whether ours of the same class signs by this very library.
fn is_the_same(row: &Row) -> bool {
    match row.class {
        Class::Native => row.name == "aws-lc-rs",
        Class::Rust => true,
    }
}

fn least_beside(group: &str, row: &Row) -> f64 {
    let is_named = (row.name.as_str(), row.backend.as_str()) == ("jsonwebtoken", "aws-lc-rs");
    let least = |name: KeyName| match name {
        KeyName::Es256 => 1.7,
        KeyName::Es384 => 1.6,
        KeyName::Rs384Of2048 => 3.0,
        KeyName::Rs384Of4096 => 1.0,
    };
    let name = KeyName::ALL.into_iter().find(|name| name.as_str() == group);
    name.filter(|_| is_named).map_or(1.0, least)
}

fn call(group: &Group, targets: &mut Vec<Target>) {
    let Some(ours) = group.rows.first() else {
        return;
    };
    if group.name.starts_with("assertion but for its signature") {
        for row in &group.rows {
            targets.push(Target {
                what: format!("{}: {}", group.name, row.name),
                must_be: "at most 600 ns".to_owned(),
                found: format!("{:.0} ns", row.nanos.median),
                met: row.nanos.median <= 600.0,
            });
        }
    }
    if let Some(other) = group.rows.iter().find(|row| row.name == "serde_json") {
        let beside = other.beside_ours.map_or(0.0, |it| it.median);
        targets.push(at_least(
            format!("{}: beside serde_json", group.name),
            beside,
            1.0,
        ));
    }
    if let Some(allocations) = ours.allocations {
        targets.push(Target {
            what: format!("{}: allocations", group.name),
            must_be: "0".to_owned(),
            found: allocations.to_string(),
            met: allocations == 0,
        });
    }
}

fn batch(group: &Group, targets: &mut Vec<Target>) {
    if let Some(one_core) = group.rows.iter().find_map(|row| row.beside_ours) {
        let what = format!("{}: 2 cores beside 1", group.name);
        targets.push(at_least(what, one_core.median, 1.9));
    }
}

fn sessions(groups: &[Group], targets: &mut Vec<Target>) {
    let of = |count: usize| {
        let name = crate::session_group(count);
        groups.iter().find(|group| group.name == name)?.rows.first()
    };
    let (Some(few), Some(many)) = (of(10), of(100_000)) else {
        return;
    };
    let figures = [
        (
            "memory of each",
            few.bytes_each.map(float),
            many.bytes_each.map(float),
        ),
        (
            "instructions of `next`",
            few.instructions.map(float),
            many.instructions.map(float),
        ),
        (
            "time of `next`",
            Some(few.nanos.median),
            Some(many.nanos.median),
        ),
    ];
    for (what, few, many) in figures {
        if let (Some(few), Some(many)) = (few, many) {
            let times = many / few;
            targets.push(Target {
                what: format!("100,000 sessions beside 10: {what}"),
                must_be: "within 10 %".to_owned(),
                found: format!("{times:.3} times"),
                met: times <= 1.1,
            });
        }
    }
}

fn at_least(what: String, found: f64, least: f64) -> Target {
    Target {
        what,
        must_be: format!("at least {least}"),
        found: format!("{found:.3} times"),
        met: found >= least,
    }
}

#[allow(clippy::cast_precision_loss, reason = "no figure is so large")]
fn float(figure: u64) -> f64 {
    figure as f64
}
