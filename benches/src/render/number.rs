use crate::results::Spread;

/// Three digits that count, with a comma at every thousand: `0.0213`, `1.02`, `48,300`.
pub(super) fn rounded(value: f64) -> String {
    grouped(&fixed(value, decimals(value)))
}

/// The same without zeros behind the point, for the marks of an axis.
pub(super) fn mark(value: f64) -> String {
    let text = rounded(value);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Every digit, with a comma at every thousand.
pub(super) fn exact(value: u64) -> String {
    grouped(&value.to_string())
}

/// The number a second of works that take `nanos` each.
pub(super) fn per_second(nanos: f64) -> f64 {
    1e9 / nanos
}

/// A time in the unit that suits it: `20.7 µs`.
pub(super) fn time(nanos: f64) -> String {
    let (in_nanos, unit) = unit(nanos);
    format!("{} {unit}", rounded(nanos / in_nanos))
}

/// The same with the quartiles behind it: `20.7 µs (20.6–20.9)`.
pub(super) fn time_spread(nanos: Spread) -> String {
    let (in_nanos, unit) = unit(nanos.median);
    let [low, median, high] = digits_of_median(Spread {
        low: nanos.low / in_nanos,
        median: nanos.median / in_nanos,
        high: nanos.high / in_nanos,
    });
    format!("{median} {unit} ({low}–{high})")
}

/// A ratio with its quartiles: `2.01 (1.98–2.03)`.
pub(super) fn ratio_spread(ratio: Spread) -> String {
    let [low, median, high] = digits_of_median(ratio);
    format!("{median} ({low}–{high})")
}

/// All three with as many decimals as the median has.
fn digits_of_median(spread: Spread) -> [String; 3] {
    let decimals = decimals(spread.median);
    [spread.low, spread.median, spread.high].map(|value| grouped(&fixed(value, decimals)))
}

/// The unit in which `nanos` is a number below 1000, and how many nanoseconds it has.
fn unit(nanos: f64) -> (f64, &'static str) {
    let fits = |&(in_nanos, _): &(f64, _)| nanos >= in_nanos * ROUNDS_UP;
    UNITS.into_iter().find(fits).unwrap_or((1.0, "ns"))
}

/// The number of decimals for three significant digits.
fn decimals(value: f64) -> usize {
    let scientific = format!("{value:.2e}");
    let exponent = scientific
        .rsplit_once('e')
        .and_then(|(_, it)| it.parse().ok());
    match exponent {
        Some(exponent) if value != 0.0 => {
            usize::try_from(2_i32.saturating_sub(exponent)).unwrap_or(0)
        }
        _ => 0,
    }
}

/// With this number of decimals; without decimals, rounded to three significant digits.
fn fixed(value: f64, decimals: usize) -> String {
    let whole = format!("{value:.2e}").parse().unwrap_or(value);
    let value = if decimals == 0 { whole } else { value };
    format!("{value:.decimals$}")
}

fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut out = String::new();
    for (left, digit) in (0..whole.len()).rev().zip(whole.chars()) {
        out.push(digit);
        if left % 3 == 0 && left > 0 {
            out.push(',');
        }
    }
    out + rest
}

const UNITS: [(f64, &str); 3] = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];

/// 999.5 is 1000 in three digits.
const ROUNDS_UP: f64 = 0.9995;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_count_and_thousands_are_set_apart() {
        for (value, expected) in [
            (0.0, "0"),
            (0.021_34, "0.0213"),
            (0.996_6, "0.997"),
            (0.999_6, "1.00"),
            (1.0, "1.00"),
            (9.996, "10.0"),
            (99.96, "100"),
            (123.4, "123"),
            (999.6, "1,000"),
            (48_349.0, "48,300"),
            (1_234_567.0, "1,230,000"),
        ] {
            assert_eq!(rounded(value), expected, "{value}");
        }
        assert_eq!(
            [0.1, 1.0, 10.0, 1_000.0].map(mark),
            ["0.1", "1", "10", "1,000"]
        );
        assert_eq!(exact(999), "999");
        assert_eq!(exact(1_234_567), "1,234,567");
    }

    #[test]
    fn a_time_has_the_unit_that_suits_it() {
        for (nanos, expected) in [
            (3.214, "3.21 ns"),
            (999.4, "999 ns"),
            (999.6, "1.00 µs"),
            (20_712.0, "20.7 µs"),
            (999_600.0, "1.00 ms"),
            (2_500_000_000.0, "2.50 s"),
        ] {
            assert_eq!(time(nanos), expected, "{nanos}");
        }
    }

    #[test]
    fn quartiles_have_the_unit_and_the_decimals_of_the_median() {
        let spread = |low, median, high| Spread { low, median, high };
        assert_eq!(
            time_spread(spread(995.0, 1_004.0, 12_346.0)),
            "1.00 µs (0.99–12.35)"
        );
        assert_eq!(ratio_spread(spread(9.96, 10.04, 10.1)), "10.0 (10.0–10.1)");
        assert_eq!(
            ratio_spread(spread(0.984, 0.988, 1.002)),
            "0.988 (0.984–1.002)"
        );
    }
}
