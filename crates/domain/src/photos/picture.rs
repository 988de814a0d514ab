//! From an upload to a picture whose files are durable, and from there to rows.

use bytes::Bytes;
use media::{Stills, Unreadable};
use store::{
    Tx,
    rows::photos::{self as rows, MarkupRow, PhotoFileRow, PhotoRow},
};

use super::{
    given::Sources,
    moving::{self, SizedFilm, Wanted},
};
use crate::{
    Error, Fault, Refusal, Services, stickers,
    uploads::{self, GivenParts},
};

/// A picture without a name: its files are kept, no row speaks of it yet.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    stripped_photo: Vec<u8>,
    stripped_user: Vec<u8>,
    files: Vec<PhotoFileRow>,
    video_start_ts: Option<f64>,
    markup: Option<MarkupRow>,
}

/// Makes every size of the picture that `owner_id` gave.
///
/// A still is decoded in the pool for picture work: its bytes are in memory once and only while it has
/// its place there; whoever waits for a place holds none. What moves or is drawn is made in the jail.
///
/// # Errors
/// Those of [`uploads::read`] and MD5_CHECKSUM_INVALID. PHOTO_SAVE_FILE_INVALID: too many bytes.
/// PHOTO_CROP_SIZE_SMALL, IMAGE_PROCESS_FAILED: the still, or a sticker that cannot be drawn.
/// VIDEO_FILE_INVALID: a clip that is not taken. Those of [`stickers::for_markup`]. FLOOD_WAIT_X: too much waits. NOT_IMPLEMENTED: this machine has no jail.
pub(crate) async fn make(
    services: &Services,
    owner_id: i64,
    given: Sources<'_>,
) -> Result<Picture, Error> {
    let sticker = match given.markup {
        Some(markup) => Some(stickers::for_markup(services, owner_id, markup).await?),
        None => None,
    };
    let still = match given.still {
        Some(parts) => Some(still(services, owner_id, parts).await?),
        None => None,
    };
    let wanted = Wanted {
        start_s: given.start_s,
        stills: still.is_none(),
    };
    let (own, films) = match (given.clip, &sticker) {
        (Some(parts), _) => moving::clip(services, owner_id, parts, wanted).await?,
        (None, Some(sticker)) => moving::drawn(services, owner_id, sticker, wanted).await?,
        (None, None) => (None, Vec::new()),
    };
    // One of them was asked for.
    let stills = still.or(own).ok_or_else(moving::unasked)?;
    let mut picture = keep(services, stills, films).await?;
    picture.video_start_ts = given.start_s;
    picture.markup = sticker.as_ref().map(moving::markup_row);
    Ok(picture)
}

/// The sizes of a still, cut in the pool for picture work.
async fn still(services: &Services, owner_id: i64, given: &GivenParts) -> Result<Stills, Error> {
    let place = services.picture_places.clone().acquire_owned().await;
    let place = place.map_err(Fault::doing("wait for a place to decode a picture"))?;
    let limits = services.rules.stills.clone();
    let bytes = uploads::read(services, owner_id, given, limits.bytes_max).await?;
    let md5 = given.md5.clone();
    let job = move || {
        // Goes with the job, so that a caller who walks away does not free a place that is in use.
        let _place = place;
        if uploads::md5_matches(&bytes, &md5) {
            media::stills(&bytes, &limits).map_err(|why| word(&why))
        } else {
            Err(Refusal::MD5_CHECKSUM_INVALID)
        }
    };
    let done = tokio::task::spawn_blocking(job).await;
    Ok(done.map_err(Fault::doing("decode a picture"))??)
}

/// The protocol's word for a picture that is not taken.
fn word(why: &Unreadable) -> Refusal {
    match why {
        Unreadable::Bytes { .. } => Refusal::PHOTO_SAVE_FILE_INVALID,
        Unreadable::Small { .. } => Refusal::PHOTO_CROP_SIZE_SMALL,
        _ => Refusal::IMAGE_PROCESS_FAILED,
    }
}

/// Makes the files durable.
async fn keep(
    services: &Services,
    stills: Stills,
    films: Vec<SizedFilm>,
) -> Result<Picture, Error> {
    let stills_files = stills.sizes.into_iter().map(|still| {
        let letter = still.letter.to_string();
        (letter, still.side_px, Bytes::from(still.jpeg))
    });
    let films = films.into_iter().map(|(letter, film)| {
        let letter = letter.to_owned();
        (letter, film.side_px, film.mp4)
    });
    let mut files = Vec::new();
    for (letter, side_px, bytes) in stills_files.chain(films) {
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let blob = services.blobs.put(bytes).await;
        files.push(PhotoFileRow {
            letter,
            width: i64::from(side_px),
            height: i64::from(side_px),
            bytes: length,
            blob: blob.map_err(Fault::doing("keep a size of a picture"))?,
        });
    }
    // As rows are read.
    files.sort_unstable_by(|one: &PhotoFileRow, other| one.letter.cmp(&other.letter));
    Ok(Picture {
        stripped_photo: stills.stripped_photo,
        stripped_user: stills.stripped_user,
        files,
        video_start_ts: None,
        markup: None,
    })
}

impl Picture {
    /// The picture of `photo`, to be named anew. Its files become young again, as if they had been put
    /// now: another transaction may take the old name away before this one commits, and a sweep must
    /// not find them without one.
    ///
    /// # Errors
    /// Conflict: a sweep was faster.
    pub(crate) async fn again(services: &Services, photo: &PhotoRow) -> Result<Self, Error> {
        for file in &photo.files {
            let there = services.blobs.touch(&file.blob).await;
            if !there.map_err(Fault::doing("touch the files of a picture"))? {
                return Err(Error::Conflict);
            }
        }
        Ok(Self {
            stripped_photo: photo.stripped_photo.clone(),
            stripped_user: photo.stripped_user.clone(),
            files: photo.files.clone(),
            video_start_ts: photo.video_start_ts,
            markup: photo.markup.clone(),
        })
    }

    /// Gives the picture its id. The id is taken inside the transaction that names it, so that of two
    /// writers of one profile the later one has the higher id; on several nodes, whose clocks differ, the
    /// list of the profile says above what.
    pub(crate) async fn insert(
        self,
        services: &Services,
        tx: &mut Tx,
        owner_id: i64,
    ) -> Result<PhotoRow, Error> {
        let main = rows::main_of(tx, &[owner_id]).await?.pop();
        let floor = main.map_or(0, |(_, photo_id)| photo_id);
        let row = PhotoRow {
            photo_id: services.ids.rising_above(floor),
            owner_id,
            created_at: services.clock.unix_seconds(),
            stripped_photo: self.stripped_photo,
            stripped_user: self.stripped_user,
            files: self.files,
            video_start_ts: self.video_start_ts,
            markup: self.markup,
        };
        rows::insert(tx, &row).await?;
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_picture_has_its_word() {
        let word = |why: Unreadable| word(&why).name().to_owned();
        assert_eq!(
            word(Unreadable::Bytes { bytes: 9, max: 8 }),
            "PHOTO_SAVE_FILE_INVALID"
        );
        assert_eq!(
            word(Unreadable::Small { px: 100, min: 160 }),
            "PHOTO_CROP_SIZE_SMALL"
        );
        for why in [
            Unreadable::Kind,
            Unreadable::Pixels { pixels: 9, max: 8 },
            Unreadable::Side { px: 9, max: 8 },
            Unreadable::Truncated,
            Unreadable::Broken("x"),
        ] {
            assert_eq!(word(why), "IMAGE_PROCESS_FAILED");
        }
    }
}
