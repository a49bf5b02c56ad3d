use core::time::Duration;
use std::collections::BTreeMap;
use std::io;

use redox_auth_contender::{KeyName, Offer, Task};
use serde_json::Value;

use super::instructions::instructions;
use super::machine::{commit, machine};
use super::process::Process;
use super::targets::targets;
use super::verify::verify;
use super::versions::versions;
use crate::inputs::new_task;
use crate::results::{Group, Kind, Results, Row, Spread};

/// What is to be measured, and how long.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The contenders, each with the kind of what it does, its words separated by spaces.
    pub programs: Vec<(Kind, String)>,
    /// What counts allocations, and the bytes that sessions hold.
    pub allocations: Option<String>,
    /// How often every contender of a group has its turn.
    pub rounds: usize,
    /// How long a turn is.
    pub turn: Duration,
    /// Only this group.
    pub group: Option<String>,
    /// Only these beside ours; all when there are none.
    pub names: Vec<String>,
}

/// Measures all that is planned, and says on standard error how far it is.
///
/// # Errors
/// When a contender does not start, says something that cannot be understood, or makes what it should not.
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
                let is_planned = plan.group.as_ref().is_none_or(|only| only == group);
                if is_planned && !groups.iter().any(|(known, _)| known == group) {
                    groups.push((group.clone(), *kind));
                }
            }
        }
        groups
    }

    fn measure(&mut self, plan: &Plan, group: &str, kind: Kind) -> io::Result<Group> {
        let mut entrants = self.entrants(plan, group);
        let (rounds, turn) = match kind {
            // A core that was asleep may take milliseconds to wake.
            Kind::Batch => (
                plan.rounds.div_ceil(FEWER_ROUNDS),
                plan.turn.saturating_mul(LONGER_TURN),
            ),
            _ => (plan.rounds, plan.turn),
        };
        eprintln!("{group}: {} to compare", entrants.len());
        for entrant in &mut entrants {
            if kind == Kind::Signing {
                self.check(entrant)?;
            }
            self.calibrate(entrant, turn)?;
        }
        for round in 0..rounds {
            // Nobody is always the one after the slowest.
            let first = round.checked_rem(entrants.len()).unwrap_or(0);
            entrants.rotate_left(first);
            for entrant in &mut entrants {
                let process = &mut self.contender(entrant).process;
                let nanos = process.run(entrant.index, entrant.count)?;
                entrant.rounds.push(each(nanos, entrant.count));
            }
        }
        entrants.sort_by_key(|entrant| (entrant.contender, entrant.index));
        let rows = entrants
            .iter()
            .map(|entrant| self.row(entrant, &entrants, kind));
        Ok(Group {
            name: group.to_owned(),
            kind,
            rows: rows.collect::<io::Result<_>>()?,
        })
    }

    fn entrants(&self, plan: &Plan, group: &str) -> Vec<Entrant> {
        let is_planned = |offer: &Offer| {
            let is_named = plan.names.is_empty() || plan.names.contains(&offer.name);
            offer.group == group && (is_named || is_ours(offer))
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
        let figure = |name: &str| facts.get(name).and_then(Value::as_u64);
        let program = self.contender(entrant).program.clone();
        Ok(Row {
            name: offer.name.clone(),
            version,
            backend: offer.backend.clone(),
            class: offer.class,
            bare: offer.bare,
            how: offer.how.clone(),
            again: again(offer),
            nanos: Spread::of(entrant.rounds.clone()),
            all_cores_per_second: match kind {
                Kind::Signing => Some(self.on_all_cores(&program, entrant)?),
                _ => None,
            },
            beside_ours: entrant.beside_ours(entrants),
            instructions: match kind {
                Kind::Call | Kind::Sessions => {
                    Some(instructions(&program, &self.task, entrant.index)?)
                }
                _ => None,
            },
            allocations: figure("allocations"),
            bytes_each: figure("bytes_each"),
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
}

impl Entrant {
    /// How many times as long as ours it takes, if it is not ours itself.
    fn beside_ours(&self, entrants: &[Self]) -> Option<Spread> {
        let is_ours = |it: &&Self| is_ours(&it.offer) && it.offer.class == self.offer.class;
        let ours = entrants.iter().find(is_ours)?;
        if (ours.contender, ours.index) == (self.contender, self.index) {
            return None;
        }
        let rounds = self.rounds.iter().zip(&ours.rounds);
        Some(Spread::of(rounds.map(|(it, ours)| it / ours).collect()))
    }
}

fn is_ours(offer: &Offer) -> bool {
    !offer.bare && offer.name.starts_with("redox-auth")
}

/// What measures this again, beside ours.
fn again(offer: &Offer) -> String {
    let quoted = |text: &str| match text.contains(' ') {
        true => format!("\"{text}\""),
        false => text.to_owned(),
    };
    format!("{} {}", quoted(&offer.group), quoted(&offer.name))
}

#[allow(clippy::cast_precision_loss, reason = "no run is so long")]
fn each(nanos: u64, count: u64) -> f64 {
    nanos as f64 / count as f64
}

/// For what takes long turns: how many times fewer rounds there are, and how many times longer the turns.
const FEWER_ROUNDS: usize = 5;
const LONGER_TURN: u32 = 20;

const ROUNDS_ON_ALL_CORES: usize = 5;
