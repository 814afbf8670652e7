//! How many messages a key has sealed under random nonces.

use crate::error::Error;

#[cfg(target_has_atomic = "64")]
mod counter {
    use core::sync::atomic::{AtomicU64, Ordering};

    #[derive(Debug, Default)]
    pub(in crate::key) struct Usage(AtomicU64);

    impl Usage {
        pub(in crate::key) fn count(&self) -> u64 {
            self.0.load(Ordering::Relaxed)
        }

        /// Adds, unless that would pass the limit: then nothing changes.
        pub(in crate::key) fn add(&self, messages: u64, limit: Option<u64>) -> Result<(), super::Error> {
            let limit = limit.unwrap_or(u64::MAX);
            self.0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
                    count.checked_add(messages).filter(|sum| *sum <= limit)
                })
                .map(|_| ())
                .map_err(|_| super::Error::UsageLimit)
        }
    }
}

/// Targets without 64-bit atomics do not count; only a single batch above the limit is refused.
#[cfg(not(target_has_atomic = "64"))]
mod counter {
    #[derive(Debug, Default)]
    pub(in crate::key) struct Usage(());

    impl Usage {
        pub(in crate::key) fn count(&self) -> u64 {
            0
        }

        pub(in crate::key) fn add(&self, messages: u64, limit: Option<u64>) -> Result<(), super::Error> {
            if limit.is_some_and(|limit| messages > limit) { Err(super::Error::UsageLimit) } else { Ok(()) }
        }
    }
}

pub(super) use counter::Usage;

#[cfg(all(test, target_has_atomic = "64"))]
mod tests {
    use super::{Error, Usage};

    #[test]
    fn the_limit_itself_is_allowed_and_one_more_is_not() {
        let usage = Usage::default();
        usage.add((1 << 32) - 1, Some(1 << 32)).unwrap();
        assert!(matches!(usage.add(2, Some(1 << 32)), Err(Error::UsageLimit)));
        assert_eq!(usage.count(), (1 << 32) - 1, "a refused batch does not count");
        usage.add(1, Some(1 << 32)).unwrap();
        assert!(matches!(usage.add(1, Some(1 << 32)), Err(Error::UsageLimit)));
    }

    #[test]
    fn a_cipher_without_a_limit_still_counts() {
        let usage = Usage::default();
        usage.add(1 << 50, None).unwrap();
        assert_eq!(usage.count(), 1 << 50);
        assert!(matches!(usage.add(u64::MAX, None), Err(Error::UsageLimit)), "and never wraps");
    }
}
