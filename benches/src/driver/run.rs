use core::time::Duration;
use std::collections::BTreeMap;
use std::io;

use redox_auth_contender::{KeyName, Offer, Task};
use serde_json::Value;

use super::instructions::instructions;
use super::machine::{commit, machine};
use super::plan::Plan;
use super::process::Process;
use super::targets::targets;
use super::verify::verify;
use super::versions::versions;
use crate::inputs::task::new_task;
use crate::results::{Group, Kind, Results, Row, Spread, is_ours};

/// Measures all that is planned, and says on standard error how far it is.
///
/// # Errors
/// If a contender does not start, writes an unknown line, or makes a wrong result.
pub fn measure(plan: &Plan) -> io::Result<Results> {
    let mut field = Field::start(plan)?;
    let mut groups = Vec::new();
    for (name, kind) in field.groups(plan) {
        groups.push(field.measure(plan, &name, kind)?);
    }
    Ok(Results {
        commit: commit(),
        date: jiff::Zoned::now().date().to_string(),
        machine: machine(),
        rounds: plan.rounds,
        turn_millis: u64::try_from(plan.turn.as_millis()).unwrap_or(u64::MAX),
        targets: targets(&groups),
        groups,
    })
}

/// All contenders, started.
struct Field {
    task: Task,
    contenders: Vec<Contender>,
    allocations: Option<Process>,
    versions: BTreeMap<String, String>,
}

/// A contender, started.
struct Contender {
    kind: Kind,
    program: String,
    process: Process,
}

impl Field {
    fn start(plan: &Plan) -> io::Result<Self> {
        let task = new_task();
        let mut contenders = Vec::new();
        for (kind, program) in &plan.programs {
            contenders.push(Contender {
                kind: *kind,
                program: program.clone(),
                process: Process::start(program, &task)?,
            });
        }
        let allocations = plan.allocations.as_ref();
        let allocations = allocations.map(|program| Process::start(program, &task));
        Ok(Self {
            allocations: allocations.transpose()?,
            versions: versions(),
            contenders,
            task,
        })
    }

    /// The groups that are planned, in the order in which they were offered.
    fn groups(&self, plan: &Plan) -> Vec<(String, Kind)> {
        let mut groups: Vec<(String, Kind)> = Vec::new();
        for Contender { kind, process, .. } in &self.contenders {
            for Offer { group, .. } in &process.offers {
                if plan.takes_group(group, *kind) && !groups.iter().any(|(known, _)| known == group)
                {
                    groups.push((group.clone(), *kind));
                }
            }
        }
        groups
    }

    fn measure(&mut self, plan: &Plan, group: &str, kind: Kind) -> io::Result<Group> {
        let mut entrants = self.entrants(plan, group);
        let (rounds, turn) = plan.rounds(kind);
        eprintln!("{group}: {} to compare", entrants.len());
        for entrant in &mut entrants {
            if kind == Kind::Signing {
                self.check(entrant)?;
            }
            if kind != Kind::Tenants {
                self.calibrate(entrant, turn)?;
            }
        }
        for round in 0..rounds {
            // No contender always follows the slowest one.
            let first = round.checked_rem(entrants.len()).unwrap_or(0);
            entrants.rotate_left(first);
            for entrant in &mut entrants {
                self.turn(entrant, kind)?;
            }
        }
        entrants.sort_by_key(|entrant| (entrant.contender, entrant.index));
        let rows = entrants.iter().enumerate().map(|(index, entrant)| {
            let mut row = self.row(entrant, &entrants, kind)?;
            if matches!(kind, Kind::Call | Kind::Sessions) && (plan.counts_all || index == 0) {
                let program = self.contender(entrant).program.clone();
                row.instructions = Some(instructions(&program, &self.task, entrant.index)?);
            }
            Ok(row)
        });
        let rows = rows.collect::<io::Result<_>>()?;
        Ok(Group {
            name: group.to_owned(),
            kind,
            rows,
            absent: plan.absent(kind),
        })
    }

