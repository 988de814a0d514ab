//! Parts on their way in: how they are saved, named and used, and what is refused.

use bytes::Bytes;
use testkit::{Account, Client, Refused, picture};
use tl::{enums, functions, types};

use crate::{refused, set};

const RED: [u8; 3] = [200, 20, 20];
const FILE_ID: i64 = 42;

async fn small(client: &Client, part: i32, bytes: &[u8]) -> Result<bool, Refused> {
    let bytes = Bytes::copy_from_slice(bytes);
    client
        .call(functions::upload::SaveFilePart {
            file_id: FILE_ID,
            file_part: part,
            bytes,
        })
        .await
}

async fn big(client: &Client, part: i32, total: i32, bytes: &[u8]) -> Result<bool, Refused> {
    let request = functions::upload::SaveBigFilePart {
        file_id: FILE_ID,
        file_part: part,
        file_total_parts: total,
        bytes: Bytes::copy_from_slice(bytes),
    };
    client.call(request).await
}

fn file(parts: i32, md5: &str) -> enums::InputFile {
    let (name, md5_checksum) = ("x.jpg".to_owned(), md5.to_owned());
    types::InputFile {
        id: FILE_ID,
        parts,
        name,
        md5_checksum,
    }
    .into()
}

fn big_file(parts: i32) -> enums::InputFile {
    types::InputFileBig {
        id: FILE_ID,
        parts,
        name: "x.jpg".to_owned(),
    }
    .into()
}

/// The outcome without the photo.
async fn used(ada: &Account, bob: &Account, file: enums::InputFile) -> Result<(), Refused> {
    set(ada, bob, file).await.map(|_| ())
}

/// P66: the first hole is named, filled, and the same call works; P77: and works again.
#[tokio::test]
async fn p66_p77_a_hole_is_filled_and_the_call_repeated() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let jpeg = picture(RED, 800);
    let parts: Vec<&[u8]> = jpeg.chunks(4096).collect();
    let count = i32::try_from(parts.len()).unwrap();
    for (number, part) in parts.iter().enumerate().filter(|(number, _)| *number != 2) {
        assert_eq!(
            small(&ada, i32::try_from(number).unwrap(), part).await,
            Ok(true)
        );
    }
    assert_eq!(
        used(&ada, &bob, file(count, "")).await,
        refused("FILE_PART_2_MISSING")
    );
    small(&ada, 2, parts[2]).await.unwrap();
    assert_eq!(used(&ada, &bob, file(count, "")).await, Ok(()));
    assert_eq!(used(&ada, &bob, file(count, "")).await, Ok(()));
    let more = format!("FILE_PART_{count}_MISSING");
    assert_eq!(used(&ada, &bob, file(count + 1, "")).await, refused(&more));
}

/// P67 to P71: how an upload is named.
#[tokio::test]
async fn p67_p71_an_upload_is_named_by_parts_and_digest() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    small(&ada, 0, &picture(RED, 320)).await.unwrap();
    for parts in [0, -1, 4001, i32::MAX] {
        assert_eq!(
            used(&ada, &bob, file(parts, "")).await,
            refused("FILE_PARTS_INVALID"),
            "{parts}"
        );
    }
    let wrong = "0123456789abcdef0123456789abcdef";
    assert_eq!(
        used(&ada, &bob, file(1, wrong)).await,
        refused("MD5_CHECKSUM_INVALID")
    );
    assert_eq!(used(&ada, &bob, file(1, "")).await, Ok(()));
    assert_eq!(used(&ada, &bob, big_file(1)).await, Ok(()));
    let id = enums::InputDocument::Empty;
    let story = types::InputFileStoryDocument { id }.into();
    assert_eq!(used(&ada, &bob, story).await, refused("PHOTO_INVALID"));
}

