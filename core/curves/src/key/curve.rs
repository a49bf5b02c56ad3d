use ecdsa::elliptic_curve::CurveArithmetic;
use ecdsa::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
#[cfg(feature = "flash-tables")]
use ecdsa::elliptic_curve::{ProjectivePoint, Scalar, subtle::CtOption};
use ecdsa::{DigestAlgorithm, EcdsaCurve};

/// The requirements of signing for a curve.
pub(crate) trait Curve:
    EcdsaCurve<FieldBytesSize: ModulusSize>
    + CurveArithmetic<AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>>
    + DigestAlgorithm
{
    /// The base point times `number`; nothing if the table is damaged.
    #[cfg(feature = "flash-tables")]
    fn multiply(number: &Scalar<Self>) -> CtOption<ProjectivePoint<Self>>;
}

macro_rules! curve {
    ($name:ty, $table:ident) => {
        impl Curve for $name {
            #[cfg(feature = "flash-tables")]
            fn multiply(number: &Scalar<Self>) -> CtOption<ProjectivePoint<Self>> {
                super::comb::multiply::<Self, _, _, _>(number, &redox_auth_tables::$table)
            }
        }
    };
}

#[cfg(feature = "es256")]
curve!(p256::NistP256, P256);
#[cfg(feature = "es384")]
curve!(p384::NistP384, P384);
#[cfg(feature = "es512")]
curve!(p521::NistP521, P521);
