//! Keys that never leave an HSM: those of the example `pkcs11`, in tokens of `softhsm2`.

#[cfg(test)]
#[path = "../../examples/pkcs11/hsm_error.rs"]
mod hsm_error;
#[cfg(test)]
#[path = "../../examples/pkcs11/hsm_key.rs"]
mod hsm_key;
#[cfg(test)]
#[path = "../../examples/pkcs11/public_numbers.rs"]
mod public_numbers;

#[cfg(test)]
mod example;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod support;
