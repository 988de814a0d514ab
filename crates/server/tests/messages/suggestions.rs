//! Suggestions as messages: in every session of both sides, and deleted from one box or from both.

use tl::{enums, functions::messages as calls, types};

use crate::seen::{
    deleted, history, new_message, photo_id, service, sides, state, suggested, whole,
};

/// P19 to P24.
#[tokio::test]
async fn a_suggestion_reaches_every_session_of_both_sides_the_callers_too() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ada_too = server.session_of(&ada).await;
    ada.write(&bob, "hello").await;
    bob.update(new_message).await;
    let before = (state(&ada).await, state(&bob).await);
    let suggestion = ada
        .suggest(&bob, &testkit::picture([9, 90, 200], 800))
        .await
        .unwrap();

    let mut ids = Vec::new();
    for session in [&ada, &ada_too] {
        let found = |updates: &enums::Updates| {
            new_message(updates).filter(|new| matches!(new.0, enums::Message::Service(_)))
        };
        let (message, pts) = session.update(found).await;
        assert_eq!(sides(&message), (ada.id, bob.id));
        assert_eq!((service(&message).out, pts), (true, before.0.pts + 1));
        assert_eq!(suggested(&message).id, photo_id(&suggestion.photo));
        ids.push(service(&message).id);
    }
    assert_eq!(ids[0], ids[1]);
    let (message, pts) = bob.update(new_message).await;
    assert_eq!(sides(&message), (ada.id, ada.id));
    assert_eq!((service(&message).out, pts), (false, before.1.pts + 1));
    assert_eq!(state(&bob).await.unread_count, before.1.unread_count + 1);
    // P23: the caller sees the suggested picture nowhere but here.
    assert!(ada.sees_full(&bob).await.personal_photo.is_none());
    // P24
    let listed = whole(history(&bob, &ada, 10).await);
    let letters: Vec<String> = suggested(&listed.messages[0])
        .sizes
        .iter()
        .map(|size| match size {
            enums::PhotoSize::PhotoSize(size) => size.r#type.clone(),
            enums::PhotoSize::PhotoStrippedSize(size) => size.r#type.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(letters, ["i", "a", "b", "c"]);
    let id = vec![
        types::InputMessageID {
            id: service(&message).id,
        }
        .into(),
    ];
    let by_id = whole(bob.call(calls::GetMessages { id }).await.unwrap());
    assert_eq!(
        suggested(&by_id.messages[0]).id,
        photo_id(&suggestion.photo)
    );
}

/// P34 and P36.
#[tokio::test]
async fn a_deleted_suggestion_goes_from_one_box_or_from_both() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let ada_too = server.session_of(&ada).await;
    let mut own_ids = Vec::new();
    for shade in [10, 200] {
        ada.suggest(&bob, &testkit::picture([shade, 90, 200], 800))
            .await
            .unwrap();
        own_ids.push(service(&ada.update(new_message).await.0).id);
        bob.update(new_message).await;
    }
    let before = (state(&ada).await.pts, state(&bob).await.pts);
    let request = calls::DeleteMessages {
        revoke: false,
        id: vec![own_ids[0]],
    };
    let affected = ada.call(request).await.unwrap();
    assert_eq!((affected.pts, affected.pts_count), (before.0 + 1, 1));
    let told = ada_too.update(deleted).await;
    assert_eq!(
        (told.messages, told.pts, told.pts_count),
        (vec![own_ids[0]], before.0 + 1, 1)
    );
    assert_eq!(whole(history(&bob, &ada, 10).await).messages.len(), 2);

    let request = calls::DeleteMessages {
        revoke: true,
        id: vec![own_ids[1], 777],
    };
    let affected = ada.call(request).await.unwrap();
    assert_eq!((affected.pts, affected.pts_count), (before.0 + 2, 1));
    // Bob was told nothing of the first deletion: this is the next thing that he hears.
    let told = bob
        .update(|updates| Some(deleted(updates).expect("a deletion")))
        .await;
    assert_eq!(
        (told.messages, told.pts, told.pts_count),
        (vec![2], before.1 + 1, 1)
    );
    let left = whole(history(&bob, &ada, 10).await);
    assert_eq!(
        left.messages
            .iter()
            .map(|left| service(left).id)
            .collect::<Vec<_>>(),
        [1]
    );
    assert!(whole(history(&ada, &bob, 10).await).messages.is_empty());
}
