//! The time of the processor on this thread, which is the same beside other work.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = now();
    let made = work();
    (made, now().saturating_sub(started))
}

fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Milliseconds that half, 95 and 99 of a hundred do not exceed.
pub(crate) fn percentiles(times: &mut [Duration]) -> String {
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    format!("{:>9.2}{:>9.2}{:>9.2}", at(50), at(95), at(99))
}
