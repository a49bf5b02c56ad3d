use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// What a chart is of.
pub(super) fn title() -> TextStyle<'static> {
    letters(18.0, FontStyle::Bold, INK)
}

/// What its parts are.
pub(super) fn body() -> TextStyle<'static> {
    letters(13.0, FontStyle::Normal, INK)
}

/// Those that stand out.
pub(super) fn bold() -> TextStyle<'static> {
    letters(13.0, FontStyle::Bold, INK)
}

/// A difference that nobody sees.
pub(super) fn pale() -> TextStyle<'static> {
    letters(13.0, FontStyle::Normal, PALE)
}

/// Which colour is whose.
pub(super) fn legend() -> TextStyle<'static> {
    letters(12.0, FontStyle::Normal, INK)
}

/// Where the figures come from.
pub(super) fn source() -> TextStyle<'static> {
    letters(12.0, FontStyle::Normal, PALE)
}

/// A figure at a point, above it.
pub(super) fn figure(color: RGBColor) -> TextStyle<'static> {
    letters(12.0, FontStyle::Normal, color).pos(Pos::new(HPos::Center, VPos::Bottom))
}

/// Text from a place to the right, that place at half its height.
fn letters(pixels: f64, style: FontStyle, color: RGBColor) -> TextStyle<'static> {
    FontDesc::new(FontFamily::SansSerif, pixels * UNIT, style)
        .color(&color)
        .pos(Pos::new(HPos::Left, VPos::Center))
}

pub(super) const INK: RGBColor = RGBColor(31, 35, 40);
pub(super) const PALE: RGBColor = RGBColor(101, 109, 118);

/// The library divides the size of letters by this before they are pixels.
const UNIT: f64 = 1.24;
