//! The right frame at every start, the right colours, and the same frames in the file that clients get.

use super::made::{Recipe, hashes, judged, number, pixels, psnr_db};
use super::printed;
use crate::clip::{clip, opened};
use crate::{ClipLimits, Unplayable};

/// Loss that nobody sees.
const GOOD_DB: f64 = 35.0;
/// In size `p`, which is encoded twice; a frame before or after has about 20.
const SMALL_DB: f64 = 28.0;
/// In stills, which JPEG makes smaller.
const GOOD_JPEG_DB: f64 = 35.0;

/// Every way to code frames that clients play.
fn codings() -> Vec<Recipe> {
    let x264 = |name, settings: &str| Recipe::new(name, &format!("-x264-params {settings}"));
    vec![
        Recipe::new("baseline", "-profile:v baseline"),
        Recipe::new(
            "main with frames out of order",
            "-profile:v main -bf 3 -refs 4",
        ),
        Recipe::new("high", "-profile:v high -preset slow"),
        Recipe::new(
            "sixteen references",
            "-profile:v high -bf 8 -refs 16 -preset slower",
        ),
        x264(
            "large transforms without arithmetic coding",
            "cabac=0:8x8dct=1",
        ),
        x264("four slices a frame", "slices=4"),
        x264(
            "groups that need the one before",
            "open-gop=1:keyint=12:bframes=3",
        ),
        x264("short groups", "keyint=5:min-keyint=5"),
        x264("every frame on its own", "keyint=1"),
        x264(
            "a pyramid of frames out of order",
            "b-pyramid=strict:bframes=5:ref=6",
        ),
        x264("vectors from times", "direct=temporal:bframes=3"),
        x264("matrices of their own", "cqm=jvt"),
        x264("no smoothing", "no-deblock=1"),
        x264("columns that refresh", "intra-refresh=1:keyint=15"),
        x264("frames that may be fields but are not", "fake-interlaced=1"),
        x264("intra from intra alone", "constrained-intra=1:8x8dct=0"),
        x264(
            "large blocks without intra from intra",
            "slices=3:8x8dct=1:partitions=all",
        ),
        x264("slices that begin anywhere", "slice-max-size=150:8x8dct=0"),
        x264(
            "parameter sets in every group",
            "repeat-headers=1:aud=1:keyint=10",
        ),
        Recipe::new(
            "weighted",
            "-vf fade=in:0:20,fade=out:30:15 -x264-params weightp=2:weightb=1:bframes=4",
        ),
        Recipe::new(
            "cropped on two sides",
            "-vf crop=150:150:4:6,scale=180:180,crop=170:170",
        )
        .sized(200, 200),
    ]
}

/// Every shape of a frame, and every way to put frames in a file.
fn files() -> Vec<Recipe> {
    let x264 = |name, settings: &str| Recipe::new(name, &format!("-x264-params {settings}"));
    let plain = |name| Recipe::new(name, "");
    vec![
        plain("cropped by its parameter sets")
            .sized(240, 176)
            .copied("-bsf:v h264_metadata=crop_left=40:crop_right=24:crop_top=0:crop_bottom=0"),
        Recipe::new("wide pixels", "-vf setsar=4/3").sized(180, 240),
        Recipe::new("narrow pixels", "-vf setsar=1/2").sized(320, 160),
        plain("fragments").copied("-movflags frag_keyframe+empty_moov+default_base_moof"),
        x264("many fragments", "keyint=10")
            .copied("-movflags frag_every_frame+empty_moov+omit_tfhd_offset"),
        plain("fragments behind a first part").copied("-movflags frag_keyframe"),
        plain("fragments with a delayed index").copied("-movflags frag_keyframe+delay_moov"),
        plain("index first").copied("-movflags faststart"),
        plain("shown before decoded").copied("-movflags negative_cts_offsets"),
        plain("no edit list").copied("-use_editlist 0"),
        x264("cut at its beginning", "keyint=15:bframes=3").copied("-ss 0.7 /"),
        plain("late").copied("-itsoffset 0.5 /"),
        Recipe::new("ninety thousand ticks", "-video_track_timescale 90000"),
        plain("film from television").at("30000/1001"),
        Recipe::new("one tick a second", "-video_track_timescale 1 -bf 0").at("1"),
        plain("turned by a quarter").turned([0, 1, -1, 0]),
        plain("turned by three quarters").turned([0, -1, 1, 0]),
        plain("upside down").turned([-1, 0, 0, -1]),
        plain("mirrored").turned([-1, 0, 0, 1]),
        plain("with sound and a title").loud(),
        x264("fragments behind their sound", "keyint=10")
            .loud()
            .copied("-map 0:a -map 0:v -movflags frag_keyframe+empty_moov+omit_tfhd_offset"),
        Recipe::new(
            "fragments behind plain sound",
            "-g 10 -c:a pcm_s16be -f mov",
        )
        .loud()
        .copied("-map 0:a -map 0:v -f mov -movflags frag_keyframe+empty_moov+omit_tfhd_offset"),
        Recipe::new("fragments with plain sound", "-g 10 -c:a pcm_s16be -f mov")
            .loud()
            .copied("-f mov -movflags frag_keyframe+empty_moov+default_base_moof"),
    ]
}

