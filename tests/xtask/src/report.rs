//! What images and calls take on the board, beside what they may: one table, and a file for programs.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::bare_metal::TARGET;
use crate::command::Failure;

/// The table of `cargo xtask firmware`.
#[derive(Debug, Default)]
pub(crate) struct Report {
    images: Vec<Image>,
    calls: Vec<Call>,
}

/// What an image takes, in bytes.
#[derive(Debug, Default)]
pub(crate) struct Image {
    pub(crate) what: String,
    pub(crate) flash: Figure,
    /// RAM for what is there from the start to the end.
    pub(crate) fixed_ram: Figure,
    /// RAM for the stack, at its highest.
    pub(crate) stack: Figure,
}

/// What a call takes.
#[derive(Debug)]
struct Call {
    what: String,
    instructions: Figure,
    /// In bytes.
    stack: Figure,
}

/// What was measured, if anything, and the most that it may be.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figure {
    found: Option<u64>,
    limit: Option<u64>,
}

impl Figure {
    pub(crate) const fn of(found: u64) -> Self {
        Self {
            found: Some(found),
            limit: None,
        }
    }

    pub(crate) const fn at_most(self, limit: u64) -> Self {
        Self {
            found: self.found,
            limit: Some(limit),
        }
    }

    const fn within(self, limit: Option<u64>) -> Self {
        Self {
            found: self.found,
            limit,
        }
    }

    fn is_too_large(self) -> bool {
        matches!((self.found, self.limit), (Some(found), Some(limit)) if found > limit)
    }

    fn text(self) -> String {
        match (self.found, self.limit) {
            (None, _) => String::from("-"),
            (Some(found), None) => found.to_string(),
            (Some(found), Some(limit)) => format!("{found} of {limit}"),
        }
    }

    fn json(self) -> Value {
        match self.limit {
            None => json!({ "found": self.found }),
            Some(limit) => json!({ "found": self.found, "at_most": limit }),
        }
    }
}

impl Report {
    pub(crate) fn add(&mut self, image: Image) {
        self.images.push(image);
    }

    /// Takes over the rows that an image has printed: what was called, its instructions, its bytes of stack. Other lines
    /// are left alone. `suffix` tells them from those of another build of it.
    pub(crate) fn add_calls(&mut self, printed: &str, suffix: &str) {
        for line in printed.lines() {
            if let Some((name, instructions, stack)) = row(line) {
                let what = format!("{name}{suffix}");
                let limits = LIMITS.iter().find(|limits| limits.what == what);
                self.calls.push(Call {
                    instructions: Figure::of(instructions)
                        .within(limits.and_then(|limits| limits.instructions)),
                    stack: Figure::of(stack).within(limits.and_then(|limits| limits.stack)),
                    what,
                });
            }
        }
    }

    /// The instructions of the call of this name.
    pub(crate) fn instructions(&self, what: &str) -> Option<u64> {
        let call = self.calls.iter().find(|call| call.what == what)?;
        call.instructions.found
    }

    pub(crate) fn print(&self) {
        println!(
            "\n{:<46}{:>18}{:>16}{:>16}",
            format!("images for {TARGET}"),
            "flash",
            "fixed RAM",
            "peak stack"
        );
        for image in &self.images {
            println!(
                "  {:<44}{:>18}{:>16}{:>16}",
                image.what,
                image.flash.text(),
                image.fixed_ram.text(),
                image.stack.text()
            );
        }
        println!(
            "\n{:<46}{:>24}{:>18}",
            "calls on the board", "instructions", "stack"
        );
        for call in &self.calls {
            println!(
                "  {:<44}{:>24}{:>18}",
                call.what,
                call.instructions.text(),
                call.stack.text()
            );
        }
    }

    /// Writes the same as JSON.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let images: Vec<_> = self
            .images
            .iter()
            .map(|image| {
                json!({
                    "image": image.what,
                    "flash_bytes": image.flash.json(),
                    "fixed_ram_bytes": image.fixed_ram.json(),
                    "peak_stack_bytes": image.stack.json(),
                })
            })
            .collect();
        let calls: Vec<_> = self
            .calls
            .iter()
            .map(|call| {
                json!({
                    "call": call.what,
                    "instructions": call.instructions.json(),
                    "stack_bytes": call.stack.json(),
                })
            })
            .collect();
        let all = json!({ "target": TARGET, "images": images, "calls": calls });
        fs::write(path, format!("{all:#}\n"))?;
        Ok(())
    }

    /// Fails for a call that has a limit and was not measured: that limit would hold for ever.
    pub(crate) fn check_complete(&self) -> Result<(), Failure> {
        let is_missing = |limits: &&Limits| self.instructions(limits.what).is_none();
        match LIMITS.iter().find(is_missing) {
            None => Ok(()),
            Some(Limits { what, .. }) => Err(Failure::new(format!("not measured: {what}"))),
        }
    }

    /// Fails for what has grown beyond its limit.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let images = self.images.iter().flat_map(|image| {
            let Image {
                what,
                flash,
                fixed_ram,
                stack,
            } = image;
            [("flash", flash), ("RAM", fixed_ram), ("stack", stack)].map(|it| (what, it))
        });
        let calls = self.calls.iter().flat_map(|call| {
            let Call {
                what,
                instructions,
                stack,
            } = call;
            [("instructions", instructions), ("stack", stack)].map(|it| (what, it))
        });
        let too_large: Vec<_> = images
            .chain(calls)
            .filter(|(_, (_, figure))| figure.is_too_large())
            .map(|(what, (name, figure))| format!("{what}: {name} {}", figure.text()))
            .collect();
        if too_large.is_empty() {
            return Ok(());
        }
        Err(Failure::new(format!(
            "beyond the budget: {}",
            too_large.join("; ")
        )))
    }
}

