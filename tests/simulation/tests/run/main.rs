//! A million steps in which every rule holds, the same from the same seed, and sessions that break each rule.

#[cfg(test)]
mod broken;
#[cfg(test)]
mod rules_are_watched;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod unbroken;
