//! `help.getConfig`: addresses of all data centres, which are one here, and limits.
//! help.getConfig#c4f9186b = Config
//! Source: official method page. `this_dc` is the data centre that the client believes it is on: told
//! another, one client asks again without a pause.

use std::net::{IpAddr, SocketAddr};

use domain::Error;
use tl::{functions::help::GetConfig, types};

use super::Cx;
use crate::rpc::{Anyone, Origin, Rpc, answers::int};

/// Seconds until a client asks again.
const CONFIG_LIFETIME_S: i64 = 3600;
/// All data centre numbers that clients know; each leads here.
const DC_IDS: std::ops::RangeInclusive<i32> = 1..=5;

impl Rpc for GetConfig {
    type Caller = Anyone;

    async fn handle(self, caller: Anyone, cx: &Cx) -> Result<types::Config, Error> {
        let address = cx.settings.advertised(caller.origin.local);
        let now = cx.services.clock.unix_seconds();
        Ok(config(&caller.origin, address, now))
    }
}

/// Numbers without a comment are what clients of today expect; none is a limit of ours.
fn config(origin: &Origin, address: SocketAddr, now: i64) -> types::Config {
    types::Config {
        default_p2p_contacts: false,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date: int(now),
        expires: int(now + CONFIG_LIFETIME_S),
        test_mode: origin.is_test,
        this_dc: origin.dc_id,
        dc_options: DC_IDS.map(|dc_id| dc_option(dc_id, address)).collect(),
        dc_txt_domain_name: String::new(),
        chat_size_max: 200,
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: 172_800,
        revoke_time_limit: i32::MAX,
        revoke_pm_time_limit: i32::MAX,
        rating_e_decay: 2_419_200,
        stickers_recent_limit: 200,
        channels_read_media_period: 604_800,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: "https://t.me/".to_owned(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: 1_024,
        message_length_max: 4_096,
        webfile_dc_id: origin.dc_id,
        suggested_lang_code: None,
        lang_pack_version: None,
        base_lang_pack_version: None,
        reactions_default: None,
        autologin_token: None,
    }
}

/// `static`, since one client takes no other entries; never `media_only`, so that files go the same way.
fn dc_option(id: i32, address: SocketAddr) -> types::DcOption {
    types::DcOption {
        ipv6: matches!(address.ip(), IpAddr::V6(_)),
        media_only: false,
        tcpo_only: false,
        cdn: false,
        r#static: true,
        this_port_only: false,
        id,
        ip_address: address.ip().to_string(),
        port: i32::from(address.port()),
        secret: None,
    }
}
