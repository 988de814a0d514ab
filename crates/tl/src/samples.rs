//! Example values of every type, for tests: smallest, largest, or drawn from a seed.

use bytes::Bytes;

use crate::codec::{Body, Constructor, Method, Put};

/// How deep values are filled before only the smallest ones are built.
const SAMPLE_DEPTH_MAX: u32 = 4;

/// Which values a [`Sampler`] builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// No optional field, no element.
    Smallest,
    /// Every optional field, one element per vector.
    Largest,
    /// By the numbers of a generator with this seed.
    Seed(u64),
}

/// Builds example values.
#[derive(Clone, Debug)]
pub struct Sampler {
    fill: Fill,
    state: u64,
    depth: u32,
}

impl Sampler {
    /// A sampler; the same `fill` gives the same values.
    #[must_use]
    pub fn new(fill: Fill) -> Self {
        let state = match fill {
            Fill::Seed(seed) => seed,
            Fill::Smallest | Fill::Largest => 0,
        };
        Self {
            fill,
            state,
            depth: 0,
        }
    }

    /// The next number of a splitmix64 generator.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn is_deep(&self) -> bool {
        self.depth >= SAMPLE_DEPTH_MAX
    }

    /// Whether the fields of one flag bit are there.
    pub fn flag(&mut self) -> bool {
        match self.fill {
            Fill::Smallest => false,
            Fill::Largest => !self.is_deep(),
            Fill::Seed(_) => !self.is_deep() && self.next() & 1 == 1,
        }
    }

    /// Which of `count` constructors; 0 is the one that ends recursions.
    pub fn choice(&mut self, count: u64) -> u64 {
        match self.fill {
            Fill::Seed(_) if !self.is_deep() => self.next() % count,
            _ => 0,
        }
    }

    /// A value.
    pub fn value<T: Sample>(&mut self) -> T {
        T::sample(self)
    }

    /// A value if its flag is set.
    pub fn option<T: Sample>(&mut self, on: bool) -> Option<T> {
        on.then(|| T::sample(self))
    }

    /// Builds the fields of a value one level deeper.
    pub fn deeper<T>(&mut self, build: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let value = build(self);
        self.depth -= 1;
        value
    }

    fn len(&mut self, max: u64) -> usize {
        let len = match self.fill {
            Fill::Smallest => 0,
            Fill::Largest => u64::from(!self.is_deep()),
            Fill::Seed(_) if self.is_deep() => 0,
            Fill::Seed(_) => self.next() % (max + 1),
        };
        usize::try_from(len).unwrap_or_default()
    }
}

/// A type that a [`Sampler`] can build.
pub trait Sample {
    /// A value; recursion ends by itself.
    fn sample(s: &mut Sampler) -> Self;
}

/// Something done with every constructor or method.
pub trait Visit {
    /// Called with every selected constructor, and the closed ranges of layers that lack it.
    fn constructor<T>(&mut self, name: &'static str, absent: &[(i32, i32)])
    where
        T: Constructor + Sample + Put + Body + PartialEq + std::fmt::Debug;

    /// Called with every selected method, and the closed ranges of layers that lack it.
    fn method<T>(&mut self, name: &'static str, absent: &[(i32, i32)])
    where
        T: Method<Output: Sample + PartialEq + std::fmt::Debug>
            + Sample
            + Put
            + PartialEq
            + std::fmt::Debug;
}

impl Sample for bool {
    fn sample(s: &mut Sampler) -> Self {
        s.fill == Fill::Largest || s.next() & 1 == 1
    }
}

impl Sample for i32 {
    fn sample(s: &mut Sampler) -> Self {
        // Small enough for layers that have an int where ours has a long, and not negative.
        i32::try_from(s.next() >> 33).unwrap_or_default()
    }
}

impl Sample for i64 {
    fn sample(s: &mut Sampler) -> Self {
        i64::from(i32::sample(s))
    }
}

impl Sample for f64 {
    fn sample(s: &mut Sampler) -> Self {
        // Whole, as older layers have an int where ours has a double.
        f64::from(i32::sample(s))
    }
}

impl Sample for [u8; 16] {
    fn sample(s: &mut Sampler) -> Self {
        std::array::from_fn(|_| s.next().to_le_bytes()[0])
    }
}

impl Sample for [u8; 32] {
    fn sample(s: &mut Sampler) -> Self {
        std::array::from_fn(|_| s.next().to_le_bytes()[0])
    }
}

impl Sample for Bytes {
    fn sample(s: &mut Sampler) -> Self {
        let len = s.len(300);
        (0..len).map(|_| s.next().to_le_bytes()[0]).collect()
    }
}

impl Sample for String {
    fn sample(s: &mut Sampler) -> Self {
        let len = s.len(20);
        (0..len)
            .map(|_| if s.next() & 1 == 1 { 'x' } else { 'ж' })
            .collect()
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(s: &mut Sampler) -> Self {
        let len = s.len(3);
        s.deeper(|s| (0..len).map(|_| T::sample(s)).collect())
    }
}
