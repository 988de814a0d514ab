//! `cameo admin codes`: login codes that can be used now.

use domain::host;
use serde_json::{Value, json};
use store::rows::codes;

use super::request::Codes;
use super::{Host, Problem};

/// Most codes that are shown. Chosen: more than a person reads.
const CODES_SHOWN_MAX: i64 = 1000;

pub(super) async fn answer(host: &Host, asked: Option<Codes>) -> Result<Value, Problem> {
    let services = &host.services;
    match asked {
        None | Some(Codes::List) => {
            let now = services.clock.unix_seconds();
            let mut tx = services.store.read().await?;
            let alive = codes::alive(&mut tx, now, CODES_SHOWN_MAX).await?;
            let codes: Vec<Value> = alive
                .iter()
                .map(|row| {
                    json!({
                        "phone": row.phone,
                        "code": row.code,
                        "seconds_left": row.expires_at.saturating_sub(now),
                        "wrong_tries": row.tries,
                        "used": row.passed_by.is_some(),
                    })
                })
                .collect();
            Ok(json!({ "codes": codes }))
        }
        Some(Codes::Delete { phone }) => {
            let ended = host::end_codes(services, &phone).await?;
            Ok(json!({ "codes_ended": ended }))
        }
    }
}
