//! The promises of this crate, checked from outside on pictures made by code.

mod corpus;
mod damage;
mod formats;
mod golden;
mod limits;
mod looks;
