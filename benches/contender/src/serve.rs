use std::io::{self, BufRead, Write};
use std::time::Instant;

use crate::{Task, Work};

/// Reads a [`Task`] from standard input, has `contenders` make of it what they offer, and then does what it is asked.
///
/// # Errors
/// The errors of reading and writing, and [`io::ErrorKind::InvalidData`] for a line that is not in the table.
pub fn serve(contenders: impl FnOnce(&Task) -> Vec<Work>) -> io::Result<()> {
    let mut lines = io::stdin().lock().lines();
    let task = lines.next().ok_or(io::ErrorKind::UnexpectedEof)??;
    let mut works = contenders(&serde_json::from_str(&task)?);
    let offers: Vec<_> = works.iter().map(|work| &work.offer).collect();
    answer(&serde_json::to_string(&offers)?)?;
    for line in lines {
        let line = line?;
        let said = obey(&mut works, &line).ok_or_else(|| {
            let what = format!("cannot understand `{line}`");
            io::Error::new(io::ErrorKind::InvalidData, what)
        })?;
        answer(&said)?;
    }
    Ok(())
}

fn obey(works: &mut [Work], line: &str) -> Option<String> {
    let mut words = line.split(' ');
    let verb = words.next()?;
    let work = works.get_mut(words.next()?.parse::<usize>().ok()?)?;
    let said = match verb {
        "sample" => work.sample(0),
        "measure" => (work.facts)().to_string(),
        "run" => {
            let count = words.next()?.parse().ok()?;
            let start = Instant::now();
            work.run(count);
            start.elapsed().as_nanos().to_string()
        }
        _ => return None,
    };
    words.next().is_none().then_some(said)
}

fn answer(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
