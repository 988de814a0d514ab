//! Calls to channels whose answer was lost with the server: sent again as the same message, they act
//! once and are answered alike (docs/decisions/0026).

use testkit::{Account, new_msg_id, picture};
use tl::{Method, Put, functions, types};

use crate::seat::{
    Channel, channel_in, create, history, invite, new, set_photo, told_in, uploaded,
};

/// The answers of one call, sent before and after the server was started anew.
struct Twice<M: Method> {
    msg_id: mtproto::MsgId,
    request: M,
    first: M::Output,
}

impl<M: Method + Put> Twice<M> {
    async fn call(account: &Account, request: M) -> Self {
        let msg_id = new_msg_id();
        let first = account.call_as(msg_id, &request).await.unwrap();
        Self {
            msg_id,
            request,
            first,
        }
    }

    /// The first answer and the second.
    async fn again(self, account: &Account) -> (M::Output, M::Output) {
        let second = account.call_as(self.msg_id, &self.request).await;
        let second = second.unwrap_or_else(|refused| panic!("{}: {refused}", M::NAME));
        (self.first, second)
    }
}

/// The message of an answer, which is the same both times.
macro_rules! same_message {
    ($twice:expr, $account:expr) => {
        let (first, second) = $twice.again($account).await;
        let message = |updates| told_in(updates).map(|(message, pts)| (message.id, pts));
        let (first, second) = (message(&first), message(&second));
        assert!(first.is_some());
        assert_eq!(first, second);
    };
}

#[tokio::test]
async fn what_a_channel_says_is_changed_once() {
    let mut server = testkit::start().await;
    let ada = server.account("Ada").await;
    let made = Twice::call(&ada, new(true, "Ours")).await;
    let ours = channel_in(&made.first);
    let titled = functions::channels::EditTitle {
        channel: ours.input(),
        title: "Theirs".to_owned(),
    };
    let titled = Twice::call(&ada, titled).await;
    let file = ada.upload(&picture([7, 99, 50], 320), "x.jpg").await;
    let pictured = functions::channels::EditPhoto {
        channel: ours.input(),
        photo: uploaded(file),
    };
    let pictured = Twice::call(&ada, pictured).await;
    let about = functions::messages::EditChatAbout {
        peer: ours.peer(),
        about: "other words".to_owned(),
    };
    let about = Twice::call(&ada, about).await;
    let username = functions::channels::UpdateUsername {
        channel: ours.input(),
        username: "ours_public".to_owned(),
    };
    let username = Twice::call(&ada, username).await;
    let own = functions::account::UpdateUsername {
        username: "ada_lovelace".to_owned(),
    };
    let own = Twice::call(&ada, own).await;

    server.restart().await;
    ada.hang_up();
    ada.dial();
    same_message!(made, &ada);
    same_message!(titled, &ada);
    same_message!(pictured, &ada);
    assert_eq!(about.again(&ada).await, (true, true));
    assert_eq!(username.again(&ada).await, (true, true));
    let (first, second) = own.again(&ada).await;
    assert_eq!(first, second);
    assert_eq!(history(&ada, &ours).await.unwrap().0.len(), 3);
    // Under another number they are calls of their own.
    let taken = functions::channels::UpdateUsername {
        channel: ours.input(),
        username: "ours_public".to_owned(),
    };
    let refused = ada.call(taken).await.unwrap_err();
    assert_eq!(refused.name, "USERNAME_NOT_MODIFIED");
}

/// Who is in a channel, with people whose own calls are repeated as well.
#[tokio::test]
async fn people_come_and_go_once() {
    let mut server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let carl = server.account("Carl").await;
    let ours = create(&ada, true, "Ours").await;
    let invited = functions::channels::InviteToChannel {
        channel: ours.input(),
        users: vec![ada.name(&bob).await],
    };
    let invited = Twice::call(&ada, invited).await;
    let mut admin_rights = types::ChatAdminRights::new();
    admin_rights.change_info = true;
    let user = ada.name(&bob).await;
    let promoted = functions::channels::EditAdmin::new(ours.input(), user, admin_rights);
    let promoted = Twice::call(&ada, promoted).await;
    invite(&ada, &ours, &[&carl]).await.unwrap();
    let mut banned_rights = types::ChatBannedRights::new(0);
    banned_rights.view_messages = true;
    let banned = functions::channels::EditBanned {
        channel: ours.input(),
        participant: ada.peer(&carl).await,
        banned_rights,
    };
    let banned = Twice::call(&ada, banned).await;
    let theirs = seen(&bob, ours.id).await;
    let left = functions::channels::LeaveChannel {
        channel: theirs.input(),
    };
    let left = Twice::call(&bob, left).await;
    let news = create(&ada, false, "News").await;
    let ended = functions::channels::DeleteChannel {
        channel: news.input(),
    };
    let ended = Twice::call(&ada, ended).await;
    let before = history(&ada, &ours).await.unwrap();

    server.restart().await;
    for account in [&ada, &bob] {
        account.hang_up();
        account.dial();
    }
    let (first, second) = invited.again(&ada).await;
    let message = |invited: &types::messages::InvitedUsers| told_in(&invited.updates).unwrap().1;
    assert_eq!(message(&first), message(&second));
    promoted.again(&ada).await;
    same_message!(banned, &ada);
    let (first, second) = left.again(&bob).await;
    assert_eq!(channel_in(&first).id, channel_in(&second).id);
    ended.again(&ada).await;
    // Nobody came back by it, and nothing was said twice.
    assert_eq!(history(&ada, &ours).await.unwrap(), before);
    let outside = set_photo(&bob, &theirs, Some(&picture([9, 9, 99], 320))).await;
    assert_eq!(outside.unwrap_err().name, "CHANNEL_PRIVATE");
}

/// The channel as the only one in somebody's list.
async fn seen(account: &Account, id: i64) -> Channel {
    let offset = tl::enums::InputPeer::Empty;
    let request = functions::messages::GetDialogs::new(0, 0, offset, 100, 0);
    let chats = match account.call(request).await.unwrap() {
        tl::enums::messages::Dialogs::Dialogs(all) => all.chats.clone(),
        other => panic!("{other:?}"),
    };
    let found = chats.iter().map(crate::seat::named);
    let mut found = found.filter(|channel| channel.id == id);
    found.next().unwrap()
}
