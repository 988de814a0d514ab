//! `cameo admin …`: looks into the data of a running or stopped server, one noun each.

use std::io::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Subcommand;
use store::rows::codes::{self, CodeRow};
use store::{Store, StoreOptions};

use super::arguments::SettingArguments;
use crate::start::StartError;

/// Most codes that are shown. Chosen: more than a person reads.
const CODES_SHOWN_MAX: i64 = 1000;

/// What to look at.
#[derive(Debug, Subcommand)]
pub(super) enum Noun {
    /// Print the login codes that can be used now: phone, code, seconds left.
    Codes(SettingArguments),
}

/// Looks, and prints to stdout.
pub(super) fn run(noun: Noun) -> Result<(), StartError> {
    let Noun::Codes(arguments) = noun;
    let (settings, _) = arguments.settings()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let codes = runtime.block_on(async {
        let options = StoreOptions {
            readers: 1,
            guest: true,
            ..StoreOptions::default()
        };
        let store = Store::open(&settings.store_url(), options).await?;
        let mut tx = store.read().await?;
        let codes = codes::alive(&mut tx, now, CODES_SHOWN_MAX).await?;
        drop(tx);
        store.close().await;
        Ok::<_, StartError>(codes)
    })?;
    std::io::stdout()
        .write_all(lines(&codes, now).as_bytes())
        .map_err(StartError::Output)
}

fn lines(codes: &[CodeRow], now: i64) -> String {
    let line = |row: &CodeRow| {
        let left = row.expires_at.saturating_sub(now);
        format!(
            "phone={} code={} seconds_left={left}\n",
            row.phone, row.code
        )
    };
    codes.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_one_line() {
        let row = CodeRow {
            phone: "15550001111".to_owned(),
            code_hash: "abc".to_owned(),
            code: "54321".to_owned(),
            expires_at: 160,
            tries: 0,
            passed_by: None,
        };
        let text = lines(&[row.clone(), row], 100);
        assert_eq!(
            text,
            "phone=15550001111 code=54321 seconds_left=60\n".repeat(2)
        );
    }
}
