//! `account.setGlobalPrivacySettings`: switches beside the privacy keys; those that need an archive or
//! a subscription are refused.
//! account.setGlobalPrivacySettings#1edaaac2 settings:GlobalPrivacySettings = GlobalPrivacySettings
//! Refuses: AUTOARCHIVE_NOT_AVAILABLE, PREMIUM_ACCOUNT_REQUIRED. Source: official method page.

use domain::{
    Error,
    privacy::{self, GlobalSettings},
};
use tl::functions::account::SetGlobalPrivacySettings;

use super::{Cx, global_settings};
use crate::rpc::{Human, Rpc};

impl Rpc for SetGlobalPrivacySettings {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let asked = self.settings;
        let price = asked.noncontact_peers_paid_stars.unwrap_or(0);
        let settings = GlobalSettings {
            archive_and_mute_new_noncontact_peers: asked.archive_and_mute_new_noncontact_peers,
            keep_archived_unmuted: asked.keep_archived_unmuted,
            keep_archived_folders: asked.keep_archived_folders,
            hide_read_marks: asked.hide_read_marks,
            strangers_pay: asked.new_noncontact_peers_require_premium || price > 0,
            display_gifts_button: asked.display_gifts_button,
        };
        let settings = privacy::set_global(&cx.services, caller.id, settings).await?;
        Ok(global_settings(settings))
    }
}
