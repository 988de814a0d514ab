//! `cameo doctor`: checks the data of a running or stopped server and says what it found. Reads only. It also
//! has a jailed child try what it must not be able to do.

use clap::Args;
use domain::doctor::{self, CHECKS, Check, Depth, Outcome};
use jail::{Reach, Undone};
use serde_json::{Value, json};

use super::Failure;
use super::admin::{print, runtime};
use super::arguments::PlaceArguments;
use crate::admin::Problem;
use crate::start::{Closed, jail_settings};

/// What is checked, and how it is printed.
#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    #[command(flatten)]
    places: PlaceArguments,
    /// Print one JSON value.
    #[arg(long)]
    json: bool,
    /// Look at lengths of files only, and not into every index of the database.
    #[arg(long)]
    quick: bool,
}

/// Checks and prints; findings are a failure with an exit code of its own.
pub(super) fn run(arguments: DoctorArguments) -> Result<(), Failure> {
    let settings = arguments.places.settings()?;
    let depth = Depth {
        quick: arguments.quick,
        no_files: settings.blob_folder().is_none(),
    };
    let (outcomes, unnamed, reached) = runtime()?.block_on(async {
        let closed = Closed::open(&settings, false).await?;
        let services = &closed.host.services;
        let mut outcomes = Vec::new();
        for check in CHECKS {
            outcomes.push((check, doctor::run(services, check, depth).await));
        }
        let unnamed = doctor::unnamed(services).await.map_err(Problem::from);
        closed.close().await;
        let reached = jail::reach(&jail_settings(&settings)).await;
        Ok::<_, Failure>((outcomes, unnamed?, reached))
    })?;
    let text = if arguments.json {
        format!("{}\n", report(&outcomes, unnamed, &reached))
    } else {
        lines(&outcomes, unnamed, &reached)
    };
    print(&text)?;
    let unhealthy = |(_, outcome): &&(&Check, Outcome)| !outcome.is_healthy();
    match outcomes.iter().filter(unhealthy).count() + usize::from(!holds(&reached)) {
        0 => Ok(()),
        checks => Err(Failure::Findings { checks }),
    }
}

type Done = [(&'static Check, Outcome)];
/// Number and bytes of blobs, then of upload parts, that no row names.
type Unnamed = [(u64, u64); 2];

/// What a child reached; no child is as good as one that reached nothing, because nothing is decoded then.
type Reached = Result<Reach, Undone>;

fn holds(reached: &Reached) -> bool {
    !matches!(reached, Ok(reach) if !reach.is_nothing())
}

fn report(outcomes: &Done, [blobs, parts]: Unnamed, reached: &Reached) -> Value {
    let check = |(check, outcome): &(&'static Check, Outcome)| {
        json!({
            "name": check.name,
            "about": check.about,
            "checked": outcome.checked,
            "found": outcome.found,
            "findings": outcome.findings,
            "error": outcome.error,
        })
    };
    let checks: Vec<Value> = outcomes.iter().map(check).collect();
    json!({
        "format": store::FORMAT,
        "healthy": holds(reached) && outcomes.iter().all(|(_, outcome)| outcome.is_healthy()),
        "checks": checks,
        "unnamed_blobs": { "count": blobs.0, "bytes": blobs.1 },
        "unnamed_parts": { "count": parts.0, "bytes": parts.1 },
        "jail": match reached {
            Ok(Reach { files, network, processes }) => {
                json!({ "files": files, "network": network, "processes": processes, "error": null })
            }
            Err(error) => json!({ "error": error.to_string() }),
        },
    })
}

fn lines(outcomes: &Done, [blobs, parts]: Unnamed, reached: &Reached) -> String {
    let mut text = format!("format {}\n", store::FORMAT);
    for (check, outcome) in outcomes {
        let verdict = if outcome.is_healthy() { "ok" } else { "WRONG" };
        let (name, checked) = (check.name, outcome.checked);
        text.push_str(&format!(
            "{verdict:5}  {name:17}  {checked:>9}  {}\n",
            check.about
        ));
        for finding in &outcome.findings {
            text.push_str(&format!("       {finding}\n"));
        }
        let more = outcome.found.saturating_sub(outcome.findings.len() as u64);
        if more > 0 {
            text.push_str(&format!("       and {more} more\n"));
        }
        if let Some(error) = &outcome.error {
            text.push_str(&format!("       stopped: {error}\n"));
        }
    }
    text.push_str(&format!(
        "files that no row names, which a sweep removes: {} blobs with {} bytes, \
         {} upload parts with {} bytes\n",
        blobs.0, blobs.1, parts.0, parts.1
    ));
    let can = |reached: bool| if reached { "YES" } else { "no" };
    text.push_str(&match reached {
        Ok(reach) => format!(
            "the jail {}: files {}, network {}, processes {}\n",
            if reach.is_nothing() { "holds" } else { "LEAKS" },
            can(reach.files),
            can(reach.network),
            can(reach.processes)
        ),
        Err(error) => format!("moving pictures are refused here: {error}\n"),
    });
    text
}
