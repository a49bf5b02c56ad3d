//! Fuzzes `redox_auth_fuzz::rfc3339`.
#![cfg_attr(fuzzing, no_main)]

redox_auth_fuzz::target!(redox_auth_fuzz::rfc3339);
