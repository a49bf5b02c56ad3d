//! Every command line in the pages of the project is one that the command accepts.

use std::path::Path;

use clap::error::ErrorKind;

use super::blocks::{Page, pages};
use super::*;

#[test]
fn every_command_line_in_the_pages_is_accepted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut faults, mut lines, mut mentions) = (Vec::new(), 0_usize, 0_usize);
    for page in pages(&root).unwrap() {
        for block in page.blocks() {
            if block.language != "sh" {
                continue;
            }
            for words in ours(&block.text) {
                lines += 1;
                if let Some(fault) = fault(&words) {
                    let place = block.page.display();
                    faults.push(format!("{place}:{}: {words:?}: {fault}", block.line));
                }
            }
        }
        for (line, mut words) in mentioned(&page) {
            mentions += 1;
            // Prose names a command without what it needs, therefore the help ends the reading.
            words.push("--help".to_owned());
            if let Some(fault) = fault(&words).filter(|fault| !is_of_value(fault)) {
                let place = page.path.display();
                faults.push(format!("{place}:{line}: {words:?}: {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(lines > 20, "{lines} command lines");
    assert!(mentions > 50, "{mentions} mentions");
}

#[test]
fn a_command_line_with_a_fault_is_found() {
    for (line, part) in [
        ("redox-auth tokn", "unrecognized subcommand"),
        ("redox-auth token --key a.pem --bogus", "--bogus"),
        ("cat a | redox-auth inspect --like nobody", "nobody"),
        ("REDOX_ALG=ES384 redox-auth key new --bits", "--bits"),
        ("cargo run -- demo --bogus", "--bogus"),
        ("redox-auth token \\\n  --bogus # comment", "--bogus"),
        ("redox-auth key new --dpop > out", "--dpop"),
    ] {
        let [words] = ours(line).try_into().unwrap();
        let fault = fault(&words).unwrap_or_else(|| panic!("{line}"));
        assert!(fault.contains(part), "{line}: {fault}");
    }
    for line in [
        "echo redox-auth tokn",
        "docker run --tag redox-auth .",
        "cargo run -p redox-auth-c --example with_sandbox -- es384",
        "# redox-auth tokn",
    ] {
        assert!(ours(line).is_empty(), "{line}");
    }
}

/// What the command objects to in this line, which begins with its name.
fn fault(words: &[String]) -> Option<String> {
    let mut command = Args::command();
    let matches = match command.try_get_matches_from_mut(words) {
        Ok(matches) => matches,
        Err(error) => {
            let is_help = matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            );
            return (!is_help).then(|| error.to_string());
        }
    };
    let args = Args::from_arg_matches(&matches).unwrap();
    let unused = unused::expect_none(&args, used(&command, &matches), innermost(&matches));
    unused.err().map(|failure| format!("{failure:?}"))
}

/// Whether the command objects to a value, for which a mention may have a placeholder such as `NAME`, or none.
fn is_of_value(fault: &str) -> bool {
    ["invalid value", "a value is required for", "'COMMAND'"]
        .iter()
        .any(|part| fault.contains(part))
}

/// The command lines in a script that start `redox-auth`, each as its words.
fn ours(script: &str) -> Vec<Vec<String>> {
    commands(script)
        .into_iter()
        .filter_map(|mut words| {
            let is_before = |word: &String| BEFORE.contains(&&**word) || is_assignment(word);
            let start = words.iter().position(|word| !is_before(word))?;
            words.drain(..start);
            match &*words {
                [cargo, run, ..] if cargo == "cargo" && run == "run" => {
                    let end = words.iter().position(|word| word == "--")?;
                    let options = words.get(2..end)?;
                    let is_ours = options.iter().all(|it| OF_CARGO.contains(&&**it));
                    words.drain(..end);
                    is_ours.then_some(words)
                }
                [name, ..] if name == "redox-auth" || name.ends_with("/redox-auth") => Some(words),
                _ => None,
            }
        })
        .collect()
}

/// The command lines between backquotes in the prose of a page, each with the line where its paragraph begins.
fn mentioned(page: &Page) -> Vec<(usize, Vec<String>)> {
    let mut mentions = Vec::new();
    let (mut start, mut paragraph, mut is_code) = (1, String::new(), false);
    for (number, line) in (1_usize..).zip(page.lines.iter().map(|it| &**it).chain([""])) {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if !line.is_empty() && !is_code && !is_fence {
            paragraph += line;
            paragraph.push(' ');
            continue;
        }
        for span in paragraph.split('`').skip(1).step_by(2) {
            let is_whole = !span.contains(PLACEHOLDERS);
            if span.starts_with("redox-auth ") && is_whole {
                mentions.extend(ours(span).into_iter().map(|words| (start, words)));
            }
        }
        start = number.saturating_add(1);
        paragraph.clear();
    }
    mentions
}

/// The commands of a script as a shell splits them, without redirections. Variables stay as they are written.
fn commands(script: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut is_target = false;
    let mut chars = script.chars().chain(['\n']).peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let next = chars.next().filter(|it| *it != '\n');
                next.inspect(|c| word.get_or_insert_default().push(*c));
            }
            '\'' => {
                let quoted = chars.by_ref().take_while(|it| *it != '\'');
                word.get_or_insert_default().extend(quoted);
            }
            '"' => {
                let mut depth = 0_usize;
                let quoted = chars.by_ref().take_while(|it| {
                    match it {
                        '(' => depth = depth.saturating_add(1),
                        ')' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    *it != '"' || depth > 0
                });
                word.get_or_insert_default().extend(quoted);
            }
            '#' if word.is_none() => while chars.next_if(|it| *it != '\n').is_some() {},
            ' ' | '\t' | '\n' | ';' | '|' | '&' | '(' | ')' | '<' | '>' => {
                let is_descriptor =
                    |it: &String| c == '>' && it.chars().all(|c| c.is_ascii_digit());
                if let Some(word) = word.take().filter(|it| !is_descriptor(it))
                    && !core::mem::take(&mut is_target)
                    && let Some(words) = commands.last_mut()
                {
                    words.push(word);
                }
                match c {
                    ' ' | '\t' => {}
                    '<' | '>' => is_target = true,
                    _ => commands.push(Vec::new()),
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    commands
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    })
}

/// Words that may stand before a command.
const BEFORE: [&str; 3] = ["exec", "sudo", "!"];

/// The options of `cargo run` that lead to the command.
const OF_CARGO: [&str; 5] = ["-q", "--quiet", "--release", "-p", "redox-auth-cli"];

/// Characters of a mention that is no whole command line.
const PLACEHOLDERS: [char; 3] = ['…', '[', '<'];
