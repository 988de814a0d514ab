//! `help.getNearestDc`: the data centre that the client is on is the nearest.
//! help.getNearestDc#1fb33026 = NearestDc
//! Source: official method page.

use domain::Error;
use tl::{functions::help::GetNearestDc, types};

use super::Cx;
use crate::rpc::{Anyone, Rpc};

/// Chosen: no geography here; clients only preselect a country prefix by it.
const COUNTRY: &str = "US";

impl Rpc for GetNearestDc {
    type Caller = Anyone;

    async fn handle(self, caller: Anyone, _cx: &Cx) -> Result<Self::Output, Error> {
        let dc_id = caller.origin.dc_id;
        Ok(types::NearestDc {
            country: COUNTRY.to_owned(),
            this_dc: dc_id,
            nearest_dc: dc_id,
        })
    }
}
