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

/// One comparison per line: our type, the other codec's, which reads methods behind their id.
macro_rules! same {
    ($from:literal: $($ours:ty => $theirs:ty;)*) => {$(
        crate::compare::<$ours>(stringify!($theirs), other::LAYER, |bytes| {
            let mut cursor = other::Cursor::from_slice(&bytes[$from..]);
            let read = <$theirs as other::Deserializable>::deserialize(&mut cursor).ok()?;
            let is_whole = cursor.pos() == bytes.len() - $from;
            is_whole.then(|| other::Serializable::to_bytes(&read))
        });
    )*};
}

mod layer_230 {
    use grammers_230 as other;

    #[test]
    fn the_other_codec_is_of_layer_230() {
        assert_eq!(other::LAYER, 230);
    }

    include!("pairs.rs");
}

mod layer_216 {
    use grammers_216 as other;

    #[test]
    fn the_other_codec_is_of_layer_216() {
        assert_eq!(other::LAYER, 216);
    }

    include!("pairs.rs");
}
