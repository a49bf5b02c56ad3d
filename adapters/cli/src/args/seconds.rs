/// A time from 1 s on, in whole seconds: `30`, `30s` or `2m`.
pub(super) fn seconds(text: &str) -> Result<u16, String> {
    let (number, unit) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    let seconds = number
        .parse::<u16>()
        .ok()
        .and_then(|number| number.checked_mul(unit));
    let wrong = || {
        format!(
            "expected seconds, such as 30, 30s or 2m, at most {}",
            u16::MAX
        )
    };
    seconds.filter(|seconds| *seconds > 0).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_minutes_are_understood() {
        for (text, expected) in [
            ("1", 1),
            ("30", 30),
            ("30s", 30),
            ("2m", 120),
            ("1092m", 65_520),
        ] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for wrong in [
            "", "0", "0s", "s", "m", "-1", "1.5", "1h", "1ms", "65536", "1093m",
        ] {
            let error = seconds(wrong).unwrap_err();
            assert!(error.contains("such as 30, 30s or 2m"), "{wrong}: {error}");
        }
    }
}
