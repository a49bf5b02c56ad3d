use core::fmt::Display;

use redox_auth_core::{Phrase, Refusal, Words};

use crate::function::{Function, functions};

/// What a server wrote about its refusal, picked out of the body.
#[used]
pub(crate) static WORDS: [Function; 7] = functions![
    Refusal::words,
    Words::error,
    Words::description,
    Words::uri,
    Words::is_empty,
    <Phrase<'_, '_> as Display>::fmt,
    <Words<'_, '_> as Display>::fmt,
];
