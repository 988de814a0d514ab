//! Which part of a profile's list `photos.getUserPhotos` asks for, in plain values.

use std::ops::Range;

use crate::Refusal;

/// Most photos of one answer. Source: TDLib names it as the server's limit.
pub const PHOTOS_PER_PAGE_MAX: i64 = 100;

/// `offset`, `max_id` and `limit` of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Photos to leave out; negative: to go back, towards newer ones.
    pub offset: i32,
    /// Only photos with lower ids, before `offset` is applied; 0: from the newest.
    pub max_id: i64,
    /// Most photos; what is not positive means the most there can be.
    pub limit: i32,
}

impl Page {
    /// # Errors
    /// MAX_ID_INVALID: no photo has such an id.
    pub(super) fn checked(self) -> Result<Self, Refusal> {
        if self.max_id < 0 {
            Err(Refusal::MAX_ID_INVALID)
        } else {
            Ok(self)
        }
    }

    /// The photo of which only a fresh file reference is wanted: how every client refreshes a photo
    /// of a user, also one that is in no list.
    ///
    /// Source: official page on file references; TDLib, Desktop and mtcute send exactly this.
    pub(super) fn refreshes(self) -> Option<i64> {
        let refresh = self.offset == -1 && self.limit == 1 && self.max_id > 0;
        refresh.then_some(self.max_id)
    }

    /// The places that are asked for in a list of `count` photos, counted from the newest; `above`: how
    /// many of them have an id of at least `max_id`.
    pub(super) fn places(self, count: i64, above: i64) -> Range<i64> {
        let start = if self.max_id == 0 { 0 } else { above };
        let first = start.saturating_add(i64::from(self.offset)).clamp(0, count);
        let limit = match i64::from(self.limit) {
            ..=0 => PHOTOS_PER_PAGE_MAX,
            limit => limit.min(PHOTOS_PER_PAGE_MAX),
        };
        first..first.saturating_add(limit).min(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIVE: [i64; 5] = [50, 40, 30, 20, 10];

    fn places(page: Page, ids: &[i64]) -> Range<usize> {
        let above = ids.iter().filter(|id| **id >= page.max_id).count();
        let places = page.places(ids.len() as i64, above as i64);
        usize::try_from(places.start).unwrap()..usize::try_from(places.end).unwrap()
    }

    fn page(offset: i32, max_id: i64, limit: i32) -> &'static [i64] {
        &FIVE[places(
            Page {
                offset,
                max_id,
                limit,
            },
            &FIVE,
        )]
    }

    /// P93 to P96.
    #[test]
    fn pages_by_offset_and_by_max_id() {
        assert_eq!(page(2, 0, 2), [30, 20]);
        assert_eq!(page(0, 0, 100), FIVE);
        assert!(page(5, 0, 100).is_empty());
        assert_eq!(page(0, 30, 100), [20, 10]);
        assert_eq!(page(1, 30, 100), [10]);
        assert_eq!(page(0, 10, 100), [0_i64; 0]);
        assert_eq!(page(0, 35, 1), [30]);
    }

    #[test]
    fn a_negative_offset_goes_back_to_the_newest_at_most() {
        assert_eq!(page(-1, 30, 1), [30]);
        assert_eq!(page(-2, 30, 2), [40, 30]);
        assert_eq!(page(-9, 30, 2), [50, 40]);
        assert_eq!(page(i32::MIN, 30, 1), [50]);
        assert_eq!(page(i32::MAX, 30, 1), [0_i64; 0]);
    }

    #[test]
    fn no_limit_is_the_highest_limit() {
        assert_eq!(page(0, 0, 0), FIVE);
        assert_eq!(page(0, 0, -7), FIVE);
        let many: Vec<i64> = (1..=250).rev().collect();
        assert_eq!(
            places(
                Page {
                    offset: 0,
                    max_id: 0,
                    limit: i32::MAX
                },
                &many
            ),
            0..100
        );
    }

    /// P97.
    #[test]
    fn ids_are_not_negative() {
        let page = |max_id| {
            Page {
                offset: 0,
                max_id,
                limit: 1,
            }
            .checked()
            .map(|_| ())
        };
        assert_eq!(page(-1), Err(Refusal::MAX_ID_INVALID));
        assert_eq!(page(0), Ok(()));
    }

    proptest! {
        #[test]
        fn places_are_always_in_the_list(
            offset: i32,
            max_id in 0_i64..,
            limit: i32,
            len in 0_usize..300,
        ) {
            let ids: Vec<i64> = (1..=len as i64).rev().collect();
            let places = places(Page { offset, max_id, limit }, &ids);
            prop_assert!(places.start <= places.end && places.end <= ids.len());
            prop_assert!(places.len() as i64 <= PHOTOS_PER_PAGE_MAX);
        }

        #[test]
        fn the_refresh_finds_a_photo_of_the_list(len in 1_usize..300, at in 0_usize..300) {
            let ids: Vec<i64> = (1..=len as i64).rev().map(|id| id * 7).collect();
            let at = at % len;
            let page = Page { offset: -1, max_id: ids[at], limit: 1 };
            prop_assert_eq!(places(page, &ids), at..at + 1);
        }
    }
}
