//! `contacts.search`: contacts by name, others and public channels by username.
//! contacts.search#5f58d0f flags:# broadcasts:flags.0?true bots:flags.1?true q:string limit:int = contacts.Found
//! Refuses: SEARCH_QUERY_EMPTY, QUERY_TOO_SHORT. Source: official method page.

use domain::{Error, chats::channels, contacts, peers::UserView};
use tl::{enums, functions::contacts::Search, types};

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

/// Results of each kind. Chosen: what fits a screen several times over.
const RESULTS_MAX: i32 = 50;

impl Rpc for Search {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let limit = usize::try_from(self.limit.clamp(1, RESULTS_MAX)).unwrap_or(1);
        let found = contacts::search(&cx.services, caller.id, &self.q, limit).await?;
        let channel = channels::by_username(&cx.services, caller.id, &self.q).await?;
        let channels = channel.as_slice();
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let mut users = answers::users(to, &found.mine);
        users.extend(answers::users(to, &found.others));
        let mut results = peers(&found.others);
        results.extend(
            channels
                .iter()
                .map(|view| answers::peer(view.peer().number())),
        );
        Ok(types::contacts::Found {
            my_results: peers(&found.mine),
            results,
            chats: answers::chats(to, channels),
            users,
        })
    }
}

fn peers(views: &[UserView]) -> Vec<enums::Peer> {
    views
        .iter()
        .map(|view| {
            types::PeerUser {
                user_id: view.user_id,
            }
            .into()
        })
        .collect()
}
