//! Fuzzes `redox_auth_fuzz::meta_answer`.
#![cfg_attr(fuzzing, no_main)]

redox_auth_fuzz::target!(redox_auth_fuzz::meta_answer);
