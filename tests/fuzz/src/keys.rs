//! The room of the client in which keys are read, without its signing, whose libraries would take long to build.

#[path = "../../../adapters/reqwest/src/keys/choice.rs"]
pub(crate) mod choice;
#[path = "../../../adapters/reqwest/src/keys/kind.rs"]
pub(crate) mod kind;
#[path = "../../../adapters/reqwest/src/keys/note.rs"]
pub(crate) mod note;
#[path = "../../../adapters/reqwest/src/keys/openssh.rs"]
pub(crate) mod openssh;
#[path = "../../../adapters/reqwest/src/keys/rust.rs"]
pub(crate) mod rust;
#[path = "../../../adapters/reqwest/src/keys/text.rs"]
pub(crate) mod text;
#[path = "../../../adapters/reqwest/src/keys/unusable.rs"]
pub(crate) mod unusable;
#[path = "../../../adapters/reqwest/src/keys/wiped_stack.rs"]
pub(crate) mod wiped_stack;
