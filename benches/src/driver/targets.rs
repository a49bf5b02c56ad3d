use redox_auth_contender::{Class, KeyName};

use crate::contenders::session_group;
use crate::results::{Group, Kind, Row, Target};

/// The targets for which there are measurements.
pub(super) fn targets(groups: &[Group]) -> Vec<Target> {
    let mut targets = Vec::new();
    for group in groups {
        match group.kind {
            Kind::Signing => signing(group, &mut targets),
            Kind::Call => call(group, &mut targets),
            Kind::Batch => batch(group, &mut targets),
            Kind::Exchange => exchange(group, &mut targets),
            Kind::Tenants => tenants(group, &mut targets),
            Kind::Sessions => (),
        }
    }
    sessions(groups, &mut targets);
    targets
}

fn signing(group: &Group, targets: &mut Vec<Target>) {
    for row in &group.rows {
        let Some(beside_ours) = row.beside_ours.map(|it| it.median) else {
            continue;
        };
        let Row { name, backend, .. } = row;
        // Another library's signature is no assertion: it is shown, and nothing is asked of it.
        if row.bare && !is_beneath_ours(row) {
            continue;
        }
        let (what, least) = if row.bare {
            (
                format!("{}: beside the bare signature of {name}", group.name),
                least_beside_bare(&group.name, row),
            )
        } else {
            let what = format!("{}: beside {name} with {backend}", group.name);
            (what, least_beside(&group.name, row))
        };
        let why = why_not(group, row, beside_ours, least);
        targets.push(at_least(what, beside_ours, least, why));
    }
}

fn least_beside_bare(group: &str, row: &Row) -> f64 {
    let is_rs256 = group == KeyName::Rs256Of2048.as_str();
    match row.class {
        Class::Native if is_rs256 => 0.98,
        _ => 0.97,
    }
}

/// Whether ours of the same class signs with it.
fn is_beneath_ours(row: &Row) -> bool {
    match row.class {
        Class::Native => row.name == "aws-lc-rs",
        Class::Rust => true,
    }
}

/// The explanation, from the bare signature beneath ours, for a row that is faster than ours.
fn why_not(group: &Group, row: &Row, beside_ours: f64, least: f64) -> String {
    let is_beneath = |it: &&Row| it.bare && it.class == row.class && is_beneath_ours(it);
    let beneath = group.rows.iter().find(is_beneath);
    let Some((bare, beneath)) = beneath.and_then(|it| Some((it.beside_ours?.median, it))) else {
        return String::new();
    };
    let (name, most) = (&beneath.name, beside_ours / bare);
    if row.bare {
        String::from("assembling takes more of the time than it may")
    } else if most < least {
        format!(
            "the bare signature of {name}, with no assertion around it, is no more than {most:.3} times as quick"
        )
    } else {
        format!(
            "the bare signature of {name} takes {bare:.3} times what ours does, so little else is to be gained"
        )
    }
}

fn least_beside(group: &str, row: &Row) -> f64 {
    let is_named = (row.name.as_str(), row.backend.as_str()) == ("jsonwebtoken", "aws-lc-rs");
    let least = |name: KeyName| match name {
        KeyName::Es256 => 1.7,
        KeyName::Es384 => 1.6,
        KeyName::Rs384Of2048 => 3.0,
        KeyName::Es512 | KeyName::Rs256Of2048 | KeyName::Rs384Of4096 => 1.0,
    };
    let name = KeyName::ALL.into_iter().find(|name| name.as_str() == group);
    name.filter(|_| is_named).map_or(1.0, least)
}

fn call(group: &Group, targets: &mut Vec<Target>) {
    let Some(ours) = group.rows.first() else {
        return;
    };
    if group.name.starts_with("assertion but for its signature") {
        targets.push(Target {
            what: format!("{}, by a template", group.name),
            must_be: "at most 600 ns".to_owned(),
            found: format!("{:.0} ns", ours.nanos.median),
            met: ours.nanos.median <= 600.0,
            why: String::new(),
        });
    }
    if let Some(other) = group.rows.iter().find(|row| row.name == "serde_json") {
        let beside = other.beside_ours.map_or(0.0, |it| it.median);
        let counts = [ours, other].map(|row| row.instructions.unwrap_or(0));
        let [ours, theirs] = counts;
        let why = format!(
            "{ours} instructions beside {theirs}, which wait for each other less: where another machine shares the core, their number counts for more"
        );
        let what = format!("{}: beside serde_json", group.name);
        targets.push(at_least(what, beside, 1.0, why));
    }
    allocations(group, targets);
}

