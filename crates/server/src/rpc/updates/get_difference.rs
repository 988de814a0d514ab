//! `updates.getDifference`: what the caller has missed since a `pts` and a date, in slices.
//! updates.getDifference#19c2f763 flags:# pts:int pts_limit:flags.1?int pts_total_limit:flags.0?int
//! date:int qts:int qts_limit:flags.2?int = updates.Difference
//! Refuses: PERSISTENT_TIMESTAMP_INVALID. Source: official method page and page on updates.

use domain::{
    Error,
    updates::{self, Asked, Difference, Differing, Entry},
};
use tl::{enums, functions::updates::GetDifference, types};

use super::{Cx, User, answers};
use crate::rpc::{Rpc, answers::For};

impl Rpc for GetDifference {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let asked = Asked {
            pts: self.pts.into(),
            date: self.date.into(),
            pts_limit: self.pts_limit.map(i64::from),
            pts_total_limit: self.pts_total_limit.map(i64::from),
        };
        let mut tx = cx.services.store.read().await?;
        let difference = updates::difference(&cx.services, &mut tx, caller.id, asked).await?;
        let to = For::caller(caller.id, &caller.origin, &cx.services);
        Ok(match difference {
            Difference::Empty { date } => types::updates::DifferenceEmpty {
                date: answers::int(date),
                seq: 0,
            }
            .into(),
            Difference::TooLong { pts } => types::updates::DifferenceTooLong {
                pts: answers::int(pts),
            }
            .into(),
            Difference::All(differing) => {
                let (new_messages, other_updates) = parts(to, &differing);
                types::updates::Difference {
                    new_messages,
                    other_updates,
                    chats: answers::chats(to, &differing.bundle.chats),
                    users: answers::users(to, &differing.bundle.users),
                    state: answers::state(differing.state),
                }
                .into()
            }
            Difference::Slice(differing) => {
                let (new_messages, other_updates) = parts(to, &differing);
                types::updates::DifferenceSlice {
                    new_messages,
                    other_updates,
                    chats: answers::chats(to, &differing.bundle.chats),
                    users: answers::users(to, &differing.bundle.users),
                    intermediate_state: answers::state(differing.state),
                }
                .into()
            }
        })
    }
}

/// New messages stand for themselves; everything else stays an update.
fn parts(to: For<'_>, differing: &Differing) -> (Vec<enums::Message>, Vec<enums::Update>) {
    let (mut messages, mut others) = (Vec::new(), Vec::new());
    for entry in &differing.entries {
        match entry {
            Entry::Message { message, .. } => {
                messages.push(answers::message(to, message, &differing.bundle.photos));
            }
            other => others.push(answers::update(to, other, &differing.bundle)),
        }
    }
    (messages, others)
}
