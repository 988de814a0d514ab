//! The same bytes as a codec by other hands, at two of the layers it is published for: what we
//! write it reads to the end, and writes again byte for byte.

use tl::samples::{Fill, Sample, Sampler};
use tl::{Put, encode};

const SEEDS: u64 = 60;

/// Compares random values of one type; `again` reads and writes with the other codec.
fn compare<T: Sample + Put>(name: &str, layer: i32, again: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    let fills = [Fill::Smallest, Fill::Largest]
        .into_iter()
        .chain((0..SEEDS).map(Fill::Seed));
    let mut compared = 0;
    for fill in fills {
        let value: T = Sampler::new(fill).value();
        if value.exists_in(layer) {
            let ours = encode(&value, layer).unwrap_or_else(|error| panic!("{name}: {error}"));
            let theirs = again(&ours);
            let theirs =
                theirs.unwrap_or_else(|| panic!("{name} in {layer} is not read, {fill:?}"));
            assert!(
                agree(&ours, &theirs, layer),
                "{name} in {layer}, {fill:?}\n{ours:?}\n{theirs:?}"
            );
            compared += 1;
        }
    }
    assert!(compared > 2, "{name} hardly exists in {layer}");
}

/// Whether the bytes are the same. A codec of an older layer does not know the newest bits of
/// flag words whose id never changed, and drops them.
fn agree(ours: &[u8], theirs: &[u8], layer: i32) -> bool {
    let is_newest = layer >= 230;
    ours == theirs
        || !is_newest
            && ours.len() == theirs.len()
            && ours
                .iter()
                .zip(theirs)
                .all(|(ours, theirs)| ours & theirs == *theirs)
}

/// One comparison per line. The other codec reads methods behind their id.
macro_rules! same {
    (functions => functions: $($($path:ident)::+;)*) => {
        same! { named: $(tl::functions::$($path)::+ => other::functions::$($path)::+, 4;)* }
    };
    ($ours:ident => $theirs:ident: $($($path:ident)::+;)*) => {
        same! { named: $(tl::$ours::$($path)::+ => other::$theirs::$($path)::+, 0;)* }
    };
    (named: $($ours:ty => $theirs:ty, $from:literal;)*) => {$(
        crate::compare::<$ours>(stringify!($ours), other::LAYER, |bytes| {
            let mut cursor = other::Cursor::from_slice(&bytes[$from..]);
            let read = <$theirs as other::Deserializable>::deserialize(&mut cursor).ok()?;
            let is_whole = cursor.pos() == bytes.len() - $from;
            is_whole.then(|| other::Serializable::to_bytes(&read))
        });
    )*};
}

#[macro_use]
mod pairs;

macro_rules! layer {
    ($module:ident, $other:ident, $layer:literal) => {
        mod $module {
            use $other as other;

            #[test]
            fn the_other_codec_is_of_this_layer() {
                assert_eq!(other::LAYER, $layer);
            }

            #[test]
            fn answers_have_the_same_bytes() {
                unions!();
                singles!();
            }

            #[test]
            fn requests_have_the_same_bytes() {
                requests!();
                renamed!();
            }
        }
    };
}

layer!(layer_216, grammers_216, 216);
layer!(layer_230, grammers_230, 230);
