//! Names that no other process has, on this machine or another: folders and channels are shared by
//! nodes whose process ids may all be the same.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::SystemTime;

/// 32 digits, different at every call.
pub(crate) fn fresh() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    // The keys of a hasher come from the system's random source.
    let half = || {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u32(std::process::id());
        hasher.write_u128(since.as_ref().map_or(0, |since| since.as_nanos()));
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike() {
        let tags: std::collections::HashSet<String> = (0..1000).map(|_| fresh()).collect();
        assert_eq!(tags.len(), 1000);
        assert!(tags.iter().all(|tag| tag.len() == 32));
    }
}
