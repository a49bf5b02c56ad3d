//! The functions as C calls them. What they say to a program that calls them wrongly is in `tests/c/contract.c`.

#[cfg(test)]
#[cfg(feature = "dpop")]
mod dpop;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod legacy;
#[cfg(test)]
#[cfg(feature = "metadata")]
mod metadata;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod support;
#[cfg(test)]
mod time;
#[cfg(test)]
mod tokens;
