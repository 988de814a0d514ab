//! Every promise of the seam, once, on every engine: SQLite always, PostgreSQL when
//! CAMEO_TEST_POSTGRES names one (`.ci/postgres.sh start FOLDER` prints a URL). Each case has its
//! own data folder or schema; what was left out is said on stderr.

#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod blobs;
mod bots;
mod boxes;
mod bus;
mod channels;
mod chats;
mod concurrency;
mod engine;
mod journal;
mod opening;
mod people;
mod photos;
mod privacy;
mod seam;
mod secrets;
mod spool;
mod stickers;
mod uploads;
