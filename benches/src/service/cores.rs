use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The cores that this process may run on.
pub(super) struct Cores(CpuSet);

impl Cores {
    pub(super) fn find() -> Self {
        Self(sched_getaffinity(None).expect("Linux"))
    }

    /// This thread runs on the core of this number from now on, if there are so many.
    pub(super) fn go_to(&self, number: usize) {
        let ours = (0..CpuSet::MAX_CPU).filter(|core| self.0.is_set(*core));
        if let Some(core) = ours.clone().nth(number) {
            let mut only = CpuSet::new();
            only.set(core);
            sched_setaffinity(None, &only).expect("one of our cores");
        }
    }

    /// This thread runs on any of them.
    pub(super) fn go_to_any(&self) {
        sched_setaffinity(None, &self.0).expect("our cores");
    }
}
