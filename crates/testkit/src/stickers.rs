//! A custom emoji and a sticker that a server has, without a host who imports them; and sets as clients
//! ask for them.

use std::io::Cursor;

use image::{ImageFormat, Rgba, RgbaImage};
use store::rows::stickers::{self, DocumentRow, SetRow, ThumbRow};
use tl::{enums, functions, types};

use crate::{Client, Refused, TestServer};

/// Sides of the stickers in pixels.
const SIDE_PX: u32 = 512;

/// A custom emoji, and a sticker with its set.
#[derive(Clone, Debug)]
pub struct Stickers {
    /// The custom emoji.
    pub emoji_id: i64,
    /// The set of the sticker.
    pub set_id: i64,
    /// The name of that set.
    pub short_name: String,
    /// The sticker.
    pub sticker_id: i64,
}

impl TestServer {
    /// Two sets with a still of one colour each, to be called once: stills are drawn in no time.
    pub async fn stickers(&self) -> Stickers {
        let services = &self.running().services;
        let mut made = Vec::new();
        for (short_name, kind) in [("kit_emoji", "emoji"), ("kit_stickers", "stickers")] {
            let (set_id, document_id) = (services.ids.rising(), services.ids.rising());
            let webp = sticker([230, 40, 200]);
            let bytes = i64::try_from(webp.len()).unwrap();
            let blob = services.blobs.put(webp.into()).await.unwrap();
            let side = i64::from(SIDE_PX);
            let set = SetRow {
                set_id,
                short_name: short_name.to_owned(),
                title: short_name.to_owned(),
                kind: kind.to_owned(),
                text_color: false,
                hash: 1,
                created_at: 1,
            };
            let row = DocumentRow {
                document_id,
                set_id,
                place: 0,
                created_at: 1,
                file_name: "one.webp".to_owned(),
                custom_emoji: kind == "emoji",
                mime_type: "image/webp".to_owned(),
                bytes,
                blob,
                width: side,
                height: side,
                thumb: ThumbRow {
                    width: side,
                    height: side,
                    bytes,
                    blob,
                },
                outline: None,
                duration_ms: 0,
                free: true,
                text_color: false,
                for_profiles: true,
                for_groups: true,
                for_backgrounds: true,
                emoji: vec!["\u{2b50}".to_owned()],
            };
            let mut tx = services.store.begin().await.unwrap();
            stickers::insert_set(&mut tx, &set).await.unwrap();
            stickers::insert_documents(&mut tx, &[row]).await.unwrap();
            tx.commit().await.unwrap();
            made.push((set_id, document_id, short_name));
        }
        Stickers {
            emoji_id: made[0].1,
            set_id: made[1].0,
            short_name: made[1].2.to_owned(),
            sticker_id: made[1].1,
        }
    }
}

/// A set as its link names it.
pub fn set_named(short_name: &str) -> enums::InputStickerSet {
    let short_name = short_name.to_owned();
    types::InputStickerSetShortName { short_name }.into()
}

/// A set with its stickers, asked for by somebody who has seen nothing of it.
///
/// # Errors
/// What the server refused it with.
pub async fn sticker_set(
    viewer: &Client,
    stickerset: enums::InputStickerSet,
) -> Result<types::messages::StickerSet, Refused> {
    let hash = 0;
    let request = functions::messages::GetStickerSet { stickerset, hash };
    match viewer.call(request).await? {
        enums::messages::StickerSet::StickerSet(set) => Ok(*set),
        enums::messages::StickerSet::NotModified => panic!("nothing was there before"),
    }
}

/// A WebP of one colour with a transparent rim.
fn sticker([red, green, blue]: [u8; 3]) -> Vec<u8> {
    let inside = |at: u32| (SIDE_PX / 8..SIDE_PX * 7 / 8).contains(&at);
    let alpha = |x, y| if inside(x) && inside(y) { 255 } else { 0 };
    let pixels = RgbaImage::from_fn(SIDE_PX, SIDE_PX, |x, y| {
        Rgba([red, green, blue, alpha(x, y)])
    });
    let mut out = Cursor::new(Vec::new());
    pixels.write_to(&mut out, ImageFormat::WebP).unwrap();
    out.into_inner()
}
