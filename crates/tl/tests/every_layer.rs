//! Every selected constructor, method and answer in every layer: smallest, largest and random
//! values are written, read back, and written again to the same bytes.

use std::fmt::Debug;

use bytes::Bytes;
use tl::samples::{Fill, Sample, Sampler, Visit};
use tl::{Body, Constructor, LAYER_MAX, LAYER_MIN, Method, Put, Reader, decode, encode};

const SEEDS: u64 = 12;

fn fills() -> impl Iterator<Item = Fill> {
    [Fill::Smallest, Fill::Largest]
        .into_iter()
        .chain((0..SEEDS).map(Fill::Seed))
}

/// Layers from the floor on, without those that lack the name.
fn layers(absent: &[(i32, i32)]) -> impl Iterator<Item = i32> {
    let lacks = |layer: i32| {
        absent
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&layer))
    };
    (LAYER_MIN..=LAYER_MAX).filter(move |layer| !lacks(*layer))
}

#[derive(Default)]
struct EveryLayer {
    names: usize,
    values: usize,
    /// What went wrong, by name: all of it is worth seeing at once.
    problems: Vec<String>,
}

impl EveryLayer {
    fn check(&mut self, is_right: bool, context: impl Fn() -> String) {
        self.values += 1;
        if !is_right {
            self.problems.push(context());
        }
    }

    fn finish(self, names_min: usize) {
        assert!(self.problems.is_empty(), "{}", self.problems.join("\n"));
        assert!(
            self.names >= names_min,
            "only {} names were visited",
            self.names
        );
        assert!(
            self.values >= self.names * 20,
            "only {} values were checked",
            self.values
        );
    }
}

impl Visit for EveryLayer {
    fn constructor<T>(&mut self, name: &'static str, absent: &[(i32, i32)])
    where
        T: Constructor + Sample + Put + Body + PartialEq + Debug,
    {
        self.names += 1;
        assert_eq!(T::NAME, name);
        for fill in fills() {
            let value: T = Sampler::new(fill).value();
            for layer in layers(absent).filter(|layer| value.exists_in(*layer)) {
                let context = || format!("{name} in {layer}, {fill:?}: {value:?}");
                let Ok(bytes) = encode(&value, layer) else {
                    self.problems.push(format!("no form: {}", context()));
                    break;
                };
                let read = decode::<T>(bytes.clone().into());
                let again = read.as_ref().map(|value| encode(value, layer));
                self.check(again == Ok(Ok(bytes)), context);
                self.check(layer < LAYER_MAX || read.as_ref() == Ok(&value), context);
            }
        }
    }

    fn method<T>(&mut self, name: &'static str, absent: &[(i32, i32)])
    where
        T: Method<Output: Sample + PartialEq + Debug> + Sample + Put + PartialEq + Debug,
    {
        self.names += 1;
        assert_eq!(tl::method_ids(name), T::IDS);
        for fill in fills() {
            let request: T = Sampler::new(fill).value();
            for layer in layers(absent).filter(|layer| request.exists_in(*layer)) {
                let context = || format!("{name} in {layer}, {fill:?}: {request:?}");
                let Ok(bytes) = encode(&request, layer) else {
                    self.problems.push(format!("no form: {}", context()));
                    break;
                };
                let read = read_request::<T>(bytes.clone().into());
                let again = read.as_ref().map(|request| encode(request, layer));
                self.check(again == Ok(Ok(bytes)), context);
                self.check(layer < LAYER_MAX || read.as_ref() == Ok(&request), context);
            }
            let output: T::Output = Sampler::new(fill).value();
            for layer in layers(absent).filter(|layer| output.exists_in(*layer)) {
                let context = || format!("answer of {name} in {layer}, {fill:?}: {output:?}");
                let Some(bytes) = answer::<T>(&output, layer) else {
                    self.problems.push(format!("no form: {}", context()));
                    break;
                };
                let mut r = Reader::new(bytes.clone().into());
                let read = T::get_output(&mut r).and_then(|output| r.finish().map(|()| output));
                let again = read.as_ref().map(|output| answer::<T>(output, layer));
                self.check(again == Ok(Some(bytes)), context);
                self.check(layer < LAYER_MAX || read.as_ref() == Ok(&output), context);
            }
        }
    }
}

fn read_request<T: Method>(bytes: Bytes) -> Result<T, tl::ReadError> {
    let mut r = Reader::new(bytes);
    let id = r.u32()?;
    assert!(T::IDS.contains(&id));
    let request = T::get(&mut r, id)?;
    r.finish().map(|()| request)
}

fn answer<T: Method>(output: &T::Output, layer: i32) -> Option<Vec<u8>> {
    let mut w = tl::Writer::new(layer);
    T::put_output(output, &mut w);
    w.into_result().ok()
}

#[test]
fn every_constructor_survives_every_layer() {
    let mut visitor = EveryLayer::default();
    tl::types::each_constructor(&mut visitor);
    visitor.finish(580);
}

#[test]
fn every_method_and_answer_survives_every_layer() {
    let mut visitor = EveryLayer::default();
    tl::functions::each_method(&mut visitor);
    visitor.finish(130);
}