/// Ours ask for no memory, as far as that was counted.
fn allocations(group: &Group, targets: &mut Vec<Target>) {
    let ours = group.rows.first();
    if let Some(allocations) = ours.and_then(|row| row.allocations) {
        targets.push(Target {
            what: format!("{}: allocations", group.name),
            must_be: "0".to_owned(),
            found: allocations.to_string(),
            met: allocations == 0,
            why: String::new(),
        });
    }
}

fn exchange(group: &Group, targets: &mut Vec<Target>) {
    let beside = |name: &str| {
        let row = group.rows.iter().find(|row| row.name == name);
        row?.beside_ours.map(|it| it.median)
    };
    if let Some(beside) = beside("clock and arc_swap").filter(|beside| *beside > 0.0) {
        let times = 1.0 / beside;
        targets.push(Target {
            what: format!(
                "{}: beside one look at the clock and one `arc_swap` load",
                group.name
            ),
            must_be: "at most 1.2".to_owned(),
            found: format!("{times:.3} times"),
            met: times <= 1.2,
            why: String::new(),
        });
    }
    if let Some(beside) = beside("reqwest") {
        let what = format!("{}: beside a fixed header", group.name);
        let why =
            String::from("a request that may have to be sent again is copied before it is sent");
        targets.push(at_least(what, beside, 0.98, why));
    }
    allocations(group, targets);
}

fn batch(group: &Group, targets: &mut Vec<Target>) {
    let beside = |bare| {
        let row = group
            .rows
            .iter()
            .find(|row| row.bare == bare && row.beside_ours.is_some());
        row?.beside_ours.map(|it| it.median)
    };
    if group.name.starts_with("cached")
        && let Some(one_core) = beside(false)
    {
        let what = format!("{}: all cores beside one", group.name);
        targets.push(at_least(what, one_core, 1.8, String::new()));
    }
    if let (Some(one_core), Some(bare)) = (beside(false), beside(true)) {
        let what = format!("{}: 2 cores beside 1", group.name);
        let why = format!(
            "threads that share nothing, and do nothing but sign, take {bare:.3} times what the batch does on as many cores"
        );
        targets.push(at_least(what, one_core, 1.9, why));
    }
}

fn sessions(groups: &[Group], targets: &mut Vec<Target>) {
    let of = |count: usize| {
        let name = session_group(count);
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
                why: String::from(
                    "many sessions have to come out of memory, where few stay in the processor's cache; the instructions are the same, and who keeps what `next` answers asks only those that are due",
                ),
            });
        }
    }
}

fn tenants(group: &Group, targets: &mut Vec<Target>) {
    let before = group.rows.iter().find(|row| row.name == BEFORE);
    if let Some(beside) = before.and_then(|row| row.beside_ours) {
        let least = match group.name.as_str() {
            "first client to first byte" => Some(2.0),
            name if name.ends_with("clients built") => Some(150.0),
            _ => None,
        };
        let what = format!("{}: beside {BEFORE}", group.name);
        targets.extend(least.map(|least| at_least(what, beside.median, least, String::new())));
    }
    let ours = group.rows.iter().find(|row| row.is_ours());
    if let Some(bytes) = ours.and_then(|row| row.bytes_each.max(row.resident_each)) {
        targets.push(Target {
            what: format!("{}: memory of each", group.name),
            must_be: format!("at most {MOST_BYTES_EACH} bytes"),
            found: format!("{bytes} bytes"),
            met: bytes <= MOST_BYTES_EACH,
            why: String::new(),
        });
    }
}

fn at_least(what: String, found: f64, least: f64, why: String) -> Target {
    Target {
        what,
        must_be: format!("at least {least}"),
        found: format!("{found:.3} times"),
        met: found >= least,
        why: if found >= least { String::new() } else { why },
    }
}

#[allow(clippy::cast_precision_loss, reason = "no figure is so large")]
fn float(figure: u64) -> f64 {
    figure as f64
}

