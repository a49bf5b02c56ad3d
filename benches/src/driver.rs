//! Starts contenders, has them take turns, and writes down what came out.

mod instructions;
mod machine;
mod plan;
mod print;
mod process;
mod run;
mod targets;
mod verify;
mod versions;

pub use plan::Plan;
pub use print::print;
pub use run::measure;
