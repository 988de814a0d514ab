//! `photos.getUserPhotos`: the list on a profile, page by page, and fresh references.

use store::{
    Tx,
    rows::{
        photos::{self as rows, PhotoRow},
        users::UserRow,
    },
};

use super::{
    page::Page,
    visible::{profile_hidden, shown_of},
};
use crate::{
    Error, Services,
    peers::{self, Named, UserView},
};

/// A page of somebody's photos.
#[derive(Clone, Debug)]
pub struct UserPhotos {
    /// Newest first.
    pub photos: Vec<PhotoRow>,
    /// How many the whole list has.
    pub count: i64,
    /// The page is the whole list.
    pub whole: bool,
    /// Whose they are, as the viewer sees them.
    pub users: Vec<UserView>,
}

/// A page of the profile list of `named` as `viewer` may see it; personal and fallback photos are not in
/// it, except where a page asks for nothing but a fresh reference of one.
///
/// # Errors
/// USER_ID_INVALID: nobody. MAX_ID_INVALID: a negative id.
pub async fn user_photos(
    services: &Services,
    viewer: i64,
    named: Named,
    page: Page,
) -> Result<UserPhotos, Error> {
    let mut tx = services.store.read().await?;
    let owner = peers::resolve(services, &mut tx, viewer, named).await?;
    let page = page.checked()?;
    let listed = listed(&mut tx, viewer, &owner, page).await?;
    let listed = match page.refreshes() {
        Some(photo_id)
            if listed
                .photos
                .first()
                .is_none_or(|photo| photo.photo_id != photo_id) =>
        {
            // The page may hold a neighbour of the one that is asked for: never that one.
            let photo = shown_of(services, &mut tx, viewer, &owner, photo_id).await?;
            let photos: Vec<PhotoRow> = photo.into_iter().collect();
            let count = listed.count.max(i64::from(!photos.is_empty()));
            Listed {
                photos,
                count,
                whole: false,
            }
        }
        _ => listed,
    };
    let users = peers::view(services, &mut tx, viewer, &[owner.user_id]).await?;
    let Listed {
        photos,
        count,
        whole,
    } = listed;
    Ok(UserPhotos {
        photos,
        count,
        whole,
        users,
    })
}

struct Listed {
    photos: Vec<PhotoRow>,
    count: i64,
    whole: bool,
}

async fn listed(tx: &mut Tx, viewer: i64, owner: &UserRow, page: Page) -> Result<Listed, Error> {
    if profile_hidden(tx, viewer, owner).await? {
        return Ok(Listed {
            photos: Vec::new(),
            count: 0,
            whole: true,
        });
    }
    let owner_id = owner.user_id;
    let count = rows::profile_count(tx, owner_id).await?;
    let above = match page.max_id {
        0 => 0,
        max_id => rows::profile_count_from(tx, owner_id, max_id).await?,
    };
    let places = page.places(count, above);
    let ids = rows::profile_page(tx, owner_id, places.start, places.end - places.start).await?;
    let mut photos = rows::by_ids(tx, &ids).await?;
    photos.sort_unstable_by_key(|photo| std::cmp::Reverse(photo.photo_id));
    Ok(Listed {
        photos,
        count,
        whole: places == (0..count),
    })
}
