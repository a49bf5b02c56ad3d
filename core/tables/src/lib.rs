#![doc = include_str!("../README.md")]
#![no_std]

/// The number of tables. Each covers a part of the columns of bits.
pub const COMBS: usize = 4;

/// The table of a curve for a signed comb.
///
/// A comb has t teeth, and a table has 2<sup>t − 1</sup> points, because the highest tooth gives only the sign. With d
/// = [`COMBS`] × `columns`, point `i` of table `b` is 2<sup>b · `columns`</sup> · (±1 ± 2<sup>d</sup> ± … + 2<sup>(t −
/// 1)d</sup>) times the base point. Bit j of `i` is 1 if 2<sup>jd</sup> is added.
#[derive(Debug)]
pub struct Comb<const POINTS: usize, const WORDS: usize, const BYTES: usize> {
    /// The number of columns of bits in each table.
    pub columns: usize,
    /// (2<sup>td</sup> − 1) / 2 modulo the order of the curve, big-endian.
    pub offset: [u8; BYTES],
    /// The coordinates of the points of each table: the first word of all points, then the second word. A point is x
    /// followed by y, big-endian, in words whose first byte is the highest.
    pub tables: [[[u32; POINTS]; WORDS]; COMBS],
}

#[cfg(feature = "es256")]
include!(concat!(env!("OUT_DIR"), "/p256.rs"));
#[cfg(feature = "es384")]
include!(concat!(env!("OUT_DIR"), "/p384.rs"));
#[cfg(feature = "es512")]
include!(concat!(env!("OUT_DIR"), "/p521.rs"));
