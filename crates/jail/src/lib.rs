//! Children of the program that decode what strangers send. A child is the same binary: it reads jobs from its
//! standard input, answers on its standard output, and can do nothing else.

mod job;

pub use job::*;
