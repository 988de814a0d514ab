//! `updates.*`: where the caller stands, and what it has missed.

mod get_channel_difference;
mod get_difference;
mod get_state;

use tl::functions::updates::{GetChannelDifference, GetDifference, GetState};

use super::{Cx, Method, User, answers};

pub(super) const METHODS: &[Method] = &[
    Method::of::<GetChannelDifference>(),
    Method::of::<GetDifference>(),
    Method::of::<GetState>(),
];
