//! What moves or is drawn, made in the jail: the job, and the protocol's word for each way it can end.

use jail::{Done, Job, Undone};
use media::Stills;
use motion::{Drawing, Film};
use store::rows::photos::MarkupRow;

use crate::{
    Error, Fault, Refusal, Services,
    stickers::DrawableSticker,
    uploads::{self, GivenParts},
};

/// Seconds after which a client whose job found no room tries again. Chosen: some jobs of a full queue
/// are done by then, and client libraries wait that long by themselves.
const BUSY_WAIT_S: i64 = 5;

/// What is wanted beside the films.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Seconds into what moves, where its still is.
    pub(super) start_s: Option<f64>,
    /// Nobody brought a still.
    pub(super) stills: bool,
}

/// A film with the letter of its size.
pub(super) type SizedFilm = (&'static str, Film);

/// Stills, if they were wanted, and films.
type Made = (Option<Stills>, Vec<SizedFilm>);

/// What is kept of a sticker that a picture is drawn from: a custom emoji is named without its set.
pub(super) fn markup_row(sticker: &DrawableSticker) -> MarkupRow {
    let colours = sticker.colours.iter();
    MarkupRow {
        document_id: sticker.document_id,
        set_id: (!sticker.as_emoji).then_some(sticker.set_id),
        colours: colours.map(|colour| colour.cast_signed()).collect(),
    }
}

/// What clients download of the clip that `owner_id` uploaded. Like a still it is read in a place of the
/// pool; with its bytes in memory it waits in the queue of the jail alone, which says how many do.
///
/// # Errors
/// Those of [`uploads::read`] and MD5_CHECKSUM_INVALID. VIDEO_FILE_INVALID: whatever is wrong with it.
/// FLOOD_WAIT_X, NOT_IMPLEMENTED: see [`unmade`].
pub(super) async fn clip(
    services: &Services,
    owner_id: i64,
    given: &GivenParts,
    wanted: Wanted,
) -> Result<Made, Error> {
    let refused = |why: &str| {
        let words = format!("clip of user_id={owner_id}: {why}");
        Refusal::VIDEO_FILE_INVALID.because(&words)
    };
    let limits = services.rules.clips;
    let place = services.picture_places.clone().acquire_owned().await;
    let place = place.map_err(Fault::doing("wait for a place to read a clip"))?;
    let source = match uploads::read(services, owner_id, given, limits.bytes_max).await {
        Err(Error::Refused(no)) if no == Refusal::PHOTO_SAVE_FILE_INVALID => {
            let max = limits.bytes_max;
            return Err(refused(&format!("more than {max} bytes")).into());
        }
        outcome => outcome?,
    };
    // Before the turn, so that a broken transfer takes none from anybody.
    let (bytes, md5) = (source.clone(), given.md5.clone());
    // The place goes with the job, so that a caller who walks away does not free one that is in use.
    let compare = move || (uploads::md5_matches(&bytes, &md5), place);
    let compared = tokio::task::spawn_blocking(compare).await;
    let (same, place) = compared.map_err(Fault::doing("compare the MD5 of a clip"))?;
    if !same {
        return Err(Refusal::MD5_CHECKSUM_INVALID.into());
    }
    let job = Job::Clip {
        source,
        start_s: wanted.start_s,
        stills: wanted.stills,
        limits,
    };
    // In the queue at once, or refused.
    drop(place);
    match done(services, owner_id, job, refused).await? {
        Done::Clip(made) => {
            let small = made.small.map(|film| ("p", film));
            let films = std::iter::once(("u", made.big)).chain(small);
            Ok((made.stills, films.collect()))
        }
        _ => Err(unasked()),
    }
}

/// A picture that is drawn: what moves always comes with it, because clients draw nothing by themselves
/// from a sticker that they do not have.
///
/// # Errors
/// IMAGE_PROCESS_FAILED: the sticker cannot be drawn. FLOOD_WAIT_X, NOT_IMPLEMENTED: see [`unmade`].
pub(super) async fn drawn(
    services: &Services,
    owner_id: i64,
    sticker: &DrawableSticker,
    wanted: Wanted,
) -> Result<Made, Error> {
    let length = usize::try_from(sticker.bytes).unwrap_or(usize::MAX);
    let file = services.blobs.read(&sticker.blob, 0, length).await;
    let job = Job::Draw(Drawing {
        sticker: file.map_err(Fault::doing("read a sticker"))?,
        colours: sticker.colours.clone(),
        white: sticker.white,
        start_s: wanted.start_s,
        stills: wanted.stills,
        film: true,
    });
    let refused = |why: &str| {
        let id = sticker.document_id;
        let words = format!("picture of user_id={owner_id} from document_id={id}: {why}");
        Refusal::IMAGE_PROCESS_FAILED.because(&words)
    };
    match done(services, owner_id, job, refused).await? {
        Done::Draw(motion::Drawn {
            stills,
            big: Some(film),
        }) => Ok((stills, vec![("u", film)])),
        _ => Err(unasked()),
    }
}

/// What the jail makes of a job; `refused` is the word for bytes that it does not take.
async fn done(
    services: &Services,
    owner_id: i64,
    job: Job,
    refused: impl Fn(&str) -> Refusal,
) -> Result<Done, Refusal> {
    let done = services.jail.run(owner_id, job).await;
    done.map_err(|why| match why {
        Undone::Refused(_) | Undone::Lost(_) => refused(&why.to_string()),
        Undone::Busy | Undone::Unavailable(_) => unmade(&why),
    })
}

/// The protocol's word for a job that nobody looked at. Chosen: docs/decisions/0173.
fn unmade(why: &Undone) -> Refusal {
    let no = match why {
        Undone::Busy => Refusal::FLOOD_WAIT_X.with(BUSY_WAIT_S),
        _ => Refusal::NOT_IMPLEMENTED,
    };
    no.because(&why.to_string())
}

pub(super) fn unasked() -> Error {
    Error::Fault(Fault::doing("make what moves")(
        "the answer to another question",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_nobody_looked_at_has_its_word_and_its_reason() {
        let busy = unmade(&Undone::Busy);
        assert_eq!((busy.code(), busy.name()), (420, "FLOOD_WAIT_5"));
        let missing = unmade(&Undone::Unavailable("no seccomp".to_owned()));
        assert_eq!(missing, Refusal::NOT_IMPLEMENTED);
        assert!(
            missing
                .reason()
                .is_some_and(|why| why.contains("no seccomp"))
        );
    }

    /// P53, P54: a custom emoji is named without its set.
    #[test]
    fn what_is_kept_of_a_sticker_names_it_as_it_was_named() {
        let sticker = |as_emoji| DrawableSticker {
            document_id: 5,
            set_id: 7,
            as_emoji,
            blob: store::blobs::BlobKey([1; 32]),
            bytes: 9,
            white: false,
            colours: vec![0x00ff_ffff, 1],
        };
        let row = |set_id| MarkupRow {
            document_id: 5,
            set_id,
            colours: vec![0x00ff_ffff, 1],
        };
        assert_eq!(markup_row(&sticker(true)), row(None));
        assert_eq!(markup_row(&sticker(false)), row(Some(7)));
    }
}
