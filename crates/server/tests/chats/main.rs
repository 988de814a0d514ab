//! Groups through a real socket, from the seats of members, of those who left and of strangers. Tests
//! name their rows of the acceptance matrix.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod again;
mod group;
mod moving;
mod people;
mod pictures;
mod refused;
mod writing;
