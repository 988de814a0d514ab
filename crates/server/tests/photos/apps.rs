//! What apps that cannot run in a test do: the calls that they send, in their order, and the fields of
//! the answers that they read. Source: the code of Desktop and of Web A, as of the layers served here.

use testkit::{Account, decode, download, picture, pixel};
use tl::{enums, functions, types};

use crate::seen::{
    changed_user, history, input_photo, list, peer_photo, photo, photo_id, refused, sees, shown,
    sizes, suggestion, suggestion_in, user,
};

const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];

/// What Desktop does with each answer: takes photo and users, then asks for the full user.
async fn desktop_refetches(ada: &Account, bob: &Account) -> types::UserFull {
    let full = ada.sees_full(bob).await;
    assert_eq!(full.id, bob.id);
    full
}

/// P125: Desktop sets a picture and goes back to the original, all from answers and without a restart.
#[tokio::test]
async fn p125_desktop_goes_back_to_the_original_picture() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let original = photo(&bob.set_own(&picture(BLUE, 640)).await.unwrap()).id;
    let set = ada.set_personal(&bob, &picture(RED, 640)).await.unwrap();
    // "Reset to original" is offered where both pictures are there.
    let full = desktop_refetches(&ada, &bob).await;
    assert_eq!(photo_id(full.personal_photo.as_ref()), Some(photo(&set).id));
    assert_eq!(photo_id(full.profile_photo.as_ref()), Some(original));
    let cleared = ada.clear_personal(&bob).await.unwrap();
    assert_eq!(shown(user(&cleared.users[0])), Some((original, false)));
    let full = desktop_refetches(&ada, &bob).await;
    assert!(full.personal_photo.is_none());
    assert_eq!(photo_id(full.profile_photo.as_ref()), Some(original));
    let pixels = decode(&peer_photo(&ada, &bob, original, false).await.unwrap());
    assert!(pixel(&pixels, (1, 1))[2] > 150);
}

/// P126: Desktop accepts a suggestion as it is, by the photo; and cut, as a new upload. An old reference
/// is renewed by reading the message again.
#[tokio::test]
async fn p126_desktop_accepts_as_it_is_and_cut() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    bob.import(&ada).await;
    ada.suggest(&bob, &picture(RED, 800)).await.unwrap();
    let suggested = bob.update(suggestion).await;
    server.expire_file_references();
    let accept =
        |photo: &types::Photo| functions::photos::UpdateProfilePhoto::new(input_photo(photo));
    let refusal = bob.call(accept(&suggested.photo)).await.map(|_| ());
    assert_eq!(refusal, Err(refused("FILE_REFERENCE_EXPIRED")));
    let id = vec![
        types::InputMessageID {
            id: suggested.message.id,
        }
        .into(),
    ];
    let again = bob.call(functions::messages::GetMessages { id }).await;
    let enums::messages::Messages::Messages(again) = again.unwrap() else {
        panic!("one message")
    };
    let (_, fresh) = suggestion_in(&again.messages[0]).unwrap();
    let whole = bob.call(accept(&fresh)).await.unwrap();
    let first = photo(&whole).id;
    assert_eq!(shown(user(&whole.users[0])), Some((first, false)));
    // Cut: the app downloads the largest size, cuts it and uploads what is left.
    let largest = download(&bob, &fresh, "c").await.unwrap();
    let cut = bob.set_own(&testkit::cut(&largest, 400)).await.unwrap();
    let second = photo(&cut).id;
    assert_eq!(sees(&bob, &bob).await, Some((second, false)));
    assert_eq!(list(&ada, &bob, (0, 0, 100)).await.0, [second, first]);
    let told = |user: &types::User| shown(user) == Some((second, false));
    ada.update(|updates| changed_user(updates).filter(told))
        .await;
}

/// P127: Web A sets a picture and sees it, suggests one and draws the bubble, goes back to the original.
#[tokio::test]
async fn p127_web_a_sets_suggests_and_goes_back() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let original = photo(&bob.set_own(&picture(BLUE, 640)).await.unwrap()).id;
    let set = ada.set_personal(&bob, &picture(RED, 640)).await.unwrap();
    let set = photo(&set).clone();
    assert!(peer_photo(&ada, &bob, set.id, true).await.is_ok());
    ada.suggest(&bob, &picture(RED, 640)).await.unwrap();
    let bubble = ada.update(suggestion).await;
    assert!(bubble.message.out);
    assert!(sizes(&bubble.photo).iter().any(|size| size.0 == "c"));
    // It is drawn from the photo in the message, on both sides.
    assert!(download(&ada, &bubble.photo, "c").await.is_ok());
    let received = bob.update(suggestion).await.photo;
    // Accepting: the app downloads the picture and uploads it as one of its own.
    let bytes = download(&bob, &received, "c").await.unwrap();
    let accepted = photo(&bob.set_own(&bytes).await.unwrap()).id;
    assert_eq!(sees(&ada, &bob).await, Some((set.id, true)));
    // It forgets the picture only if the answer holds something that is no photo.
    let cleared = ada.clear_personal(&bob).await.unwrap();
    assert!(matches!(cleared.photo, enums::Photo::Empty(_)));
    assert_eq!(sees(&ada, &bob).await, Some((accepted, false)));
    assert_eq!(list(&ada, &bob, (0, 0, 80)).await.0, [accepted, original]);
    assert_eq!(history(&ada, &bob).await.len(), 1);
}
