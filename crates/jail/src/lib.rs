//! Children of the program that decode what strangers send. A child is the same binary: it reads jobs from its
//! standard input, answers on its standard output, and can do nothing else.
//!
//! [`Jail`] is the parent's side: a bounded queue that is fair between accounts, and a few children that are
//! started when they are needed and replaced when they crash, hang, grow or have worked enough. [`child()`] is
//! the other side, which the program's hidden command `jailed-child` runs. Both sides are one binary, so the
//! messages between them have no versions; each side reads the other's as foreign bytes.

mod answer;
mod child;
mod confine;
mod job;
mod limits;
mod parent;
mod pool;
mod probe;
mod queue;
mod reach;
mod wire;
mod work;

pub use child::child;
pub use confine::Walls;
pub use job::*;
pub use limits::*;
pub use pool::{Counts, Jail};
pub use probe::Probe;
pub use reach::{Reach, reach};
pub use wire::fuzz_message;
