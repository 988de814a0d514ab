//! Methods that apps call at start and that have nothing to tell here: each gets a true, empty answer.