/// Every way to mix colours, and odd times.
fn colours() -> Vec<Recipe> {
    vec![
        Recipe::new(
            "colours of television",
            "-vf scale=out_color_matrix=bt709 -colorspace bt709 -color_primaries bt709 -color_trc bt709",
        ),
        Recipe::new(
            "colours of computers",
            "-vf scale=out_range=pc -color_range pc -pix_fmt yuvj420p",
        ),
        Recipe::new(
            "colours that only the file says",
            "-vf scale=out_color_matrix=bt709 -colorspace bt709 -movflags write_colr",
        )
        .copied("-bsf:v h264_metadata=matrix_coefficients=2"),
        Recipe::new(
            "uneven times",
            "-vf select='not(eq(mod(n\\,4)\\,1))' -fps_mode vfr",
        ),
    ]
}

/// How many frames a recipe with one frame a second has.
fn shortened(mut recipe: Recipe) -> Recipe {
    if recipe.rate == "1" {
        recipe.count = 8;
    }
    recipe
}

#[test]
fn the_still_is_the_frame_on_the_screen_in_every_coding() {
    codings().into_iter().for_each(check);
}

#[test]
fn the_still_is_the_frame_on_the_screen_in_every_kind_of_file() {
    files().into_iter().map(shortened).for_each(check);
}

#[test]
fn the_still_has_the_colours_of_the_clip() {
    colours().into_iter().for_each(check);
}

/// Every property that a clip must have.
fn check(recipe: Recipe) {
    let (name, mp4) = (recipe.name, &recipe.make()[..]);
    let limits = ClipLimits::default();
    let whole = clip(mp4, &limits, None, true).unwrap_or_else(|why| panic!("{name}: {why}"));
    let side = whole.big.side_px as usize;
    let mut frames = judged(mp4, side);
    // Without an edit list the beginning is the first frame.
    if !mp4.windows(4).any(|kind| kind == b"elst") {
        let begin = frames[0].0;
        frames.iter_mut().for_each(|(time, _)| *time -= begin);
    }
    let last = frames[frames.len() - 1].0;
    let between = frames.windows(2).map(|pair| (pair[0].0 + pair[1].0) / 2.0);
    let mut starts = vec![0.0, 0.001, last, last + 100.0];
    starts.extend(frames.iter().map(|(time, _)| *time).step_by(7));
    starts.extend(between.step_by(9));
    for start in starts {
        let shown = frames
            .iter()
            .rposition(|(time, _)| *time <= start + 1e-6)
            .unwrap_or(0);
        let still = opened(mp4, &limits, Some(start)).and_then(|(_, clip)| clip.still());
        let rgb = still.unwrap_or_else(|why| panic!("{name} at {start}: {why}"));
        let db = psnr_db(&rgb, &frames[shown].1);
        let said = (number(&rgb, side), number(&frames[shown].1, side));
        assert_eq!(
            said.0, said.1,
            "{name} at {start}: the wrong frame, {db:.1} dB"
        );
        assert!(db >= GOOD_DB, "{name} at {start}: {db:.1} dB");
    }
    let stills = whole.stills.expect("stills");
    let jpeg = pixels(&stills.sizes[2].jpeg);
    let db = psnr_db(&jpeg, &frames[0].1);
    assert!(db >= GOOD_JPEG_DB, "{name}: the JPEG has {db:.1} dB");
    assert_eq!(hashes(&whole.big.mp4), hashes(mp4), "{name}: other frames");
    let small = whole.small.expect("a small film");
    if side == small.side_px as usize {
        alike(name, &judged(&small.mp4, side), &frames);
    }
    plain(name, &whole.big.mp4, &frames);
}

