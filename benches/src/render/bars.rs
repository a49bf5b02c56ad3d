use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use super::letters;

/// Bars from the left to the right, each with its names before it and its figure behind it.
pub(super) struct Bars {
    pub(super) title: String,
    /// Where the figures come from, in small letters at the end.
    pub(super) source: String,
    /// From above.
    pub(super) bars: Vec<Bar>,
}

pub(super) struct Bar {
    pub(super) name: String,
    pub(super) detail: String,
    pub(super) look: Look,
    pub(super) value: f64,
    pub(super) figure: String,
}

/// The colour says native or Rust, its strength whether it is ours.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Look {
    NativeOurs,
    NativeOther,
    NativeSignature,
    RustOurs,
    RustOther,
    RustSignature,
}

pub(super) type DrawError = DrawingAreaErrorKind<std::io::Error>;

/// A drawing in pixels from its upper left corner.
type Canvas<'a> = DrawingArea<SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl Bars {
    /// The chart as SVG.
    pub(super) fn draw(&self) -> Result<String, DrawError> {
        let legend_rows = self.legend_rows();
        let bars_top = HEAD + LEGEND_ROW * count(legend_rows.len());
        let height = bars_top + ROW * count(self.bars.len()) + FOOT;
        let mut svg = String::new();
        let canvas = canvas(&mut svg, height)?;
        text(&canvas, &self.title, (MARGIN, 26.0), letters::title())?;
        for (row, looks) in legend_rows.iter().enumerate() {
            let y = HEAD + LEGEND_ROW * count(row);
            for (column, look) in looks.iter().enumerate() {
                let x = MARGIN + LEGEND_COLUMN * count(column);
                fill(&canvas, *look, [x, y - 6.0, x + 22.0, y + 6.0])?;
                text(&canvas, look.says(), (x + 30.0, y), letters::legend())?;
            }
        }
        for (index, bar) in self.bars.iter().enumerate() {
            self.draw_bar(&canvas, bar, bars_top + ROW * (count(index) + 0.5))?;
        }
        text(
            &canvas,
            &self.source,
            (MARGIN, height - 16.0),
            letters::source(),
        )?;
        canvas.present()?;
        drop(canvas);
        Ok(svg)
    }

    fn draw_bar(&self, canvas: &Canvas<'_>, bar: &Bar, y: f64) -> Result<(), DrawError> {
        let longest = |part: fn(&Bar) -> &str| {
            let lengths = self.bars.iter().map(|bar| part(bar).chars().count());
            match lengths.max() {
                None | Some(0) => 0.0,
                Some(length) => CHARACTER * count(length) + BOLDER,
            }
        };
        let detail_x = MARGIN + longest(|bar| &bar.name) + GAP;
        let details = longest(|bar| &bar.detail);
        let start = if details > 0.0 {
            detail_x + details + GAP
        } else {
            detail_x
        };
        let room = WIDTH - MARGIN - longest(|bar| &bar.figure) - GAP - start;
        let most = self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
        let end = if most > 0.0 {
            start + room * bar.value / most
        } else {
            start
        };
        // At least a line, so that every figure has its bar.
        let end = end.max(start + 1.0);

        let is_ours = matches!(bar.look, Look::NativeOurs | Look::RustOurs);
        let has_others = self.bars.iter().any(|other| other.look != bar.look);
        let style = if is_ours && has_others {
            letters::bold()
        } else {
            letters::body()
        };
        text(canvas, &bar.name, (MARGIN, y), style.clone())?;
        text(canvas, &bar.detail, (detail_x, y), letters::pale())?;
        fill(canvas, bar.look, [start, y - BAR / 2.0, end, y + BAR / 2.0])?;
        text(canvas, &bar.figure, (end + GAP / 2.0, y), style)
    }

    /// Those looks that occur, native ones above; none where all look the same.
    fn legend_rows(&self) -> Vec<Vec<Look>> {
        let occurs = |look: &Look| self.bars.iter().any(|bar| bar.look == *look);
        let rows = LEGEND.map(|row| row.into_iter().filter(occurs).collect::<Vec<_>>());
        let rows: Vec<_> = rows.into_iter().filter(|row| !row.is_empty()).collect();
        if rows.iter().flatten().count() > 1 {
            rows
        } else {
            Vec::new()
        }
    }
}