/// P72, P73: parts belong to the account, on whichever connection they come.
#[tokio::test]
async fn p72_p73_an_upload_belongs_to_the_account() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let jpeg = picture(RED, 800);
    let (first, last) = jpeg.split_at(4096);
    let other_key = server.session_of(&ada).await;
    let connection = ada.beside(server.address()).await;
    small(&connection, 0, first).await.unwrap();
    for (number, part) in last.chunks(4096).enumerate() {
        small(&other_key, i32::try_from(number).unwrap() + 1, part)
            .await
            .unwrap();
    }
    let count = i32::try_from(jpeg.chunks(4096).count()).unwrap();
    assert_eq!(used(&ada, &bob, file(count, "")).await, Ok(()));
    bob.import(&ada).await;
    assert_eq!(
        used(&bob, &ada, file(count, "")).await,
        refused("FILE_PART_0_MISSING")
    );
}

/// P74, P75, and the other things that are refused when a part is saved.
#[tokio::test]
async fn p74_p75_parts_are_refused_by_name() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    assert_eq!(small(&ada, 0, &[]).await, refused("FILE_PART_EMPTY"));
    assert_eq!(
        small(&ada, 0, &vec![0; 600 * 1024]).await,
        refused("FILE_PART_TOO_BIG")
    );
    assert_eq!(small(&ada, -1, &[1]).await, refused("FILE_PART_INVALID"));
    assert_eq!(small(&ada, 4000, &[1]).await, refused("FILE_PART_INVALID"));
    for part in 0..3 {
        assert_eq!(small(&ada, part, &[7; 1000]).await, Ok(true));
    }
    assert_eq!(
        used(&ada, &bob, file(3, "")).await,
        refused("FILE_PART_SIZE_INVALID")
    );
    assert_eq!(
        big(&ada, 0, 3, &[7; 1000]).await,
        refused("FILE_PART_SIZE_INVALID")
    );
    assert_eq!(
        big(&ada, 0, 0, &[7; 1024]).await,
        refused("FILE_PARTS_INVALID")
    );
    assert_eq!(
        big(&ada, 0, 4001, &[7; 1024]).await,
        refused("FILE_PARTS_INVALID")
    );
    assert_eq!(big(&ada, 0, 3, &[7; 1024]).await, Ok(true));
    assert_eq!(
        big(&ada, 1, 3, &[7; 2048]).await,
        refused("FILE_PART_SIZE_CHANGED")
    );
    assert_eq!(
        big(&ada, 1, 4, &[7; 1024]).await,
        refused("FILE_PARTS_INVALID")
    );
    assert_eq!(
        big(&ada, 3, 3, &[7; 1024]).await,
        refused("FILE_PART_INVALID")
    );
    let nobody = server.client().await;
    let refusal = small(&nobody, 0, &[1]).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.name.as_str()),
        (401, "AUTH_KEY_UNREGISTERED")
    );
}

/// P70, P76: streams.
#[tokio::test]
async fn p70_p76_a_stream_tells_its_length_at_the_end() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let jpeg = picture(RED, 800);
    let parts: Vec<&[u8]> = jpeg.chunks(4096).collect();
    let count = i32::try_from(parts.len()).unwrap();
    for (number, part) in parts.iter().enumerate() {
        assert_eq!(
            big(&ada, i32::try_from(number).unwrap(), -1, part).await,
            Ok(true)
        );
    }
    assert_eq!(big(&ada, count, count, &[]).await, Ok(true));
    assert_eq!(used(&ada, &bob, big_file(count)).await, Ok(()));
    assert_eq!(
        used(&ada, &bob, big_file(count - 1)).await,
        refused("FILE_PARTS_INVALID")
    );
}

/// 40 MiB over three connections: every part is taken; as a picture it is too long, and nothing of it is
/// read for that answer.
#[tokio::test]
async fn a_long_upload_is_taken_over_several_connections() {
    const PARTS: i32 = 80;
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let (second, third) = tokio::join!(ada.beside(server.address()), ada.beside(server.address()));
    let part = vec![9; 512 * 1024];
    let some = async |client: &Client, first: i32| {
        let mut number = first;
        while number < PARTS {
            assert_eq!(big(client, number, PARTS, &part).await, Ok(true));
            number += 3;
        }
    };
    tokio::join!(some(&ada, 0), some(&second, 1), some(&third, 2));
    assert_eq!(
        used(&ada, &bob, big_file(PARTS)).await,
        refused("PHOTO_SAVE_FILE_INVALID")
    );
}
