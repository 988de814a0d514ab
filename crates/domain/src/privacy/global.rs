//! `account.getGlobalPrivacySettings` and `account.setGlobalPrivacySettings`: switches beside the keys.

use store::{
    Tx,
    rows::privacy::{self as rows, RulesRow},
};

use crate::{Error, Refusal, Services};

/// The row that holds the switches; no key has this word.
const WORD: &str = "global";

/// Switches of an account. Those about archived chats and about the time of reading are kept and hold
/// by themselves: nothing is archived here, and nobody is told when a message was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GlobalSettings {
    /// New chats with strangers go to the archive. Refused: there is no archive.
    pub archive_and_mute_new_noncontact_peers: bool,
    /// Chats stay in the archive when a message comes.
    pub keep_archived_unmuted: bool,
    /// The same for chats in folders.
    pub keep_archived_folders: bool,
    /// Nobody learns when the owner read a message.
    pub hide_read_marks: bool,
    /// Strangers need a subscription or must pay to write. Refused: nobody has one.
    pub strangers_pay: bool,
    /// A button for gifts in chats.
    pub display_gifts_button: bool,
}

impl GlobalSettings {
    fn lines(self) -> String {
        let lines: Vec<&str> = [
            ("keep_archived_unmuted", self.keep_archived_unmuted),
            ("keep_archived_folders", self.keep_archived_folders),
            ("hide_read_marks", self.hide_read_marks),
            ("display_gifts_button", self.display_gifts_button),
        ]
        .into_iter()
        .filter_map(|(word, on)| on.then_some(word))
        .collect();
        lines.join("\n")
    }

    fn of(text: &str) -> Self {
        let on = |word| text.lines().any(|line| line == word);
        Self {
            archive_and_mute_new_noncontact_peers: false,
            keep_archived_unmuted: on("keep_archived_unmuted"),
            keep_archived_folders: on("keep_archived_folders"),
            hide_read_marks: on("hide_read_marks"),
            strangers_pay: false,
            display_gifts_button: on("display_gifts_button"),
        }
    }
}

/// The switches of an account.
///
/// # Errors
/// The store failed.
pub async fn global(tx: &mut Tx, owner_id: i64) -> Result<GlobalSettings, Error> {
    let found = rows::find(tx, owner_id, WORD).await?;
    Ok(GlobalSettings::of(&found.unwrap_or_default()))
}

/// Sets the switches.
///
/// # Errors
/// AUTOARCHIVE_NOT_AVAILABLE: the app config says that this switch is not there.
/// PREMIUM_ACCOUNT_REQUIRED: only a subscriber may keep strangers away, and nobody is one.
pub async fn set_global(
    services: &Services,
    owner_id: i64,
    settings: GlobalSettings,
) -> Result<GlobalSettings, Error> {
    if settings.archive_and_mute_new_noncontact_peers {
        return Err(Refusal::AUTOARCHIVE_NOT_AVAILABLE.into());
    }
    if settings.strangers_pay {
        return Err(Refusal::PREMIUM_ACCOUNT_REQUIRED.into());
    }
    let mut tx = services.store.begin_for(&[owner_id]).await?;
    let row = RulesRow {
        owner_id,
        key: WORD.to_owned(),
        rules: settings.lines(),
    };
    rows::put(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_read_as_they_were_written() {
        for bits in 0..16_u8 {
            let settings = GlobalSettings {
                keep_archived_unmuted: bits & 1 > 0,
                keep_archived_folders: bits & 2 > 0,
                hide_read_marks: bits & 4 > 0,
                display_gifts_button: bits & 8 > 0,
                ..GlobalSettings::default()
            };
            assert_eq!(GlobalSettings::of(&settings.lines()), settings);
        }
    }
}
