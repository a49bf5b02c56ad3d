use plotters::coord::Shift;
use plotters::prelude::*;

use super::bars::DrawError;
use super::letters::{self, PALE};
use super::number::{mark, rounded};
use crate::results::Group;

/// The cost of a session over the number of sessions, which is the number in the name of a group.
pub(super) fn draw<'a>(
    groups: impl Iterator<Item = &'a Group>,
    source: &str,
) -> Result<String, DrawError> {
    let lines = lines(groups);
    let points = || lines.iter().flat_map(|line| &line.points);
    let most_sessions = points().map(|(count, _)| *count).fold(10.0, f64::max);
    let most_nanos = points().map(|(_, nanos)| *nanos).fold(10.0, f64::max);
    let least_nanos = points().map(|(_, nanos)| *nanos).fold(1.0, f64::min);

    let mut svg = String::new();
    let whole = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT)).into_drawing_area();
    whole.fill(&WHITE)?;
    let (head, rest) = whole.split_vertically(HEAD);
    let (middle, foot) = rest.split_vertically(HEIGHT.saturating_sub(HEAD).saturating_sub(FOOT));
    draw_head(&head, &lines)?;
    foot.draw(&Text::new(
        source.to_owned(),
        (MARGIN, 20),
        letters::source(),
    ))?;
    let mut chart = ChartBuilder::on(&middle)
        .margin_right(MARGIN)
        .x_label_area_size(48)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (1.0 / AIR..most_sessions * AIR).log_scale(),
            (least_nanos / AIR..most_nanos * AIR).log_scale(),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RULE)
        .axis_style(PALE)
        .label_style(letters::body())
        .x_desc("sessions in the process")
        .x_label_formatter(&|count| mark(*count))
        .y_label_formatter(&|nanos| mark(*nanos))
        .draw()?;
    for (line, color) in colored(&lines) {
        let points = || line.points.iter().copied();
        chart.draw_series(LineSeries::new(points(), color.stroke_width(2)))?;
        chart.draw_series(points().map(|point| Circle::new(point, 4, color.filled())))?;
        let style = letters::figure(color);
        #[expect(
            clippy::arithmetic_side_effects,
            reason = "this `+` puts a figure to a point"
        )]
        let figure = |point: (f64, f64)| {
            EmptyElement::at(point) + Text::new(rounded(point.1), (0, -8), style.clone())
        };
        chart.draw_series(points().map(figure))?;
    }
    whole.present()?;
    drop(chart);
    drop((whole, head, rest, middle, foot));
    Ok(svg)
}

/// The title, and which line is whose.
fn draw_head(head: &DrawingArea<SVGBackend<'_>, Shift>, lines: &[Line]) -> Result<(), DrawError> {
    let place = |x, y| (MARGIN.saturating_add(x), y);
    let title = "What each of many sessions takes, in ns";
    head.draw(&Text::new(title, place(0, 26), letters::title()))?;
    let mut x = 0_i32;
    for (line, color) in colored(lines) {
        let ends = [place(x, 58), place(x.saturating_add(22), 58)];
        head.draw(&PathElement::new(ends, color.stroke_width(2)))?;
        head.draw(&Text::new(
            line.name.clone(),
            place(x.saturating_add(30), 58),
            letters::legend(),
        ))?;
        x = x.saturating_add(LEGEND_COLUMN);
    }
    Ok(())
}

fn colored(lines: &[Line]) -> impl Iterator<Item = (&Line, RGBColor)> {
    lines.iter().zip(COLORS.into_iter().cycle())
}

/// The costs of one contender, from few sessions to many.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

fn lines<'a>(groups: impl Iterator<Item = &'a Group>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for group in groups {
        let Some(count) = number(&group.name) else {
            continue;
        };
        for row in &group.rows {
            let point = (f64::from(count), row.nanos.median);
            match lines.iter_mut().find(|line| line.name == row.name) {
                Some(line) => line.points.push(point),
                None => lines.push(Line {
                    name: row.name.clone(),
                    points: vec![point],
                }),
            }
        }
    }
    for line in &mut lines {
        line.points
            .sort_by(|(one, _), (other, _)| one.total_cmp(other));
    }
    lines
}

/// The first number in a text.
fn number(text: &str) -> Option<u32> {
    let mut words = text.split(|it: char| !it.is_ascii_digit());
    words.find(|word| !word.is_empty())?.parse().ok()
}

const WIDTH: u32 = 860;
const HEIGHT: u32 = 420;
const HEAD: u32 = 76;
const FOOT: u32 = 36;
const MARGIN: i32 = 18;
const LEGEND_COLUMN: i32 = 220;

/// How many times the outermost points the axes go on.
const AIR: f64 = 1.8;

const COLORS: [RGBColor; 4] = [
    RGBColor(31, 95, 191),
    RGBColor(200, 80, 20),
    RGBColor(60, 130, 70),
    RGBColor(120, 80, 160),
];
const RULE: RGBColor = RGBColor(225, 227, 230);
