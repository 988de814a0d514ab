//! A cameo server inside a test, with scripted clients.