/// The small film shows at any time what the clip shows.
fn alike(name: &str, small: &[(f64, Vec<u8>)], frames: &[(f64, Vec<u8>)]) {
    assert!(
        small.len() * 3 > frames.len(),
        "{name}: {} small frames",
        small.len()
    );
    for (time, rgb) in small {
        let shown = frames
            .iter()
            .rposition(|(came, _)| *came <= time + 1e-5)
            .unwrap_or(0);
        let db = psnr_db(rgb, &frames[shown].1);
        assert!(
            db >= SMALL_DB,
            "{name}: the small film has {db:.1} dB at {time}"
        );
    }
}

/// The file that clients get: one track, nothing that names anybody, the index first, the same times.
fn plain(name: &str, mp4: &[u8], frames: &[(f64, Vec<u8>)]) {
    let file = super::Temporary::of(mp4);
    let shown = printed(
        "ffprobe",
        &[
            "-v",
            "error",
            "-show_entries",
            "stream=codec_type:format_tags:stream_tags",
            "-of",
            "flat",
            file.path(),
        ],
    );
    let shown = String::from_utf8(shown).expect("text");
    assert!(
        !shown.contains("audio") && !shown.contains("streams.stream.1"),
        "{name}: {shown}"
    );
    for word in [&b"where I live"[..], b"x264", b"Lavf", b"udta"] {
        assert!(
            !mp4.windows(word.len()).any(|part| part == word),
            "{name}: {word:?}"
        );
    }
    let at = |kind: &[u8]| mp4.windows(4).position(|part| part == kind);
    assert!(at(b"moov") < at(b"mdat"), "{name}");
    let begin = |frames: &[(f64, Vec<u8>)]| frames[0].0;
    let side = (frames[0].1.len() / 3).isqrt();
    let again = judged(mp4, side);
    let (first, first_again) = (begin(frames), begin(&again));
    for ((time, _), (time_again, _)) in frames.iter().zip(&again) {
        let moved = (time - first) - (time_again - first_again);
        assert!(moved.abs() < 0.002, "{name}: a frame moved by {moved} s");
    }
}

#[test]
fn what_clients_do_not_play_is_refused_with_its_reason() {
    let x264 = |settings: &str| Recipe::new("refused", &format!("-x264-params {settings}"));
    let refused = |recipe: &Recipe| {
        clip(&recipe.make(), &ClipLimits::default(), None, true).expect_err("refused")
    };
    assert_eq!(
        refused(&x264("interlaced=1")),
        Unplayable::Unsupported("interlaced frames")
    );
    // The decoder draws both wrongly.
    assert_eq!(
        refused(&x264("constrained-intra=1")),
        Unplayable::Unsupported("constrained intra prediction with 8x8 blocks")
    );
    assert_eq!(
        refused(&x264("slice-max-size=150")),
        Unplayable::Unsupported("slices that begin inside a row, with 8x8 blocks")
    );
    let profile = |profile_idc| Unplayable::Profile { profile_idc };
    assert_eq!(refused(&x264("qp=0")), profile(244));
    assert_eq!(
        refused(&Recipe::new("ten bits", "-pix_fmt yuv420p10le")),
        profile(110)
    );
    assert_eq!(
        refused(&Recipe::new("all colours", "-pix_fmt yuv444p")),
        profile(244)
    );
    assert_eq!(
        refused(&Recipe::new("another codec", "-c:v mpeg4")),
        Unplayable::Unsupported("a codec other than H.264")
    );
    let oblong = Unplayable::NotSquare {
        width_px: 200,
        height_px: 160,
    };
    assert_eq!(refused(&Recipe::new("oblong", "").sized(200, 160)), oblong);
    let oblong = Unplayable::NotSquare {
        width_px: 320,
        height_px: 160,
    };
    assert_eq!(
        refused(&Recipe::new("oblong pixels", "-vf setsar=2/1")),
        oblong
    );
    let small = Unplayable::Side {
        px: 144,
        min: 160,
        max: 1_280,
    };
    assert_eq!(refused(&Recipe::new("small", "").sized(144, 144)), small);
    let tilted = Unplayable::Unsupported("frames turned by less than a quarter");
    assert_eq!(
        refused(&Recipe::new("tilted", "").turned([1, 1, 0, 1])),
        tilted
    );
    let mut long = Recipe::new("long", "").at("4");
    assert_eq!(
        refused(&long),
        Unplayable::Duration {
            duration_ms: 11_250,
            max: 10_500
        }
    );
    long.count = 42;
    assert!(
        clip(&long.make(), &ClipLimits::default(), None, false).is_ok(),
        "ten and a half seconds"
    );
}