    /// One turn of a contender.
    fn turn(&mut self, entrant: &mut Entrant, kind: Kind) -> io::Result<()> {
        let contender = self.contender(entrant);
        if kind == Kind::Tenants {
            let program = contender.program.clone();
            let mut fresh = Process::start(&program, &self.task)?;
            let facts = fresh.facts(entrant.index)?;
            let nanos = facts.get("nanos").and_then(Value::as_f64);
            entrant.rounds.push(nanos.ok_or_else(|| {
                io::Error::other(format!("{program}: expected `nanos`, found {facts}"))
            })?);
            entrant.facts.push(facts);
        } else {
            // Caches and processor have to wake up after the turns of the others, which the next of this process has behind it.
            let before = entrant.count.div_ceil(WAKING);
            contender.process.run(entrant.index, before)?;
            let nanos = contender.process.run(entrant.index, entrant.count)?;
            entrant.rounds.push(each(nanos, entrant.count));
        }
        Ok(())
    }

    fn entrants(&self, plan: &Plan, group: &str) -> Vec<Entrant> {
        let is_planned = |offer: &Offer| {
            offer.group == group
                && (plan.takes_name(&offer.name) || is_ours(&offer.name, offer.bare))
        };
        let mut entrants = Vec::new();
        for (contender, Contender { process, .. }) in self.contenders.iter().enumerate() {
            for (index, offer) in process.offers.iter().enumerate() {
                if is_planned(offer) {
                    entrants.push(Entrant {
                        contender,
                        index,
                        offer: offer.clone(),
                        count: 1,
                        rounds: Vec::new(),
                        facts: Vec::new(),
                    });
                }
            }
        }
        entrants
    }

    fn contender(&mut self, entrant: &Entrant) -> &mut Contender {
        let contender = self.contenders.get_mut(entrant.contender);
        contender.expect("every entrant is of one of these")
    }

    fn check(&mut self, entrant: &Entrant) -> io::Result<()> {
        let contender = self.contender(entrant);
        let sample = contender.process.sample(entrant.index)?;
        let program = contender.program.clone();
        let is_of = |name: &KeyName| name.as_str() == entrant.offer.group;
        let name = KeyName::ALL.into_iter().find(is_of);
        let verified = match name {
            Some(name) => verify(&self.task, name, &sample),
            None => Err("no such key".to_owned()),
        };
        verified.map_err(|what| {
            let Offer { group, name, .. } = &entrant.offer;
            io::Error::other(format!("{program}: {group} of {name}: {what}"))
        })
    }

    /// How many fill a turn.
    fn calibrate(&mut self, entrant: &mut Entrant, turn: Duration) -> io::Result<()> {
        let process = &mut self.contender(entrant).process;
        // Whatever is made once is made before.
        process.run(entrant.index, 1)?;
        let wanted = turn.as_nanos();
        loop {
            let nanos = u128::from(process.run(entrant.index, entrant.count)?).max(1);
            let count = u128::from(entrant.count).saturating_mul(wanted);
            let count = count.checked_div(nanos).unwrap_or(0);
            if nanos.saturating_mul(4) >= wanted {
                entrant.count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
                return Ok(());
            }
            entrant.count = entrant.count.saturating_mul(4);
        }
    }

