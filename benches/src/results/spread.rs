use super::Spread;

impl Spread {
    /// The quartiles of these figures; all 0 without any.
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let last = figures.len().saturating_sub(1);
        let quartile = |quarters: usize| {
            let at = last.saturating_mul(quarters).div_ceil(4);
            figures.get(at).copied().unwrap_or(0.0)
        };
        Self {
            low: quartile(1),
            median: quartile(2),
            high: quartile(3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn a_quarter_lies_below_and_a_quarter_above() {
        let spread = Spread::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!((spread.low, spread.median, spread.high), (2.0, 3.0, 4.0));
        assert_eq!(Spread::of(vec![7.0]).median, 7.0);
    }
}
