//! Which stills are taken, and what becomes of them.

use testkit::{
    Account, decode, download, picture, picture_of, picture_turned, pixel, png, png_with_alpha,
};
use tl::{enums, types};

use crate::seen::{photo, refused, sees, sizes};

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

/// P61: a PNG, and one that one can see through; what is behind it is white.
#[tokio::test]
async fn p61_a_png_becomes_jpeg_sizes() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    for (bytes, right) in [(png(RED, 320), RED), (png_with_alpha(RED, 320), [255; 3])] {
        let photo = set(&ada, &bob, &bytes, "x.png").await.unwrap();
        for letter in ["a", "b", "c"] {
            let bytes = download(&ada, &photo, letter).await.unwrap();
            assert_eq!(bytes[..2], [0xff, 0xd8]);
            let pixels = decode(&bytes);
            assert!(near(pixel(&pixels, (1, 1)), RED), "{letter}");
            assert!(near(pixel(&pixels, (7, 1)), right), "{letter}");
        }
    }
}

/// P64: a camera that was turned says so, and every size is upright, the stripped bytes too.
#[tokio::test]
async fn p64_a_turned_picture_is_put_upright() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let blue = [20, 20, 200];
    // Where the upper half is to be seen, for what the camera says.
    for (orientation, upper, lower) in [
        (1, (4, 1), (4, 7)),
        (3, (4, 7), (4, 1)),
        (6, (7, 4), (1, 4)),
        (8, (1, 4), (7, 4)),
    ] {
        let bytes = picture_turned(RED, blue, 320, orientation);
        let photo = set(&ada, &bob, &bytes, "x.jpg").await.unwrap();
        for letter in ["a", "b", "c"] {
            let pixels = decode(&download(&ada, &photo, letter).await.unwrap());
            assert!(near(pixel(&pixels, upper), RED), "{orientation} {letter}");
            assert!(near(pixel(&pixels, lower), blue), "{orientation} {letter}");
        }
    }
}

/// P89: stripped bytes of 8 px in lists and of at most 40 px in photos, in the form that clients complete.
#[tokio::test]
async fn p89_stripped_bytes_are_small_and_complete() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let photo = set(&ada, &bob, &picture(RED, 640), "x.jpg").await.unwrap();
    let enums::PhotoSize::PhotoStrippedSize(stripped) = &photo.sizes[0] else {
        panic!("{:?}", photo.sizes)
    };
    let Some(enums::UserProfilePhoto::UserProfilePhoto(shown)) = ada.sees(&bob).await.photo else {
        panic!("the picture is shown")
    };
    let thumb = shown.stripped_thumb.unwrap();
    assert_eq!(
        (&stripped.bytes[..3], &thumb[..3]),
        (&[1, 40, 40][..], &[1, 8, 8][..])
    );
    assert!(stripped.bytes.len() > thumb.len() && thumb.len() > 3);
}

fn near(pixel: [u8; 3], colour: [u8; 3]) -> bool {
    pixel
        .iter()
        .zip(colour)
        .all(|(one, other)| one.abs_diff(other) < 40)
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
