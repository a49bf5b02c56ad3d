//! Fuzzes `redox_auth_fuzz::mllp_answer`.
#![cfg_attr(fuzzing, no_main)]

redox_auth_fuzz::target!(redox_auth_fuzz::mllp_answer);
