//! Bytes from anyone: nothing panics, nothing allocates more than its input backs, and nested or
//! counted bombs end at their limits.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use bytes::Bytes;
use proptest::prelude::*;
use tl::samples::{Fill, Sample, Sampler, Visit};
use tl::wire::{READ_DEPTH_MAX, READ_ELEMENTS_MAX, VECTOR_ID};
use tl::{
    Body, Constructor, Method, Put, ReadError, Reader, Writer, decode, enums, functions, types,
};

fn request<T: Method>(bytes: impl Into<Bytes>) -> Result<T, ReadError> {
    let mut r = Reader::new(bytes.into());
    let id = r.u32()?;
    let request = T::get(&mut r, id)?;
    r.finish().map(|()| request)
}

/// Reads mutated, cut and extended copies of a value's bytes.
struct Mutate {
    reads: usize,
    refused: usize,
}

impl Mutate {
    fn each(&mut self, bytes: &[u8], seed: u64, mut read: impl FnMut(Bytes) -> bool) {
        let mut numbers = Sampler::new(Fill::Seed(seed));
        let mut next = move |below: usize| numbers.choice(below.max(1) as u64) as usize;
        for round in 0..24 {
            let mut mutant = bytes.to_vec();
            match round % 4 {
                0 => mutant.truncate(next(bytes.len())),
                1 => mutant.extend_from_slice(&[0xff; 5]),
                _ => {
                    for _ in 0..=next(3) {
                        let at = next(mutant.len());
                        if let Some(byte) = mutant.get_mut(at) {
                            *byte = [0, 1, 0xff, 0x7f, 0x80][next(5)] ^ next(2) as u8;
                        }
                    }
                }
            }
            self.reads += 1;
            self.refused += usize::from(!read(mutant.into()));
        }
    }
}

