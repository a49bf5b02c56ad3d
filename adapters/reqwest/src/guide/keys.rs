//! Choose an algorithm and a form of key.
//!
//! | Algorithm | Key | Required by, for example |
//! |---|---|---|
//! | RS384 | RSA, 2048 to 4096 bits | SMART; Redox, whose dashboard makes such keys; eClinicalWorks |
//! | ES384 | P-384 | SMART; Redox |
//! | ES256 | P-256 | secure elements; CMS DPC; gematik |
//! | ES512 | P-521 | Okta, Medplum and Singpass accept it |
//! | RS256 | RSA, 2048 to 4096 bits | UDAP; Google; Salesforce; Oracle Identity Domains |
//! | RS512 | RSA, 2048 to 4096 bits | NHS England; HelseID |
//! | PS256 | RSA, 2048 to 4096 bits | Microsoft Entra; Australia's Consumer Data Right |
//!
//! For Redox, use ES384: its signatures are faster than those of RS384, and its keys and assertions are shorter.
//!
//! The algorithm belongs to the key and never comes from the server. On a curve the key decides. An RSA key signs with the
//! `alg` of its JWK, with the choice of the program ([`Key::with_algorithm`](crate::Key::with_algorithm), `--alg`), or else with
//! RS384.
//!
//! # Forms
//! [`Key::from_file`](crate::Key::from_file) and [`Key::parse`](crate::Key::parse) take PEM or DER (PKCS#8, SEC1, PKCS#1) and a
//! private JWK. They also take UTF-16, base64 of the whole file, and line ends that are written as `\n`. For any other file the
//! error names its format and the command that converts it. The file `KEYS.md` of this crate lists all of them.
