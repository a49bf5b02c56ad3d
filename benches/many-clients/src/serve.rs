use std::{env, io};

use redox_auth_contender::{Task, Work};

/// Serves what `works` makes for as many clients as the program's argument says.
///
/// # Errors
/// Those of [`redox_auth_contender::serve`], and [`io::ErrorKind::InvalidInput`] without such an argument.
pub fn serve(works: impl FnOnce(&Task, usize) -> Vec<Work>) -> io::Result<()> {
    let count = env::args().nth(1).and_then(|count| count.parse().ok());
    let Some(count) = count.filter(|count| *count > 0) else {
        let what = "the argument must be the number of clients";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    };
    redox_auth_contender::serve(|task| works(task, count))
}
