//! Changes that another one may come before: tried again from their beginning, so many times and no more.

/// Evaluates a future again, from its beginning, while it ends in a conflict; after so many more times
/// the conflict is the outcome.
macro_rules! until_first {
    ($retries_max:expr, $change:expr) => {{
        let mut retries: u32 = 0;
        loop {
            match $change.await {
                Err(store::StoreError::Conflict) if retries < $retries_max => retries += 1,
                outcome => break outcome,
            }
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
