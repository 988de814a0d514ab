//! Which stills are taken, and what becomes of them.

use testkit::{Account, decode, picture, picture_of, pixel, png};
use tl::types;

use crate::seen::{download, photo, refused, sees, sizes};

const RED: [u8; 3] = [200, 20, 20];

async fn set(
    ada: &Account,
    bob: &Account,
    bytes: &[u8],
    name: &str,
) -> Result<types::Photo, String> {
    let mut request = ada.contact_photo(bob).await;
    request.save = true;
    request.file = Some(ada.upload(bytes, name).await);
    let answer = ada.call(request).await.map_err(|refused| refused.name)?;
    Ok(photo(&answer).clone())
}

fn sides(photo: &types::Photo) -> Vec<i32> {
    sizes(photo).iter().map(|size| size.1).collect()
}

/// P24, P62, P63, I5: letters, sides and lengths.
#[tokio::test]
async fn p62_p63_every_size_is_there_and_nothing_is_enlarged() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let large = set(&ada, &bob, &picture_of(RED, 4000, 1000), "x.jpg")
        .await
        .unwrap();
    assert_eq!(sides(&large), [40, 160, 320, 640]);
    for (letter, width, height, length) in sizes(&large).into_iter().skip(1) {
        assert_eq!(width, height);
        let bytes = download(&ada, &large, &letter).await.unwrap();
        assert_eq!(bytes.len(), usize::try_from(length).unwrap());
        let pixels = decode(&bytes);
        assert_eq!(i32::try_from(pixels.width()).unwrap(), width);
        // The dot is in the centre of the square that was cut.
        assert!(pixel(&pixels, (4, 4))[1] > 200 && pixel(&pixels, (1, 1))[1] < 60);
    }
    let small = set(&ada, &bob, &picture(RED, 200), "x.jpg").await.unwrap();
    assert_eq!(sides(&small), [40, 160, 200, 200]);
    assert!(large.date > 0);
    assert_eq!(large.video_sizes, None);
}

/// P58 to P60, P65: what is no picture, too small, or says that it is something else.
#[tokio::test]
async fn p58_p65_what_is_not_taken_changes_nothing() {
    let server = testkit::start_with(|settings| settings.picture_bytes_max = 200_000).await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let good = picture(RED, 320);
    let mut bomb = png(RED, 320);
    // The header claims 60,000 by 60,000 pixels.
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let cut = &good[..good.len() / 2];
    let long = [&good[..], &[0; 200_000]].concat();
    for (bytes, name, refusal) in [
        (&picture(RED, 100)[..], "x.jpg", "PHOTO_CROP_SIZE_SMALL"),
        (&[7; 5000][..], "x.jpg", "IMAGE_PROCESS_FAILED"),
        (&good[..], "x.pdf", "PHOTO_EXT_INVALID"),
        (&bomb[..], "x.png", "IMAGE_PROCESS_FAILED"),
        (cut, "x.jpg", "IMAGE_PROCESS_FAILED"),
        (&long[..], "x.jpg", "PHOTO_SAVE_FILE_INVALID"),
    ] {
        assert_eq!(set(&ada, &bob, bytes, name).await, Err(refusal.to_owned()));
    }
    assert_eq!(sees(&ada, &bob).await, None);
    assert!(set(&ada, &bob, &good, "picture").await.is_ok());
}

/// P61: PNG.
#[tokio::test]
async fn p61_a_png_becomes_jpeg_sizes() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let photo = set(&ada, &bob, &png(RED, 320), "x.png").await.unwrap();
    let bytes = download(&ada, &photo, "b").await.unwrap();
    assert_eq!(bytes[..2], [0xff, 0xd8]);
    let corner = pixel(&decode(&bytes), (1, 1));
    assert!(corner[0] > 180 && corner[1] < 50, "{corner:?}");
}

/// The same bytes in give the same bytes out, under another id.
#[tokio::test]
async fn the_same_picture_gives_the_same_files() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let bytes = picture(RED, 640);
    let one = set(&ada, &bob, &bytes, "x.jpg").await.unwrap();
    let other = set(&ada, &bob, &bytes, "y.jpg").await.unwrap();
    assert!(other.id > one.id);
    assert_eq!(one.sizes, other.sizes);
    for letter in ["a", "b", "c"] {
        assert_eq!(
            download(&ada, &one, letter).await,
            download(&ada, &other, letter).await
        );
    }
    assert_eq!(
        download(&bob, &one, "a").await,
        Err(refused("LOCATION_INVALID"))
    );
}
