use super::ParseFaultError;

/// The options after a fault that the parser has not used yet.
pub(super) struct Options<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Options<'a> {
    /// Splits the options off the end, because a URL before them contains colons.
    pub(super) fn split_off(text: &'a str) -> Result<(&'a str, Self), ParseFaultError> {
        let mut fault = text;
        let mut options = Vec::new();
        while let Some((before, last)) = fault.rsplit_once(':') {
            match last.split_once('=') {
                Some((name, value)) if OPTIONS.contains(&name) => options.push((name, value)),
                _ if fault.starts_with("redirect=") => break,
                _ => {
                    return Err(ParseFaultError::new(
                        last,
                        "an option: times, retry-after, status or spared",
                    ));
                }
            }
            fault = before;
        }
        Ok((fault, Self(options)))
    }

    pub(super) fn take(&mut self, name: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|(own, _)| *own == name)?;
        Some(self.0.swap_remove(at).1)
    }

    pub(super) fn nothing_left(&self) -> Result<(), ParseFaultError> {
        match self.0.first() {
            Some((name, _)) => Err(ParseFaultError::new(
                name,
                "each option at most once, and only with a fault that has it",
            )),
            None => Ok(()),
        }
    }
}

const OPTIONS: [&str; 4] = ["times", "retry-after", "status", "spared"];
