//! Keep the private key in an HSM, a TPM, a smart card or a KMS.
//!
//! | Where the key is | What to use |
//! |---|---|
//! | an HSM, a TPM or a smart card with a PKCS#11 module | the crate `redox-auth-pkcs11`, or `--key 'pkcs11:…'` of the command |
//! | a KMS with an HTTP API (AWS, Google Cloud, Azure, Vault) | [`Key::from_remote_signer`](crate::Key::from_remote_signer) |
//! | a library of your own that signs in the process | [`Key::from_signer`](crate::Key::from_signer) |
//!
//! The crate `redox-auth-pkcs11` finds the key by a PKCS#11 URI, such as `pkcs11:token=…;object=…`. Its example `hsm_service` is a
//! whole program.
//!
//! [`Key::from_remote_signer`](crate::Key::from_remote_signer) waits for each signature and converts DER. With a public key it
//! verifies each signature before anything is sent. [`WrongSignature`](crate::WrongSignature) names the usual mistakes: a
//! digest that was hashed again, a wrong hash, a wrong padding, another key. The file `KMS.md` of this crate lists what each
//! service takes and returns, and the example `aws_kms` is a whole program.
