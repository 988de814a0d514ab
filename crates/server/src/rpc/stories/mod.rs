//! `stories.*`: nobody has stories here.

mod get_peer_stories;

use tl::functions::stories::GetPeerStories;

use super::{Cx, Human, Method, answers};

pub(super) const METHODS: &[Method] = &[Method::of::<GetPeerStories>()];
