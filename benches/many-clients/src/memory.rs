use std::{fs, io};

/// The memory that a piece of work added to the process, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Growth {
    /// What this thread has allocated in Rust and not freed.
    pub(crate) allocated: u64,
    /// The pages of the process, whatever asked for them: C code and the allocator itself, too.
    pub(crate) resident: u64,
}

/// Does `work` and returns what came out, and by how much the process has grown meanwhile.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn growth<T>(work: impl FnOnce() -> T) -> io::Result<(T, Growth)> {
    let before = resident()?;
    let mut out = None;
    let found = allocation_counter::measure(|| out = Some(work()));
    let growth = Growth {
        allocated: u64::try_from(found.bytes_current).unwrap_or(0),
        resident: resident()?.saturating_sub(before),
    };
    Ok((out.expect("the work was done"), growth))
}

/// The memory of this process that is in RAM, in bytes. `smaps_rollup` counts pages where `status` estimates them.
///
/// # Errors
/// When the system does not tell.
pub fn resident() -> io::Result<u64> {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
    let found = rollup.lines().find_map(|line| {
        let kibibytes = line.strip_prefix("Rss:")?.trim().strip_suffix(" kB")?;
        kibibytes.parse::<u64>().ok()?.checked_mul(1024)
    });
    found.ok_or_else(|| io::Error::other("/proc/self/smaps_rollup has no line `Rss`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_counts_and_what_is_freed_does_not() {
        let (kept, growth) = growth(|| {
            drop(vec![1_u8; 4_000_000]);
            vec![1_u8; 8_000_000]
        })
        .unwrap();
        assert_eq!(growth.allocated, 8_000_000);
        // Other threads of this process may have given pages back meanwhile.
        assert!(growth.resident >= 7_000_000, "{growth:?}");
        drop(kept);
    }
}
