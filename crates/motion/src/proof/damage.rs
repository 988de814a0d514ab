//! Damaged and lying files end in a reason, soon and without much memory.
