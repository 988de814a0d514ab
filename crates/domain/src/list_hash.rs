//! The hash by which a client says which list it has, so that the same list is not sent again.

/// The hash of a list of numbers.
///
/// Source: official page on pagination, "hash generation".
pub fn list_hash(numbers: impl IntoIterator<Item = i64>) -> i64 {
    numbers.into_iter().fold(0, mix).cast_signed()
}

fn mix(mut hash: u64, number: i64) -> u64 {
    hash ^= hash >> 21;
    hash ^= hash << 35;
    hash ^= hash >> 4;
    hash.wrapping_add(number.cast_unsigned())
}
