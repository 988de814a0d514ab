//! The arithmetic of pages: which messages of a list, newest first, a client asks for.
//!
//! Source: official page on pagination. The page begins `add_offset` places behind the first message
//! that is older than the offset, and is `limit` long; places before the newest message or behind the
//! oldest one are empty, so a page may be shorter than `limit` at either end.

/// Messages of one page. Source: `limit` of the official server.
const PAGE_MESSAGES_MAX: i64 = 100;

/// What a client says about the page it wants. Zero means "not said".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The page begins with messages older than this one.
    pub offset_id: i64,
    /// The page begins with messages sent before then, Unix seconds; read only without `offset_id`.
    pub offset_date: i64,
    /// Places to skip towards older messages; negative: towards newer ones.
    pub add_offset: i64,
    /// Length of the page.
    pub limit: i64,
    /// Only messages older than this one are in the list at all.
    pub max_id: i64,
    /// Only messages newer than this one are in the list at all.
    pub min_id: i64,
}

/// A run of messages: skip so many, take so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) skip: i64,
    pub(super) take: i64,
}

/// The two runs of a page, each counted away from its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Runs {
    /// Messages at or above the offset, nearest first.
    pub(super) newer: Run,
    /// Messages below the offset, nearest first.
    pub(super) older: Run,
}

impl Page {
    /// Messages above this id are in the list.
    pub(super) fn above(&self) -> i64 {
        self.min_id.max(0)
    }

    /// Messages below this id are in the list.
    pub(super) fn below(&self) -> i64 {
        if self.max_id > 0 {
            self.max_id
        } else {
            i64::MAX
        }
    }

    /// Length of the page within its bound.
    pub(super) fn length(&self) -> i64 {
        self.limit.clamp(0, PAGE_MESSAGES_MAX)
    }

    pub(super) fn runs(&self) -> Runs {
        let length = self.length();
        let back = (-self.add_offset).max(0);
        // The page's places, counted towards newer messages from the offset, are back-1, back-2, …
        let newer = Run {
            skip: (back - length).max(0),
            take: back.min(length),
        };
        let older = Run {
            skip: self.add_offset.max(0),
            take: length - newer.take,
        };
        Runs { newer, older }
    }

    /// The page of a list that stands in memory: ids, newest first, `boundary` as in the offset.
    pub(super) fn of(&self, ids: &[i64], boundary: i64) -> Vec<i64> {
        let listed: Vec<i64> = ids
            .iter()
            .copied()
            .filter(|id| self.above() < *id && *id < self.below())
            .collect();
        let start = listed.iter().take_while(|id| **id >= boundary).count();
        let Runs { newer, older } = self.runs();
        let (newer_ids, older_ids) = listed.split_at(start);
        let run = |run: Run, ids: &mut dyn Iterator<Item = &i64>| -> Vec<i64> {
            ids.skip(run.skip as usize)
                .take(run.take as usize)
                .copied()
                .collect()
        };
        let mut page = run(newer, &mut newer_ids.iter().rev());
        page.reverse();
        page.extend(run(older, &mut older_ids.iter()));
        page
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(offset_id: i64, add_offset: i64, limit: i64) -> Page {
        Page {
            offset_id,
            add_offset,
            limit,
            ..Page::default()
        }
    }

    /// Ten messages, 10 the newest.
    fn of(page: Page) -> Vec<i64> {
        let ids: Vec<i64> = (1..=10).rev().collect();
        let boundary = if page.offset_id > 0 {
            page.offset_id
        } else {
            i64::MAX
        };
        page.of(&ids, boundary)
    }

    #[test]
    fn pages_as_clients_ask_for_them() {
        assert_eq!(of(page(0, 0, 3)), [10, 9, 8]);
        assert_eq!(of(page(8, 0, 3)), [7, 6, 5]);
        assert_eq!(of(page(8, 1, 2)), [6, 5]);
        // Around a message: as many newer as older ones.
        assert_eq!(of(page(6, -2, 4)), [7, 6, 5, 4]);
        // Towards newer messages, as a reversed iteration does.
        assert_eq!(of(page(1, -4, 4)), [4, 3, 2, 1]);
        assert_eq!(of(page(9, -4, 4)), [10, 9]);
        assert_eq!(of(page(9, -4, 2)), []);
        assert_eq!(of(page(1, -4, 2)), [4, 3]);
        // Places before the newest message are empty.
        assert_eq!(of(page(0, -2, 4)), [10, 9]);
        assert_eq!(of(page(0, 20, 4)), []);
        assert_eq!(of(page(0, 0, 0)), []);
    }

    #[test]
    fn limits_on_ids_shorten_the_list_itself() {
        let between = Page {
            min_id: 3,
            max_id: 8,
            limit: 10,
            ..Page::default()
        };
        assert_eq!(of(between), [7, 6, 5, 4]);
        assert_eq!(
            of(Page {
                add_offset: 1,
                ..between
            }),
            [6, 5, 4]
        );
    }

    proptest! {
        #[test]
        fn a_page_is_a_window_of_places(
            ids in prop::collection::btree_set(1_i64..60, 0..40),
            offset_id in 0_i64..70,
            add_offset in -50_i64..50,
            limit in 0_i64..50,
        ) {
            let ids: Vec<i64> = ids.into_iter().rev().collect();
            let boundary = if offset_id > 0 { offset_id } else { i64::MAX };
            let start = ids.iter().filter(|id| **id >= boundary).count() as i64;
            let window = start + add_offset..start + add_offset + limit;
            let expected: Vec<i64> = ids
                .iter()
                .zip(0_i64..)
                .filter(|(_, place)| window.contains(place))
                .map(|(id, _)| *id)
                .collect();
            prop_assert_eq!(page(offset_id, add_offset, limit).of(&ids, boundary), expected);
        }
    }
}