impl Look {
    const fn says(self) -> &'static str {
        match self {
            Self::NativeOurs => "redox-auth, native code",
            Self::NativeOther => "others, native code",
            Self::NativeSignature => "signature alone, native code",
            Self::RustOurs => "redox-auth, pure Rust",
            Self::RustOther => "others, pure Rust",
            Self::RustSignature => "signature alone, pure Rust",
        }
    }

    const fn color(self) -> RGBColor {
        match self {
            Self::NativeOurs => RGBColor(31, 95, 191),
            Self::NativeOther | Self::NativeSignature => RGBColor(158, 188, 232),
            Self::RustOurs => RGBColor(200, 80, 20),
            Self::RustOther | Self::RustSignature => RGBColor(240, 184, 150),
        }
    }

    const fn is_signature(self) -> bool {
        matches!(self, Self::NativeSignature | Self::RustSignature)
    }
}

/// An empty picture, opaque, so that it reads on dark pages too.
fn canvas(svg: &mut String, height: f64) -> Result<Canvas<'_>, DrawError> {
    let (width, height) = (pixels(WIDTH), pixels(height));
    let size = (width.unsigned_abs(), height.unsigned_abs());
    let area: DrawingArea<_, Shift> = SVGBackend::with_string(svg, size).into_drawing_area();
    area.fill(&WHITE)?;
    Ok(
        area.apply_coord_spec(Cartesian2d::<RangedCoordf64, RangedCoordf64>::new(
            0.0..f64::from(width),
            0.0..f64::from(height),
            (0..width, 0..height),
        )),
    )
}

/// A box from the left and upper to the right and lower edge; signatures alone are grey and hatched.
fn fill(canvas: &Canvas<'_>, look: Look, edges: [f64; 4]) -> Result<(), DrawError> {
    let [left, top, right, bottom] = edges;
    let corners = [(left, top), (right, bottom)];
    if !look.is_signature() {
        return canvas.draw(&Rectangle::new(corners, look.color().filled()));
    }
    canvas.draw(&Rectangle::new(corners, GREY.filled()))?;
    let mut x = left + HATCH;
    while x < right + (bottom - top) {
        // From the upper edge down to the left, cut off at the box.
        let from = (x.min(right), top + (x - right).max(0.0));
        let to = ((x - (bottom - top)).max(left), bottom.min(top + x - left));
        canvas.draw(&PathElement::new([from, to], look.color().stroke_width(2)))?;
        x += HATCH;
    }
    canvas.draw(&Rectangle::new(corners, look.color().stroke_width(1)))
}

fn text(
    canvas: &Canvas<'_>,
    text: &str,
    place: (f64, f64),
    style: TextStyle<'_>,
) -> Result<(), DrawError> {
    canvas.draw(&Text::new(text, place, style))
}

fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "saturates, and no chart is that large"
)]
const fn pixels(length: f64) -> i32 {
    length as i32
}

const LEGEND: [[Look; 3]; 2] = [
    [Look::NativeOurs, Look::NativeOther, Look::NativeSignature],
    [Look::RustOurs, Look::RustOther, Look::RustSignature],
];

const WIDTH: f64 = 860.0;
const MARGIN: f64 = 18.0;
const HEAD: f64 = 58.0;
const FOOT: f64 = 40.0;
const ROW: f64 = 25.0;
const BAR: f64 = 16.0;
const LEGEND_ROW: f64 = 22.0;
const LEGEND_COLUMN: f64 = 220.0;
const GAP: f64 = 14.0;
const HATCH: f64 = 7.0;

/// The width of a character in the widest of the usual fonts, on the average of a long text.
const CHARACTER: f64 = 6.9;
/// Additional room for short and bold texts.
const BOLDER: f64 = 12.0;
const GREY: RGBColor = RGBColor(225, 227, 230);
