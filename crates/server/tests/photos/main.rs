//! `photos.*` through a real socket, from the seats of everybody concerned. Tests name their rows of
//! the acceptance matrix.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod apps;
mod contact;
mod many;
mod markup;
mod places;
mod privacy;
mod profile;
mod refused;
mod seen;
mod stage;
mod stills;
mod suggest;
mod table;
mod video;
