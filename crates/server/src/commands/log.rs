//! The log of the program: lines on stderr, as text or JSON.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::settings::{LogFormat, Settings};

/// Sends log lines that pass the filter of the settings to stderr, from now on.
pub(super) fn start(settings: &Settings) {
    // The table has checked the filter; an embedder's wrong one means the default.
    let filter: Targets = settings.log.parse().unwrap_or_default();
    let colours = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let layer = match settings.log_format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // A second call in one process changes nothing: the first log goes on.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init();
}
