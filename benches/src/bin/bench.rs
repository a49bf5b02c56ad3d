//! Measures contenders by turns, and writes down what came out. `cargo xtask bench` builds them and calls this.

use core::time::Duration;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, Parser};
use redox_auth_benches::{Absent, Kind, Plan, RenderError, Results, check, measure, print, write};

/// Measures contenders by turns.
#[derive(Parser)]
enum Command {
    /// Measures everything, for minutes, and writes the tables and charts.
    Full(Contenders),
    /// Measures everything for a moment, which shows that it works and little more, and prints it.
    Quick(Contenders),
    /// Measures one group, or one kind of them, and prints it.
    Some {
        /// The name of the group, such as `ES256`, or of the kind, such as `tenants`.
        #[arg(long)]
        group: String,
        /// Only these beside ours.
        #[arg(long = "name")]
        names: Vec<String>,
        #[command(flatten)]
        contenders: Contenders,
    },
    /// Writes tables, charts and README from `benches/results.json` again.
    Render,
    /// Whether tables, charts and README match `benches/results.json`.
    Check,
}

#[derive(Args)]
struct Contenders {
    /// A contender: the kind of what it does, `=`, and its words separated by spaces.
    #[arg(long = "contender", value_parser = contender)]
    contenders: Vec<(Kind, String)>,
    /// What counts allocations.
    #[arg(long)]
    allocations: Option<String>,
    /// A contender that could not be built: the kind of what it does, `=`, its name, `: `, and why not.
    #[arg(long = "absent", value_parser = absent)]
    absent: Vec<(Kind, Absent)>,
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    let (plan, is_full) = match command {
        Command::Render => return render(Path::new(".")),
        Command::Check => return check(Path::new(".")).map_err(told),
        Command::Full(contenders) => (contenders.plan(LONG, None, Vec::new()), true),
        Command::Quick(contenders) => (contenders.plan(SHORT, None, Vec::new()), false),
        Command::Some {
            group,
            names,
            contenders,
        } => (contenders.plan(LONG, Some(group), names), false),
    };
    let results = measure(&plan).map_err(|error| error.to_string())?;
    if results.groups.is_empty() {
        return Err("there is no such group".to_owned());
    }
    print(&results);
    if is_full {
        write(&results, Path::new(".")).map_err(told)?;
        return judge(&results);
    }
    Ok(())
}

fn render(root: &Path) -> Result<(), String> {
    let json = fs::read_to_string(root.join("benches/results.json"));
    let json = json.map_err(|error| error.to_string())?;
    let results: Results = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    write(&results, root).map_err(told)
}

/// Only a full run says whether a target is met: in a moment anything can come out.
fn judge(results: &Results) -> Result<(), String> {
    let missed = results.targets.iter().filter(|target| !target.met);
    let missed: Vec<_> = missed.map(|target| target.what.as_str()).collect();
    if !missed.is_empty() {
        println!("not met: {}", missed.join("; "));
    }
    Ok(())
}

impl Contenders {
    fn plan(self, extent: Extent, group: Option<String>, names: Vec<String>) -> Plan {
        Plan {
            programs: self.contenders,
            allocations: self.allocations,
            rounds: extent.rounds,
            turn: extent.turn,
            counts_all: extent.counts_all,
            group,
            names,
            absent: self.absent,
        }
    }
}

fn contender(text: &str) -> Result<(Kind, String), String> {
    let (kind, program) = text.split_once('=').ok_or("expected KIND=PROGRAM")?;
    let kind = serde_json::from_value(kind.into()).map_err(|error| error.to_string())?;
    Ok((kind, program.to_owned()))
}

fn absent(text: &str) -> Result<(Kind, Absent), String> {
    let (kind, absent) = contender(text)?;
    let (name, why) = absent.split_once(": ").ok_or("expected KIND=NAME: WHY")?;
    let [name, why] = [name, why].map(str::to_owned);
    Ok((kind, Absent { name, why }))
}

fn told(error: RenderError) -> String {
    error.to_string()
}

/// How much is measured of each contender, as in [`Plan`].
struct Extent {
    rounds: usize,
    turn: Duration,
    counts_all: bool,
}

const LONG: Extent = Extent {
    rounds: 101,
    turn: Duration::from_millis(10),
    counts_all: true,
};
const SHORT: Extent = Extent {
    rounds: 3,
    turn: Duration::from_millis(2),
    counts_all: false,
};
