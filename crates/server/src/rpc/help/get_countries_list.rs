//! `help.getCountriesList`: calling codes for the sign-in screen.
//! help.getCountriesList#735787a8 lang_code:string hash:int = help.CountriesList
//! Source: official method page. Chosen: the largest calling codes only; every number can be typed.

use domain::Error;
use tl::{enums, functions::help::GetCountriesList, types};

use super::Cx;
use crate::rpc::{Anyone, Rpc};

/// Changes when the table does.
const HASH: i32 = 1;

/// Code of ISO 3166, name, calling code of ITU-T E.164. `FT` is the reserved range for anonymous and
/// test numbers.
const COUNTRIES: &[(&str, &str, &str)] = &[
    ("AR", "Argentina", "54"),
    ("AU", "Australia", "61"),
    ("AT", "Austria", "43"),
    ("BE", "Belgium", "32"),
    ("BR", "Brazil", "55"),
    ("CN", "China", "86"),
    ("EG", "Egypt", "20"),
    ("FR", "France", "33"),
    ("DE", "Germany", "49"),
    ("IN", "India", "91"),
    ("ID", "Indonesia", "62"),
    ("IR", "Iran", "98"),
    ("IT", "Italy", "39"),
    ("JP", "Japan", "81"),
    ("MX", "Mexico", "52"),
    ("NL", "Netherlands", "31"),
    ("NG", "Nigeria", "234"),
    ("PL", "Poland", "48"),
    ("RU", "Russian Federation", "7"),
    ("ES", "Spain", "34"),
    ("SE", "Sweden", "46"),
    ("CH", "Switzerland", "41"),
    ("TR", "Turkey", "90"),
    ("UA", "Ukraine", "380"),
    ("GB", "United Kingdom", "44"),
    ("US", "USA", "1"),
    ("FT", "Test numbers", "999"),
];

impl Rpc for GetCountriesList {
    type Caller = Anyone;

    async fn handle(self, _caller: Anyone, _cx: &Cx) -> Result<Self::Output, Error> {
        if self.hash == HASH {
            return Ok(enums::help::CountriesList::NotModified);
        }
        let countries = COUNTRIES
            .iter()
            .map(|(iso2, name, code)| types::help::Country {
                hidden: false,
                iso2: (*iso2).to_owned(),
                default_name: (*name).to_owned(),
                name: None,
                country_codes: vec![types::help::CountryCode::new((*code).to_owned())],
            });
        let countries = countries.collect();
        Ok(types::help::CountriesList {
            countries,
            hash: HASH,
        }
        .into())
    }
}