impl Visit for Mutate {
    fn constructor<T>(&mut self, _: &'static str, _: &[(i32, i32)])
    where
        T: Constructor + Sample + Put + Body + PartialEq + std::fmt::Debug,
    {
        for seed in 0..3 {
            let value: T = Sampler::new(Fill::Seed(seed)).value();
            let layer = [148, 181, 232][seed as usize];
            if let Ok(bytes) = tl::encode(&value, layer) {
                self.each(&bytes, seed, |mutant| decode::<T>(mutant).is_ok());
            }
        }
    }

    fn method<T>(&mut self, _: &'static str, _: &[(i32, i32)])
    where
        T: Method<Output: Sample + PartialEq + std::fmt::Debug>
            + Sample
            + Put
            + PartialEq
            + std::fmt::Debug,
    {
        for seed in 0..3 {
            let value: T = Sampler::new(Fill::Seed(seed)).value();
            if let Ok(bytes) = tl::encode(&value, [148, 181, 232][seed as usize]) {
                self.each(&bytes, seed, |mutant| request::<T>(mutant).is_ok());
            }
        }
    }
}

#[test]
fn mutants_of_every_type_are_read_or_refused() {
    let mut mutate = Mutate {
        reads: 0,
        refused: 0,
    };
    tl::types::each_constructor(&mut mutate);
    tl::functions::each_method(&mut mutate);
    assert!(mutate.reads > 40_000, "{}", mutate.reads);
    assert!(
        mutate.refused > mutate.reads / 4,
        "{} of {}",
        mutate.refused,
        mutate.reads
    );
}

/// Reads `data` behind every id of every method.
struct Random<'a>(&'a [u8]);

impl Visit for Random<'_> {
    fn constructor<T>(&mut self, _: &'static str, _: &[(i32, i32)])
    where
        T: Constructor + Sample + Put + Body + PartialEq + std::fmt::Debug,
    {
    }

    fn method<T>(&mut self, name: &'static str, _: &[(i32, i32)])
    where
        T: Method<Output: Sample + PartialEq + std::fmt::Debug>
            + Sample
            + Put
            + PartialEq
            + std::fmt::Debug,
    {
        for id in T::IDS {
            let mut r = Reader::new(Bytes::copy_from_slice(self.0));
            let unknown = matches!(T::get(&mut r, *id), Err(ReadError::Method(_)));
            assert!(!unknown, "{name} does not know its id {id:08x}");
        }
        let mut r = Reader::new(Bytes::copy_from_slice(self.0));
        assert_eq!(T::get(&mut r, 7), Err(ReadError::Method(7)), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_arguments_never_panic(data in prop::collection::vec(any::<u8>(), 0..200)) {
        tl::functions::each_method(&mut Random(&data));
    }

    #[test]
    fn random_calls_never_panic(data in prop::collection::vec(any::<u8>(), 0..400)) {
        tl::fuzz_decode(&data);
    }

    #[test]
    fn strings_come_back(text in ".{0,300}") {
        let mut w = Writer::new(232);
        w.string(&text);
        let mut r = Reader::new(w.into_result().unwrap().into());
        prop_assert_eq!(r.string().unwrap(), text);
        prop_assert_eq!(r.finish(), Ok(()));
    }
}

/// `users.getFullUser` of a user known from a message, in a chat known from a message, and so on.
fn nested_peers(depth: usize) -> Vec<u8> {
    let mut w = Writer::new(232);
    w.id(functions::users::GetFullUser::ID);
    w.id(types::InputUserFromMessage::ID);
    for _ in 0..depth {
        w.id(types::InputPeerUserFromMessage::ID);
    }
    w.id(types::InputPeerSelf::ID);
    for _ in 0..=depth {
        w.i32(1);
        w.i64(2);
    }
    w.into_result().unwrap()
}

#[test]
fn nesting_ends_at_the_depth_limit_without_overflow() {
    // The user itself and the innermost peer take one level each.
    let deepest = READ_DEPTH_MAX as usize - 2;
    assert!(request::<functions::users::GetFullUser>(nested_peers(deepest)).is_ok());
    for depth in [deepest + 1, 20_000] {
        let read = request::<functions::users::GetFullUser>(nested_peers(depth));
        assert_eq!(read, Err(ReadError::TooDeep), "{depth}");
    }
}

#[test]
fn every_recursive_argument_fits_a_small_stack_at_full_depth() {
    // A worker's stack is 2 MiB; debug builds use the most of it.
    let thread = std::thread::Builder::new().stack_size(1024 * 1024);
    let handle = thread.spawn(|| {
        let mut w = Writer::new(232);
        w.id(functions::help::SaveAppLog::ID);
        w.vector_header(1);
        w.id(types::InputAppEvent::ID);
        w.f64(0.0);
        w.string("x");
        w.i64(0);
        for _ in 0..1000 {
            w.id(types::JsonArray::ID);
            w.vector_header(1);
        }
        let json = request::<functions::help::SaveAppLog>(w.into_result().unwrap());
        let peers = request::<functions::users::GetFullUser>(nested_peers(1000));
        (json.map(drop), peers.map(drop))
    });
    let ends = handle.unwrap().join().unwrap();
    assert_eq!(ends, (Err(ReadError::TooDeep), Err(ReadError::TooDeep)));
}

#[test]
fn a_count_that_nothing_backs_is_refused_before_allocating() {
    for count in [3, 1000, u32::MAX / 2, u32::MAX] {
        let mut w = Writer::new(232);
        w.id(functions::photos::DeletePhotos::ID);
        w.id(VECTOR_ID);
        w.u32(count);
        w.i64(0);
        let read = request::<functions::photos::DeletePhotos>(w.into_result().unwrap());
        assert_eq!(read, Err(ReadError::TooMany), "{count}");
    }
}

#[test]
fn elements_of_one_request_are_counted_together() {
    let with = |count: u32| {
        let mut w = Writer::new(232);
        w.id(functions::photos::DeletePhotos::ID);
        w.vector_header(count as usize);
        (0..count).for_each(|_| w.id(types::InputPhotoEmpty::ID));
        w.into_result().unwrap()
    };
    let most = request::<functions::photos::DeletePhotos>(with(READ_ELEMENTS_MAX)).unwrap();
    assert_eq!(most.id.len(), READ_ELEMENTS_MAX as usize);
    let more = request::<functions::photos::DeletePhotos>(with(READ_ELEMENTS_MAX + 1));
    assert_eq!(more, Err(ReadError::TooMany));
}

#[test]
fn a_request_must_end_where_its_bytes_end() {
    let plain = tl::encode(
        &functions::users::GetUsers::new(vec![enums::InputUser::Self_]),
        232,
    );
    let plain = plain.unwrap();
    assert!(request::<functions::users::GetUsers>(plain.clone()).is_ok());
    let longer = [&plain[..], &[0; 4]].concat();
    assert_eq!(
        request::<functions::users::GetUsers>(longer),
        Err(ReadError::TooLong)
    );
    let shorter = plain[..plain.len() - 4].to_vec();
    assert_eq!(
        request::<functions::users::GetUsers>(shorter),
        Err(ReadError::TooMany)
    );
}

#[test]
fn a_part_of_a_file_is_not_copied() {
    let part = functions::upload::SaveFilePart::new(1, 0, vec![7; 512 * 1024].into());
    let bytes = Bytes::from(tl::encode(&part, 232).unwrap());
    let read: functions::upload::SaveFilePart = request(bytes.clone()).unwrap();
    let inside = bytes.as_ptr_range().contains(&read.bytes.as_ptr());
    assert!(inside, "the part is a slice of what was received");
}

#[test]
fn constructors_of_other_types_are_refused_by_id() {
    let mut w = Writer::new(232);
    w.id(functions::users::GetUsers::ID);
    w.vector_header(1);
    w.id(types::InputPeerChat::ID);
    let read = request::<functions::users::GetUsers>(w.into_result().unwrap());
    assert_eq!(read, Err(ReadError::Constructor(types::InputPeerChat::ID)));
}
