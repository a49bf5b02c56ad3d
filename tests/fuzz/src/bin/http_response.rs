//! Fuzzes `redox_auth_fuzz::http_response`.
#![cfg_attr(fuzzing, no_main)]

redox_auth_fuzz::target!(redox_auth_fuzz::http_response);
