use std::{env, fs, io};

/// Runs a target on each file that is named on the command line: a crash again, without libFuzzer.
///
/// # Errors
/// When a file cannot be read.
pub fn run_files(target: impl Fn(&[u8])) -> io::Result<()> {
    for file in env::args_os().skip(1) {
        target(&fs::read(&file)?);
        println!("passed: {}", file.display());
    }
    Ok(())
}
