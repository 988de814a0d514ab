//! `cameo admin status`: numbers for whoever runs the server.

use domain::Fault;
use jail::Counts;
use serde_json::{Map, Value, json};
use store::rows::totals::{self, Stretch};
use store::{FORMAT, StoreError, Tx};

use super::{Host, Live, Problem};

/// Rows, blobs or parts counted at once. Chosen: some milliseconds of work.
const STRETCH: i64 = 5000;

pub(super) async fn answer(host: &Host) -> Result<Value, Problem> {
    let mut status = Map::new();
    let live = host.live.as_ref();
    status.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
    status.insert("format".to_owned(), FORMAT.into());
    status.insert("running".to_owned(), live.is_some().into());
    let uptime = live.map(|live| live.started.elapsed().as_secs());
    status.insert("uptime_seconds".to_owned(), uptime.into());
    rows(host, &mut status).await?;
    files(host, &mut status).await?;
    if let Some(live) = live {
        traffic(host, live, &mut status);
    }
    Ok(Value::Object(status))
}

/// Counts rows a stretch at a time, each in a transaction of its own: no reader is held for long.
macro_rules! count {
    ($host:expr, $stretch:path) => {{
        let (mut total, mut after) = (0, Some(i64::MIN));
        while let Some(at) = after {
            let mut tx: Tx = $host.services.store.read().await?;
            let counted: Result<Stretch, StoreError> = $stretch(&mut tx, at, STRETCH).await;
            let (more, last) = counted?;
            total += more;
            after = last;
        }
        total
    }};
}

async fn rows(host: &Host, status: &mut Map<String, Value>) -> Result<(), Problem> {
    let counted: [(&str, i64); 5] = [
        ("users", count!(host, totals::people)),
        ("bots", count!(host, totals::bots)),
        ("chats", count!(host, totals::chats)),
        ("logins", count!(host, totals::logins)),
        ("photos", count!(host, totals::photos)),
    ];
    for (name, count) in counted {
        status.insert(name.to_owned(), count.into());
    }
    Ok(())
}

/// Walks the folders of blobs and of upload parts.
async fn files(host: &Host, status: &mut Map<String, Value>) -> Result<(), Problem> {
    let fault = |fault: Fault| Problem::fault(&fault);
    let limit = usize::try_from(STRETCH).unwrap_or(1);
    let (mut blobs, mut blob_bytes, mut after) = (0_u64, 0_u64, None);
    loop {
        let page = host.services.blobs.page(after, limit).await;
        let page = page.map_err(Fault::doing("list blobs")).map_err(fault)?;
        blobs += page.len() as u64;
        blob_bytes += page.iter().map(|kept| kept.len).sum::<u64>();
        after = page.last().map(|kept| kept.key);
        if page.len() < limit {
            break;
        }
    }
    let (mut parts, mut part_bytes, mut after) = (0_u64, 0_u64, None);
    loop {
        let page = host.services.spool.page(after.as_deref(), limit).await;
        let page = page.map_err(Fault::doing("list parts")).map_err(fault)?;
        parts += page.len() as u64;
        part_bytes += page.iter().map(|(_, bytes)| bytes).sum::<u64>();
        let full = page.len() == limit;
        after = page.into_iter().next_back().map(|(name, _)| name);
        if !full {
            break;
        }
    }
    status.insert("blobs".to_owned(), blobs.into());
    status.insert("blob_bytes".to_owned(), blob_bytes.into());
    status.insert("spool_parts".to_owned(), parts.into());
    status.insert("spool_bytes".to_owned(), part_bytes.into());
    Ok(())
}

/// Jobs of moving pictures and how they ended; the children that do them.
fn jail(counts: Counts) -> Value {
    json!({
        "jobs_done": counts.done,
        "jobs_refused": counts.refused,
        "jobs_lost": counts.lost,
        "jobs_busy": counts.busy,
        "jobs_unavailable": counts.unavailable,
        "jobs_waiting": counts.waiting,
        "children": counts.children,
        "children_started": counts.children_started,
    })
}

/// What only a running server knows; all counters begin at its start.
fn traffic(host: &Host, live: &Live, status: &mut Map<String, Value>) {
    let (sessions, detached) = host.sessions.counts();
    status.insert("connections".to_owned(), live.net.connection_count().into());
    status.insert(
        "sessions_connected".to_owned(),
        sessions.saturating_sub(detached).into(),
    );
    status.insert("sessions_detached".to_owned(), detached.into());
    let events: Map<String, Value> = live
        .events
        .counts()
        .map(|(name, count)| (name.to_owned(), count.into()))
        .collect();
    status.insert("events".to_owned(), Value::Object(events));
    status.insert("jail".to_owned(), jail(host.services.jail.counts()));
    let unbuilt: Vec<Value> = live
        .events
        .unbuilt()
        .into_iter()
        .map(|(method, calls)| json!({ "method": method, "calls": calls }))
        .collect();
    status.insert("refused_as_not_built".to_owned(), unbuilt.into());
}
