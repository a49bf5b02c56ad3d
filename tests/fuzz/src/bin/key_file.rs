//! Fuzzes `redox_auth_fuzz::key_file`.
#![cfg_attr(fuzzing, no_main)]

redox_auth_fuzz::target!(redox_auth_fuzz::key_file);
