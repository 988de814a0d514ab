//! `cameo serve`: start, say so in one line, wait for a signal, drain, end.

use std::io::Write as _;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::arguments::SettingArguments;
use super::log;
use crate::settings::Settings;
use crate::start::{Running, Server, StartError};

/// How long the runtime may take to end its threads after everything was drained.
/// Chosen: enough for a file write that was under way.
const RUNTIME_END: Duration = Duration::from_secs(5);

/// Runs the server until SIGTERM or SIGINT.
pub(super) fn run(arguments: SettingArguments) -> Result<(), StartError> {
    let (settings, unknown_variables) = arguments.settings()?;
    log::start(&settings);
    for name in unknown_variables {
        tracing::warn!(name, "this variable belongs to no setting");
    }
    raise_open_files_limit(&settings);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?;
    let outcome = runtime.block_on(serve(settings));
    runtime.shutdown_timeout(RUNTIME_END);
    outcome
}

async fn serve(settings: Settings) -> Result<(), StartError> {
    // Before the ready line, so that a signal sent right after it is not lost.
    let terminate = signal(SignalKind::terminate()).map_err(StartError::Runtime)?;
    let interrupt = signal(SignalKind::interrupt()).map_err(StartError::Runtime)?;
    let running = Server::start(settings).await?;
    if let Err(error) = print_ready(&running) {
        running.stop().await;
        return Err(StartError::Output(error));
    }
    wait(terminate, interrupt).await;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

fn print_ready(running: &Running) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "ready listen={} dc={} fingerprint={:016x} public_key={}",
        running.addr,
        running.dc,
        running.fingerprint,
        running.public_key_pem.display(),
    )?;
    out.flush()
}

async fn wait(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Each connection needs a file descriptor; systems often allow 1024 unless asked.
fn raise_open_files_limit(settings: &Settings) {
    let wanted = u64::from(settings.connections_max).saturating_add(1024);
    match rlimit::increase_nofile_limit(wanted) {
        Ok(limit) if limit < wanted => {
            tracing::debug!(
                limit,
                wanted,
                "fewer open files allowed than connections_max needs"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "cannot raise the limit of open files"),
    }
}