/// The name and the two numbers at the end of a line.
fn row(line: &str) -> Option<(&str, u64, u64)> {
    let (rest, stack) = line.trim().rsplit_once(' ')?;
    let (what, instructions) = rest.trim_end().rsplit_once(' ')?;
    Some((
        what.trim_end(),
        instructions.parse().ok()?,
        stack.parse().ok()?,
    ))
}

/// What a call may take at most.
struct Limits {
    what: &'static str,
    instructions: Option<u64>,
    stack: Option<u64>,
}

const LIMITS: [Limits; 18] = [
    limits("request, but for the signature", Some(60_000), None),
    limits("receive of a token of 800 bytes", Some(25_000), None),
    limits("next, with a fresh token", Some(200), None),
    limits("ES256: an assertion signed", None, Some(6 * 1024)),
    limits("ES384: an assertion signed", None, Some(10 * 1024)),
    limits("ES512: an assertion signed", None, Some(10 * 1024)),
    limits(
        "RS384: a key read and checked",
        Some(950_000),
        Some(6 * 1024),
    ),
    limits("RS256: an assertion signed", RSA_SIGNED, Some(6 * 1024)),
    limits("RS384: an assertion signed", RSA_SIGNED, Some(6 * 1024)),
    limits("RS512: an assertion signed", RSA_SIGNED, Some(6 * 1024)),
    limits("PS256: an assertion signed", RSA_SIGNED, Some(6 * 1024)),
    limits(
        "RSA 2048: a key read in place",
        Some(950_000),
        Some(6 * 1024),
    ),
    limits("RSA 2048: a message signed", RSA_SIGNED, Some(6 * 1024)),
    limits("RSA 4096: a key read in place", None, Some(12 * 1024)),
    limits("RSA 4096: a message signed", None, Some(12 * 1024)),
    limits("ES256: a key read in place", None, Some(6 * 1024)),
    limits(
        "ES384: an assertion signed, at opt-level 3",
        Some(22_000_000),
        Some(10 * 1024),
    ),
    limits(
        "ES256: a whole assertion, p256-cortex-m4",
        Some(400_000),
        None,
    ),
];

/// A signature with 2048 bits.
const RSA_SIGNED: Option<u64> = Some(52_000_000);

const fn limits(what: &'static str, instructions: Option<u64>, stack: Option<u64>) -> Limits {
    Limits {
        what,
        instructions,
        stack,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_taken_from_what_an_image_prints() {
        let mut report = Report::default();
        report.add_calls(
            "  next, with a fresh token                         140      24\n  a session takes 1472 bytes\n",
            "",
        );
        assert_eq!(report.calls.len(), 1);
        assert_eq!(report.instructions("next, with a fresh token"), Some(140));
        assert!(report.check().is_ok());
        report.add_calls("  next, with a fresh token   201   24\n", "");
        let failure = report.check().unwrap_err();
        assert!(failure.what.contains("201 of 200"), "{}", failure.what);
    }

    #[test]
    fn a_limit_for_what_nobody_measured_is_noticed() {
        let mut report = Report::default();
        let rows = LIMITS.map(|limits| format!("  {}   1   1\n", limits.what));
        let [first, others @ ..] = &rows;
        report.add_calls(&others.concat(), "");
        let failure = report.check_complete().unwrap_err();
        assert!(first.contains(failure.what.trim_start_matches("not measured: ")));
        report.add_calls(first, "");
        assert!(report.check_complete().is_ok());
    }

    #[test]
    fn what_reaches_its_limit_passes_and_what_is_beyond_fails() {
        let report = |flash| Report {
            images: vec![Image {
                what: String::from("core"),
                flash: Figure::of(flash).at_most(8),
                ..Image::default()
            }],
            calls: Vec::new(),
        };
        assert!(report(8).check().is_ok());
        let failure = report(9).check().unwrap_err();
        assert!(
            failure.what.contains("core: flash 9 of 8"),
            "{}",
            failure.what
        );
    }
}
