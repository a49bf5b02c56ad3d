//! Computes the tables with the crates of the curves.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a panic ends the build, on the machine that compiles"
)]

#[cfg(any(feature = "es256", feature = "es384", feature = "es512"))]
mod comb {
    use core::iter;
    use std::path::Path;
    use std::{env, fs};

    /// Writes the table of one curve to `OUT_DIR`.
    macro_rules! write_table {
        ($curve:ident, $title:literal, teeth: $teeth:literal) => {{
            use $curve::elliptic_curve::ff::PrimeField;
            use $curve::elliptic_curve::group::Group;
            use $curve::elliptic_curve::point::AffineCoordinates;
            use $curve::{ProjectivePoint, Scalar};

            const TEETH: u32 = $teeth;
            let columns = Scalar::NUM_BITS.div_ceil(TEETH * COMBS);
            let rows = COMBS * columns;
            let doubled = |point: &ProjectivePoint, times: u32| {
                (0..times).fold(*point, |point, _| point.double())
            };
            let of_teeth = |lowest: ProjectivePoint| -> Vec<ProjectivePoint> {
                let teeth = iter::successors(Some(lowest), |tooth| Some(doubled(tooth, rows)));
                let teeth: Vec<_> = teeth.take(TEETH as usize).collect();
                let (highest, lower) = teeth.split_last().expect("there are teeth");
                (0..1_u32 << lower.len())
                    .map(|index| {
                        let signed = |(tooth, point): (usize, &ProjectivePoint)| {
                            if index >> tooth & 1 == 1 {
                                *point
                            } else {
                                -*point
                            }
                        };
                        lower
                            .iter()
                            .enumerate()
                            .map(signed)
                            .fold(*highest, |sum, point| sum + point)
                    })
                    .collect()
            };
            let words = |point: ProjectivePoint| -> Vec<u32> {
                let point = point.to_affine();
                let bytes = [point.x().to_vec(), point.y().to_vec()].concat();
                let word = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().expect("4 bytes"));
                bytes.chunks(4).map(word).collect()
            };
            let by_word = |points: Vec<Vec<u32>>| -> Vec<Vec<u32>> {
                let all = |word: usize| points.iter().map(|point| point[word]).collect();
                (0..points[0].len()).map(all).collect()
            };
            let lowest = iter::successors(Some(ProjectivePoint::generator()), |lowest| {
                Some(doubled(lowest, columns))
            });
            let tables: Vec<_> = lowest
                .take(COMBS as usize)
                .map(|lowest| by_word(of_teeth(lowest).into_iter().map(words).collect()))
                .collect();
            let power = (0..TEETH * rows).fold(Scalar::ONE, |power, _| power.double());
            let offset = (power - Scalar::ONE) * Scalar::TWO_INV;
            let offset = offset.to_repr().to_vec();
            let (points, words, bytes) = (tables[0][0].len(), tables[0].len(), offset.len());
            save(
                stringify!($curve),
                &format!(
                    "/// For {}, with {TEETH} teeth.\n\
                     pub static {}: Comb<{points}, {words}, {bytes}> = Comb {{\n\
                     columns: {columns}, offset: {offset:?}, tables: {tables:?} }};\n",
                    $title,
                    stringify!($curve).to_uppercase(),
                ),
            );
        }};
    }

    #[cfg(feature = "es256")]
    pub(crate) fn write_p256() {
        write_table!(p256, "P-256", teeth: 6);
    }

    #[cfg(feature = "es384")]
    pub(crate) fn write_p384() {
        write_table!(p384, "P-384", teeth: 7);
    }

    #[cfg(feature = "es512")]
    pub(crate) fn write_p521() {
        write_table!(p521, "P-521", teeth: 6);
    }

    fn save(name: &str, table: &str) {
        let folder = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
        let path = Path::new(&folder).join(format!("{name}.rs"));
        fs::write(&path, table).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// As in `src/lib.rs`, where the compiler checks the length.
    const COMBS: u32 = 4;
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "es256")]
    comb::write_p256();
    #[cfg(feature = "es384")]
    comb::write_p384();
    #[cfg(feature = "es512")]
    comb::write_p521();
}