    fn row(&mut self, entrant: &Entrant, entrants: &[Entrant], kind: Kind) -> io::Result<Row> {
        let offer = &entrant.offer;
        let known = self
            .versions
            .get(&offer.name)
            .filter(|_| offer.version.is_empty());
        let version = known.unwrap_or(&offer.version).clone();
        let facts = self.facts(offer)?;
        let figure = |name: &str| {
            let found = facts.get(name).and_then(Value::as_u64);
            found.or_else(|| entrant.figure(name))
        };
        let program = self.contender(entrant).program.clone();
        Ok(Row {
            name: offer.name.clone(),
            version,
            backend: offer.backend.clone(),
            class: offer.class,
            bare: offer.bare,
            how: offer.how.clone(),
            again: again(offer, kind),
            nanos: Spread::of(entrant.rounds.clone()),
            all_cores_per_second: match kind {
                Kind::Signing => Some(self.on_all_cores(&program, entrant)?),
                _ => None,
            },
            beside_ours: entrant.beside_ours(entrants),
            instructions: None,
            allocations: figure("allocations"),
            bytes_each: figure("bytes_each"),
            resident_each: figure("resident_each"),
        })
    }

    fn facts(&mut self, offer: &Offer) -> io::Result<Value> {
        let Some(process) = &mut self.allocations else {
            return Ok(Value::Null);
        };
        let is_it = |it: &Offer| (&it.group, &it.name) == (&offer.group, &offer.name);
        match process.offers.iter().position(is_it) {
            Some(index) => process.facts(index),
            None => Ok(Value::Null),
        }
    }

    /// How many a second, with a process on each core, all at once.
    fn on_all_cores(&self, program: &str, entrant: &Entrant) -> io::Result<f64> {
        let mut processes = Vec::new();
        for _ in 0..machine().cores {
            let mut process = Process::start(program, &self.task)?;
            process.run(entrant.index, 1)?;
            processes.push(process);
        }
        let mut rates = Vec::new();
        for _ in 0..ROUNDS_ON_ALL_CORES {
            for process in &mut processes {
                process.begin(entrant.index, entrant.count)?;
            }
            let mut rate = 0.0;
            for process in &mut processes {
                rate += 1e9 / each(process.end()?, entrant.count);
            }
            rates.push(rate);
        }
        Ok(Spread::of(rates).median)
    }
}

/// One offer in a comparison.
struct Entrant {
    contender: usize,
    index: usize,
    offer: Offer,
    /// How many fill a turn.
    count: u64,
    /// The nanoseconds that one took, round by round.
    rounds: Vec<f64>,
    /// What else was found, round by round, where each has a process of its own.
    facts: Vec<Value>,
}

impl Entrant {
    /// How many times as long as ours it takes, if it is not ours itself.
    fn beside_ours(&self, entrants: &[Self]) -> Option<Spread> {
        let is_ours = |it: &&Self| {
            is_ours(&it.offer.name, it.offer.bare) && it.offer.class == self.offer.class
        };
        let ours = entrants.iter().find(is_ours)?;
        if (ours.contender, ours.index) == (self.contender, self.index) {
            return None;
        }
        let rounds = self.rounds.iter().zip(&ours.rounds);
        Some(Spread::of(rounds.map(|(it, ours)| it / ours).collect()))
    }

    /// The middle one of what was found under this name, round by round.
    fn figure(&self, name: &str) -> Option<u64> {
        let figures = self
            .facts
            .iter()
            .filter_map(|facts| facts.get(name)?.as_u64());
        let mut figures: Vec<_> = figures.collect();
        figures.sort_unstable();
        figures.get(figures.len() / 2).copied()
    }
}

/// What measures this again, beside ours.
fn again(offer: &Offer, kind: Kind) -> String {
    let quoted = |text: &str| match text.contains(' ') {
        true => format!("\"{text}\""),
        false => text.to_owned(),
    };
    let groups = match kind {
        Kind::Tenants => "tenants".to_owned(),
        _ => quoted(&offer.group),
    };
    format!("{groups} {}", quoted(&offer.name))
}

#[allow(clippy::cast_precision_loss, reason = "no run is so long")]
fn each(nanos: u64, count: u64) -> f64 {
    nanos as f64 / count as f64
}

const ROUNDS_ON_ALL_CORES: usize = 5;

/// The part of a turn that runs unmeasured before it.
const WAKING: u64 = 4;
