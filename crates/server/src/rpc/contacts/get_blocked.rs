//! `contacts.getBlocked`: whom the caller has blocked, newest first.
//! contacts.getBlocked#9a868f80 flags:# my_stories_from:flags.0?true offset:int limit:int = contacts.Blocked
//! Source: official method page.

use domain::{Error, contacts};
use tl::{functions::contacts::GetBlocked, types};

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

/// Rows of one page.
const PAGE_MAX: i32 = 100;

impl Rpc for GetBlocked {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let (offset, limit) = (self.offset.max(0), self.limit.clamp(1, PAGE_MAX));
        let page = contacts::blocked(&cx.services, caller.id, offset.into(), limit.into()).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let blocked: Vec<types::PeerBlocked> = page
            .rows
            .iter()
            .map(|row| types::PeerBlocked {
                peer_id: types::PeerUser {
                    user_id: row.blocked_id,
                }
                .into(),
                date: answers::int(row.blocked_at),
            })
            .collect();
        let users = answers::users(to, &page.users);
        let whole = offset == 0 && i64::try_from(blocked.len()) == Ok(page.count);
        Ok(if whole {
            types::contacts::Blocked {
                blocked,
                chats: Vec::new(),
                users,
            }
            .into()
        } else {
            let count = answers::int(page.count);
            types::contacts::BlockedSlice {
                count,
                blocked,
                chats: Vec::new(),
                users,
            }
            .into()
        })
    }
}
