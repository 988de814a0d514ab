//! Suggesting a picture, and what its receiver does with it.

use cameo::settings::SuggestRequires;
use testkit::{Account, decode, download, picture, pixel};
use tl::{enums, functions};

use crate::seen::{
    arrived, changed_user, history, input_photo, list, peer_id, photo, pts, refused, sees, shown,
    sizes, suggestion, suggestion_in, user,
};

const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];

/// P19 to P24: the message in every session of both, each with its own ids.
#[tokio::test]
async fn p19_p24_a_suggestion_reaches_every_session_of_both() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    bob.write(&ada, "so that the boxes differ").await;
    bob.write(&bob, "a note of Bob's own").await;
    let phone = server.session_of(&ada).await;
    let before = (pts(&ada).await, pts(&bob).await);
    let answer = ada.suggest(&bob, &picture(RED, 800)).await.unwrap();
    let id = photo(&answer).id;
    let users: Vec<i64> = answer.users.iter().map(|it| user(it).id).collect();
    assert_eq!(users, [bob.id, ada.id]);
    assert_eq!(shown(user(&answer.users[0])), None);
    let suggested = arrived([&ada, &phone], &bob, id, before).await;
    assert_eq!(sees(&ada, &bob).await, None);
    let letters: Vec<String> = sizes(&suggested).into_iter().map(|size| size.0).collect();
    assert_eq!(letters, ["i", "a", "b", "c"]);
}

/// P22: it counts as unread, and stands on top of the list of chats.
#[tokio::test]
async fn p22_a_suggestion_is_unread_and_on_top() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    ada.suggest(&bob, &picture(RED, 800)).await.unwrap();
    let offset_peer = enums::InputPeer::Empty;
    let request = functions::messages::GetDialogs::new(0, 0, offset_peer, 10, 0);
    let enums::messages::Dialogs::Dialogs(found) = bob.call(request).await.unwrap() else {
        panic!("all chats of Bob fit one answer");
    };
    let [enums::Dialog::Dialog(dialog)] = &found.dialogs[..] else {
        panic!("one chat")
    };
    assert_eq!(peer_id(&dialog.peer), ada.id);
    assert_eq!(dialog.unread_count, 1);
    let (top, _) = suggestion_in(&found.messages[0]).expect("the suggestion is on top");
    assert_eq!(top.id, dialog.top_message);
}

/// P25: whoever was away finds it in the difference.
#[tokio::test]
async fn p25_the_difference_holds_what_was_missed() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let state = bob.call(functions::updates::GetState {}).await.unwrap();
    bob.hang_up();
    let id = photo(&ada.suggest(&bob, &picture(RED, 800)).await.unwrap()).id;
    let request = functions::updates::GetDifference::new(state.pts, state.date, state.qts);
    let enums::updates::Difference::Difference(found) = bob.call(request).await.unwrap() else {
        panic!("something was missed");
    };
    let (_, missed) = suggestion_in(&found.new_messages[0]).expect("a suggestion");
    assert_eq!(missed.id, id);
    assert!(found.users.iter().any(|it| user(it).id == ada.id));
}

/// P26, P28: a suggestion of nothing does nothing.
#[tokio::test]
async fn p26_p28_a_suggestion_needs_a_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let id = photo(&ada.set_personal(&bob, &picture(RED, 800)).await.unwrap()).id;
    for save in [false, true] {
        let mut request = ada.contact_photo(&bob).await;
        request.suggest = true;
        request.save = save;
        let refusal = ada.call(request).await.map(|_| ());
        assert_eq!(refusal, Err(refused("PHOTO_FILE_MISSING")));
    }
    assert_eq!(sees(&ada, &bob).await, Some((id, true)));
    assert!(history(&bob, &ada).await.is_empty());
}

/// P27, P35: both effects with one photo; the personal one stays when the message goes.
#[tokio::test]
async fn p27_p35_both_flags_are_both_effects() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let mut request = ada.contact_photo(&bob).await;
    (request.suggest, request.save) = (true, true);
    request.file = Some(ada.upload(&picture(RED, 800), "x.jpg").await);
    let answer = ada.call(request).await.unwrap();
    let id = photo(&answer).id;
    assert_eq!(shown(user(&answer.users[0])), Some((id, true)));
    let messages = history(&ada, &bob).await;
    assert_eq!(messages.len(), 1);
    let (message, suggested) = suggestion_in(&messages[0]).unwrap();
    assert_eq!(suggested.id, id);
    let mut request = functions::messages::DeleteMessages::new(vec![message.id]);
    request.revoke = true;
    ada.call(request).await.unwrap();
    assert_eq!(sees(&ada, &bob).await, Some((id, true)));
}

/// P30: the setting that lets people who have a chat suggest.
#[tokio::test]
async fn p30_a_chat_is_enough_where_the_host_says_so() {
    let server = testkit::start_with(|settings| {
        settings.suggest_requires = SuggestRequires::ContactOrChat;
    })
    .await;
    let (ada, cat) = server.two_strangers("Ada", "Cat").await;
    let missing = Err(refused("CONTACT_MISSING"));
    assert_eq!(
        ada.suggest(&cat, &picture(RED, 800)).await.map(|_| ()),
        missing
    );
    ada.write(&cat, "hello").await;
    ada.suggest(&cat, &picture(RED, 800)).await.unwrap();
    assert_eq!(
        ada.set_personal(&cat, &picture(RED, 800)).await.map(|_| ()),
        missing
    );
}

