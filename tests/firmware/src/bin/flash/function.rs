/// The address of a function. The linker keeps what it points to with all that this calls, and the optimizer knows
/// nothing of its arguments.
#[expect(dead_code, reason = "nobody follows the address")]
pub(crate) struct Function(pub(crate) *const ());

// SAFETY: nobody follows the address.
unsafe impl Sync for Function {}

macro_rules! functions {
    ($($function:expr),* $(,)?) => {
        [$(crate::function::Function($function as *const ())),*]
    };
}

pub(crate) use functions;