/// The adapter as it was before the clients of a process shared their connections.
const BEFORE: &str = "redox-auth at a76515d";

const MOST_BYTES_EACH: u64 = 6 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Spread;

    fn row(name: &str, bare: bool, beside_ours: Option<f64>) -> Row {
        let spread = |median| Spread {
            low: median,
            median,
            high: median,
        };
        Row {
            name: name.to_owned(),
            version: String::new(),
            backend: "aws-lc-rs".to_owned(),
            class: Class::Native,
            bare,
            how: String::new(),
            again: String::new(),
            nanos: spread(1.0),
            all_cores_per_second: None,
            beside_ours: beside_ours.map(spread),
            instructions: None,
            allocations: None,
            bytes_each: None,
            resident_each: None,
        }
    }

    fn of_es384(bare: f64, jsonwebtoken: f64) -> Vec<Target> {
        of_signing("ES384", bare, jsonwebtoken)
    }

    fn of_signing(group: &str, bare: f64, jsonwebtoken: f64) -> Vec<Target> {
        targets(&[Group {
            name: group.to_owned(),
            kind: Kind::Signing,
            rows: vec![
                row("redox-auth", false, None),
                row("aws-lc-rs", true, Some(bare)),
                row("jsonwebtoken", false, Some(jsonwebtoken)),
            ],
            absent: Vec::new(),
        }])
    }

    #[test]
    fn a_bound_that_is_reached_is_met_and_one_that_is_not_says_why() {
        let met: Vec<_> = of_es384(0.97, 1.6).iter().map(|it| it.met).collect();
        assert_eq!(met, [true, true]);
        let missed = of_es384(0.969, 1.599);
        assert!(missed.iter().all(|it| !it.met && !it.why.is_empty()));
    }

    #[test]
    fn rs256_is_nearer_to_the_bare_signature() {
        let met = |bare| of_signing("RS256, 2048 bits", bare, 1.0)[0].met;
        assert!(met(0.98) && !met(0.979));
    }

    #[test]
    fn what_no_assertion_can_reach_is_told_from_what_ours_does_not() {
        let why = |bare, found| {
            of_es384(bare, found)
                .pop()
                .unwrap_or_else(|| panic!("none"))
                .why
        };
        assert!(why(0.99, 1.5).contains("no more than 1.515"));
        assert!(why(0.90, 1.5).contains("0.900 times what ours does"));
    }

    #[test]
    fn many_sessions_are_judged_beside_ten() {
        let of = |count, nanos: f64, bytes| {
            let mut row = row("redox-auth", false, None);
            row.nanos.median = nanos;
            row.bytes_each = Some(bytes);
            Group {
                name: session_group(count),
                kind: Kind::Sessions,
                rows: vec![row],
                absent: Vec::new(),
            }
        };
        let met = targets(&[of(10, 10.0, 1_696), of(100_000, 11.1, 1_700)]);
        let met: Vec<_> = met.iter().map(|it| it.met).collect();
        assert_eq!(met, [true, false]);
    }

    #[test]
    fn clients_are_judged_beside_those_of_before_and_by_their_memory() {
        let of = |name: &str, beside, resident: Option<u64>| {
            let mut ours = row("redox-auth", false, None);
            (ours.bytes_each, ours.resident_each) = (resident.map(|_| 5_000), resident);
            let group = Group {
                name: name.to_owned(),
                kind: Kind::Tenants,
                rows: vec![ours, row(BEFORE, false, Some(beside))],
                absent: Vec::new(),
            };
            let targets = targets(&[group]).into_iter();
            targets.map(|it| it.met).collect::<Vec<_>>()
        };
        assert_eq!(of("1000 clients built", 150.0, None), [true]);
        assert_eq!(of("1000 clients built", 149.9, None), [false]);
        let first_byte = |beside| of("first client to first byte", beside, None);
        assert_eq!(first_byte(2.0), [true]);
        assert_eq!(first_byte(1.99), [false]);
        let with_a_token = |resident| of("1000 clients with a token", 1.0, Some(resident));
        assert_eq!(with_a_token(6_144), [true]);
        assert_eq!(with_a_token(6_145), [false]);
    }
}