/// P31, P32: blocks in both directions.
#[tokio::test]
async fn p31_p32_blocks_stop_suggestions() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let id = bob.peer(&ada).await;
    bob.call(functions::contacts::Block::new(id)).await.unwrap();
    let refusal = ada.suggest(&bob, &picture(RED, 800)).await.map(|_| ());
    assert_eq!(refusal, Err(refused("USER_IS_BLOCKED")));
    let id = ada.peer(&bob).await;
    ada.call(functions::contacts::Block::new(id)).await.unwrap();
    let refusal = ada.suggest(&bob, &picture(RED, 800)).await.map(|_| ());
    assert_eq!(refusal, Err(refused("YOU_BLOCKED_USER")));
    assert!(history(&ada, &bob).await.is_empty());
}

/// P34, P36: deleting with and without `revoke`.
#[tokio::test]
async fn p34_p36_deleting_takes_one_copy_or_both() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    ada.suggest(&bob, &picture(RED, 800)).await.unwrap();
    ada.suggest(&bob, &picture(BLUE, 800)).await.unwrap();
    let ids: Vec<i32> = history(&ada, &bob)
        .await
        .iter()
        .map(|it| suggestion_in(it).unwrap().0.id)
        .collect();
    ada.call(functions::messages::DeleteMessages::new(vec![ids[0]]))
        .await
        .unwrap();
    assert_eq!(history(&ada, &bob).await.len(), 1);
    let kept = history(&bob, &ada).await;
    assert_eq!(kept.len(), 2);
    let (_, blue) = suggestion_in(&kept[0]).unwrap();
    let pixels = decode(&download(&bob, &blue, "c").await.unwrap());
    assert!(pixel(&pixels, (1, 1))[2] > 150);
    let (before, (theirs, red)) = (pts(&bob).await, suggestion_in(&kept[1]).unwrap());
    let mut request = functions::messages::DeleteMessages::new(vec![ids[1]]);
    request.revoke = true;
    ada.call(request).await.unwrap();
    let gone = bob
        .update(|updates| {
            crate::seen::parts(updates)
                .0
                .iter()
                .find_map(|update| match update {
                    enums::Update::DeleteMessages(update) => Some(update.clone()),
                    _ => None,
                })
        })
        .await;
    assert_eq!(
        (gone.messages, gone.pts, gone.pts_count),
        (vec![theirs.id], before + 1, 1)
    );
    assert_eq!(
        download(&bob, &red, "c").await,
        Err(refused("LOCATION_INVALID"))
    );
    assert_eq!(history(&bob, &ada).await.len(), 1);
}

async fn accept(
    who: &Account,
    photo: &tl::types::Photo,
) -> Result<tl::types::photos::Photo, testkit::Refused> {
    let request = functions::photos::UpdateProfilePhoto::new(input_photo(photo));
    who.call(request).await
}

/// P37 to P40: accepting, by whom and with which reference.
#[tokio::test]
async fn p37_p40_only_the_receiver_accepts() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let cat = server.account("Cat").await;
    let old = photo(&bob.set_own(&picture(BLUE, 640)).await.unwrap()).id;
    let sent = ada.suggest(&bob, &picture(RED, 800)).await.unwrap();
    let got = bob.update(suggestion).await.photo;
    for (who, photo) in [(&cat, &got), (&ada, photo(&sent))] {
        let refusal = accept(who, photo).await.map(|_| ());
        assert_eq!(refusal, Err(refused("PHOTO_ID_INVALID")));
    }
    server.expire_file_references();
    let refusal = accept(&bob, &got).await.map(|_| ());
    assert_eq!(refusal, Err(refused("FILE_REFERENCE_EXPIRED")));
    let fresh = read_again(&bob, &ada).await;
    let accepted = accept(&bob, &fresh).await.unwrap();
    let main = photo(&accepted).id;
    assert_eq!(shown(user(&accepted.users[0])), Some((main, false)));
    // An earlier update tells of the picture before.
    let new = |user: &tl::types::User| shown(user) == Some((main, false));
    let told = ada
        .update(|updates| changed_user(updates).filter(new))
        .await;
    assert_eq!(told.id, bob.id);
    assert_eq!(list(&ada, &bob, (0, 0, 100)).await, (vec![main, old], None));
    let suggested = download(&bob, &fresh, "c").await.unwrap();
    assert_eq!(
        download(&bob, photo(&accepted), "c").await.unwrap(),
        suggested
    );
}

/// The photo of the newest suggestion from `other`, read again with `messages.getMessages`.
async fn read_again(who: &Account, other: &Account) -> tl::types::Photo {
    let newest = history(who, other).await.remove(0);
    let (message, _) = suggestion_in(&newest).unwrap();
    let id = vec![tl::types::InputMessageID { id: message.id }.into()];
    let found = who
        .call(functions::messages::GetMessages { id })
        .await
        .unwrap();
    let enums::messages::Messages::Messages(found) = found else {
        panic!("one message")
    };
    suggestion_in(&found.messages[0]).unwrap().1
}
