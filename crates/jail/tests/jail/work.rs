//! Honest work: what the decoders make inside the walls is what they make outside, and comes through.

use bytes::Bytes;
use jail::{Done, Job, Undone};
use motion::{ClipLimits, Drawing, StickerKind};

use crate::jail;

const HEART: &[u8] = include_bytes!("../../../../assets/emoji/heart.tgs");

fn drawing() -> Drawing {
    Drawing {
        sticker: Bytes::from_static(HEART),
        colours: vec![0x0030_70f0, 0x00f0_3070],
        white: false,
        start_s: Some(0.5),
        stills: true,
        film: true,
    }
}

/// A sticker is read, drawn and filmed, and the film is taken as a clip: every decoder works within the walls.
#[tokio::test]
async fn every_kind_of_job_is_done_within_the_walls() {
    let jail = jail(|settings| {
        settings.job_cpu_s = 60;
        settings.memory_mib = jail::JailSettings::default().memory_mib;
    });
    let sticker = jail.run(1, Job::Sticker(Bytes::from_static(HEART))).await;
    let Ok(Done::Sticker(sticker)) = sticker else {
        panic!("{sticker:?}");
    };
    assert_eq!(sticker.kind, StickerKind::Tgs);
    assert_eq!(Ok(sticker), motion::sticker(HEART));
    let drawn = jail.run(1, Job::Draw(drawing())).await;
    let Ok(Done::Draw(drawn)) = drawn else {
        panic!("{drawn:?}");
    };
    let film = drawn.big.unwrap();
    let clip = Job::Clip {
        source: film.mp4,
        limits: ClipLimits::default(),
        start_s: Some(1.0),
        stills: true,
    };
    let moving = jail.run(1, clip).await;
    let Ok(Done::Clip(moving)) = moving else {
        panic!("{moving:?}");
    };
    assert_eq!(moving.big.side_px, film.side_px);
    assert_eq!(jail.counts().children_started, 1);
    jail.stop().await;
}

/// What is no clip and no sticker is refused with a reason, in a child and on a thread, and costs no child.
#[tokio::test]
async fn what_is_nothing_is_refused_and_costs_no_child() {
    let jail = jail(|settings| settings.self_test = false);
    let bare = jail::Jail::in_process();
    for bytes in [
        b"".as_slice(),
        b"nothing",
        b"\x1f\x8b\x08\0\0",
        b"\x1a\x45\xdf\xa3",
    ] {
        let source = Bytes::from_static(bytes);
        let clip = Job::Clip {
            source: source.clone(),
            limits: ClipLimits::default(),
            start_s: None,
            stills: true,
        };
        for job in [clip, Job::Sticker(source)] {
            let refused = jail.run(1, job.clone()).await;
            assert!(matches!(refused, Err(Undone::Refused(_))), "{refused:?}");
            assert_eq!(bare.run(1, job).await, refused);
        }
    }
    let counts = jail.counts();
    assert_eq!(
        (counts.refused, counts.lost, counts.children_started),
        (8, 0, 1)
    );
    jail.stop().await;
}

/// What no message can carry is refused, and no child is started or ended for it.
#[tokio::test]
async fn what_is_too_long_is_refused_without_a_child() {
    let jail = jail(|_| {});
    let long = || Job::Sticker(Bytes::from(vec![0; 40 << 20]));
    let refused = jail.run(1, long()).await;
    assert!(matches!(refused, Err(Undone::Refused(_))), "{refused:?}");
    assert_eq!(jail.counts().children_started, 0);
    crate::works(&jail).await;
    let refused = jail.run(2, long()).await;
    assert!(matches!(refused, Err(Undone::Refused(_))), "{refused:?}");
    crate::works(&jail).await;
    let counts = jail.counts();
    assert_eq!((counts.children_started, counts.refused), (1, 2));
    jail.stop().await;
}
