//! `help.*`: where the servers are and what the limits are.

mod get_app_config;
mod get_config;
mod get_countries_list;
mod get_nearest_dc;

use tl::functions::help::{GetAppConfig, GetConfig, GetCountriesList, GetNearestDc};

use super::{Cx, Method};

pub(super) const METHODS: &[Method] = &[
    Method::of::<GetAppConfig>(),
    Method::of::<GetConfig>(),
    Method::of::<GetCountriesList>(),
    Method::of::<GetNearestDc>(),
];
