//! Fuzzes `redox_auth_fuzz::server_metadata`.
#![cfg_attr(fuzzing, no_main)]

redox_auth_fuzz::target!(redox_auth_fuzz::server_metadata);
