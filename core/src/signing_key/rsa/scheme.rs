use crate::algorithm::Algorithm;
use crate::key::KeyError;

/// The RSA algorithms of this build. With only one, the choice takes no memory and no code.
#[derive(Clone, Copy)]
pub(in crate::signing_key) enum Scheme {
    #[cfg(feature = "rs256")]
    Rs256,
    #[cfg(feature = "rs384")]
    Rs384,
    #[cfg(feature = "rs512")]
    Rs512,
    #[cfg(feature = "ps256")]
    Ps256,
}

impl Scheme {
    pub(super) const fn of(algorithm: Algorithm) -> Result<Self, KeyError> {
        match algorithm {
            #[cfg(feature = "rs256")]
            Algorithm::Rs256 => Ok(Self::Rs256),
            #[cfg(feature = "rs384")]
            Algorithm::Rs384 => Ok(Self::Rs384),
            #[cfg(feature = "rs512")]
            Algorithm::Rs512 => Ok(Self::Rs512),
            #[cfg(feature = "ps256")]
            Algorithm::Ps256 => Ok(Self::Ps256),
            other => Err(KeyError::Disabled(other)),
        }
    }

    pub(super) const fn algorithm(self) -> Algorithm {
        match self {
            #[cfg(feature = "rs256")]
            Self::Rs256 => Algorithm::Rs256,
            #[cfg(feature = "rs384")]
            Self::Rs384 => Algorithm::Rs384,
            #[cfg(feature = "rs512")]
            Self::Rs512 => Algorithm::Rs512,
            #[cfg(feature = "ps256")]
            Self::Ps256 => Algorithm::Ps256,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_that_this_build_lacks_is_named() {
        for algorithm in Algorithm::ALL {
            let is_here = match algorithm {
                Algorithm::Rs256 => cfg!(feature = "rs256"),
                Algorithm::Rs384 => cfg!(feature = "rs384"),
                Algorithm::Rs512 => cfg!(feature = "rs512"),
                Algorithm::Ps256 => cfg!(feature = "ps256"),
                Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => false,
            };
            let expected = match is_here {
                true => Ok(algorithm),
                false => Err(KeyError::Disabled(algorithm)),
            };
            assert_eq!(Scheme::of(algorithm).map(Scheme::algorithm), expected);
        }
    }
}
