//! Changes that another one may come before: tried again from their beginning, so many times and no more.

/// Times a change is tried again because another one of the same rows came first.
/// Chosen: two writers of one box, or of one key, meet once or twice; more means that something is wrong.
pub(crate) const CONFLICT_RETRIES_MAX: u32 = 8;

/// Evaluates a future again, from its beginning, while it ends in a conflict: the store's, or whatever
/// matches the pattern in the middle. After so many more times the conflict is the outcome.
macro_rules! until_first {
    ($retries_max:expr, $change:expr) => {
        until_first!($retries_max, Err(store::StoreError::Conflict), $change)
    };
    ($retries_max:expr, $conflict:pat $(if $guard:expr)?, $change:expr) => {{
        let mut retries: u32 = 0;
        loop {
            let outcome = $change.await;
            if retries == $retries_max || !matches!(&outcome, $conflict $(if $guard)?) {
                break outcome;
            }
            retries += 1;
        }
    }};
}

pub(crate) use until_first;

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use store::StoreError;

    #[tokio::test]
    async fn a_conflict_is_tried_again_and_is_the_outcome_in_the_end() {
        for (conflicts, outcome, tried) in [
            (0, Ok(7), 1),
            (3, Ok(7), 4),
            (4, Err(StoreError::Conflict), 4),
        ] {
            let tries = Cell::new(0);
            let change = async || {
                tries.set(tries.get() + 1);
                if tries.get() > conflicts {
                    return Ok(7);
                }
                Err(StoreError::Conflict)
            };
            assert_eq!(until_first!(3, change()), outcome);
            assert_eq!(tries.get(), tried);
        }
    }

    #[tokio::test]
    async fn what_a_conflict_is_may_be_told() {
        let tries = Cell::new(0);
        let change = async || {
            tries.set(tries.get() + 1);
            tries.get()
        };
        assert_eq!(until_first!(3, low if *low < 3, change()), 3);
        assert_eq!(until_first!(3, 4.., change()), 7);
    }

    #[tokio::test]
    async fn what_is_no_conflict_is_tried_once() {
        let tries = Cell::new(0);
        let change = async || {
            tries.set(tries.get() + 1);
            Err::<(), _>(StoreError::Unavailable("it is away".to_owned()))
        };
        let outcome = until_first!(3, change());
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))));
        assert_eq!(tries.get(), 1);
    }
}
