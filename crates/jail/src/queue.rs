//! Who is next: one account after the other, each with its jobs in their order.

use std::collections::{HashMap, VecDeque};

/// A bounded queue that is fair between accounts.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    /// The accounts that wait, each once, the next first.
    turns: VecDeque<i64>,
    /// What each of them waits for; never an empty one.
    waiting: HashMap<i64, VecDeque<(u64, T)>>,
    length: usize,
    length_max: usize,
    per_account_max: usize,
}

impl<T> Queue<T> {
    pub(crate) fn new(length_max: usize, per_account_max: usize) -> Queue<T> {
        Queue {
            turns: VecDeque::new(),
            waiting: HashMap::new(),
            length: 0,
            length_max,
            per_account_max,
        }
    }

    /// Adds to the end of the account's own line, under a number that nothing else has.
    ///
    /// # Errors
    /// The item, if the queue or the account's part of it is full.
    pub(crate) fn push(&mut self, account_id: i64, number: u64, item: T) -> Result<(), T> {
        let own = self.waiting.get(&account_id).map_or(0, VecDeque::len);
        if self.length >= self.length_max || own >= self.per_account_max {
            return Err(item);
        }
        if own == 0 {
            self.turns.push_back(account_id);
        }
        let line = self.waiting.entry(account_id).or_default();
        line.push_back((number, item));
        self.length += 1;
        Ok(())
    }

    /// The next item. Its account goes to the end of the turns.
    pub(crate) fn pop(&mut self) -> Option<(i64, T)> {
        let account_id = self.turns.pop_front()?;
        let line = self.waiting.get_mut(&account_id)?;
        let (_, item) = line.pop_front()?;
        self.length -= 1;
        if line.is_empty() {
            self.waiting.remove(&account_id);
        } else {
            self.turns.push_back(account_id);
        }
        Some((account_id, item))
    }

    /// Takes an item out that nobody waits for any more; `None`: it is not here.
    pub(crate) fn remove(&mut self, account_id: i64, number: u64) -> Option<T> {
        let line = self.waiting.get_mut(&account_id)?;
        let at = line.iter().position(|(held, _)| *held == number)?;
        let (_, item) = line.remove(at)?;
        self.length -= 1;
        if line.is_empty() {
            self.waiting.remove(&account_id);
            self.turns.retain(|turn| *turn != account_id);
        }
        Some(item)
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drain(queue: &mut Queue<u64>) -> Vec<u64> {
        std::iter::from_fn(|| queue.pop().map(|(_, item)| item)).collect()
    }

    #[test]
    fn one_job_of_another_account_waits_for_one_job_at_most() {
        let mut queue = Queue::new(200, 100);
        for number in 0..100 {
            queue.push(1, number, number).unwrap();
        }
        assert_eq!(queue.pop(), Some((1, 0)));
        queue.push(2, 100, 100).unwrap();
        assert_eq!(queue.pop(), Some((1, 1)));
        assert_eq!(queue.pop(), Some((2, 100)));
        assert_eq!(drain(&mut queue), (2..100).collect::<Vec<_>>());
    }

    #[test]
    fn accounts_take_turns_and_keep_their_own_order() {
        let mut queue = Queue::new(9, 9);
        for (account_id, number) in [(1, 10), (1, 11), (1, 12), (2, 20), (3, 30), (3, 31)] {
            queue.push(account_id, number, number).unwrap();
        }
        assert_eq!(drain(&mut queue), [10, 20, 30, 11, 31, 12]);
    }

    #[test]
    fn both_bounds_hold() {
        let mut queue = Queue::new(3, 2);
        assert_eq!(queue.push(1, 0, 'a'), Ok(()));
        assert_eq!(queue.push(1, 1, 'b'), Ok(()));
        assert_eq!(
            queue.push(1, 2, 'c'),
            Err('c'),
            "the account's part is full"
        );
        assert_eq!(queue.push(2, 3, 'd'), Ok(()));
        assert_eq!(queue.push(3, 4, 'e'), Err('e'), "the queue is full");
        assert_eq!(queue.remove(1, 0), Some('a'));
        assert_eq!(queue.push(3, 5, 'f'), Ok(()));
        assert_eq!(queue.len(), 3);
    }

    #[test]
    fn what_was_given_up_is_gone_and_leaves_no_turn() {
        let mut queue = Queue::new(9, 9);
        queue.push(1, 0, 0).unwrap();
        queue.push(2, 1, 1).unwrap();
        assert_eq!(queue.remove(1, 0), Some(0));
        assert_eq!(queue.remove(1, 0), None);
        assert_eq!(queue.pop(), Some((2, 1)));
        assert_eq!(queue.pop(), None);
        assert_eq!(queue.len(), 0);
    }

    proptest! {
        #[test]
        fn whatever_happens_every_item_leaves_once(
            steps in proptest::collection::vec((0_u8..3, 0_i64..4, 0_u64..40), 0..200),
        ) {
            let mut queue = Queue::new(12, 5);
            let (mut inside, mut number) = (Vec::new(), 0);
            for (step, account_id, which) in steps {
                match step {
                    0 => {
                        number += 1;
                        if queue.push(account_id, number, number).is_ok() {
                            inside.push((account_id, number));
                        }
                    }
                    1 => {
                        let popped = queue.pop();
                        prop_assert_eq!(popped.is_some(), !inside.is_empty());
                        if let Some(popped) = popped {
                            prop_assert!(inside.contains(&popped));
                            inside.retain(|held| *held != popped);
                        }
                    }
                    _ => {
                        let held = inside.contains(&(account_id, which));
                        prop_assert_eq!(queue.remove(account_id, which).is_some(), held);
                        inside.retain(|other| *other != (account_id, which));
                    }
                }
                prop_assert_eq!(queue.len(), inside.len());
                prop_assert!(queue.len() <= 12);
            }
            prop_assert_eq!(drain(&mut queue).len(), inside.len());
        }
    }
}
