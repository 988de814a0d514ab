//! `photos.uploadContactProfilePhoto`: the picture that one account sees of a contact, and suggestions.

use store::{
    Tx,
    rows::{contacts, messages as message_rows},
};

use super::{
    Caller, Changed, GivenMedia,
    change::{Change, change, some_action},
    picture::{self, Picture},
    repeated,
};
use crate::{
    Error, Refusal, Services, SuggestRequires,
    contacts::is_blocked,
    messages,
    peers::{self, Named},
    updates,
};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct ForContact {
    /// Whose picture.
    pub target: Named,
    /// Send it as a suggestion.
    pub suggest: bool,
    /// Change what the caller sees.
    pub save: bool,
    /// The picture, if there is one.
    pub media: GivenMedia,
    /// Several media make one picture.
    pub combinations: bool,
}

/// Sets, takes away or suggests the picture of a contact.
///
/// # Errors
/// In this order: USER_ID_INVALID: nobody, oneself, a bot. NEED_ACTION_MISSING: no flag and no media.
/// INPUT_USER_DEACTIVATED. CONTACT_MISSING. YOU_BLOCKED_USER, USER_IS_BLOCKED: suggestions only.
/// PHOTO_INVALID, PHOTO_FILE_MISSING: media that make no picture. VIDEO_FILE_INVALID,
/// PHOTO_EXT_INVALID: read off the request. EMOJI_MARKUP_INVALID, STICKERSET_INVALID,
/// STICKER_MIME_INVALID: the sticker. FILE_PARTS_INVALID, FILE_PART_X_MISSING,
/// FILE_PART_SIZE_INVALID, MD5_CHECKSUM_INVALID: the upload. PHOTO_SAVE_FILE_INVALID,
/// PHOTO_CROP_SIZE_SMALL, IMAGE_PROCESS_FAILED, VIDEO_FILE_INVALID: the picture. FLOOD_WAIT_X: too
/// much of what moves waits. NOT_IMPLEMENTED: nothing that moves can be made on this machine.
///
/// Source: the method's page. Chosen: the order, so that nothing is decoded for a request that is
/// refused anyway (docs/decisions/0060).
pub async fn change_for_contact(
    services: &Services,
    caller: Caller,
    asked: ForContact,
) -> Result<Changed, Error> {
    let mut tx = services.store.read().await?;
    let judged = judge(services, &mut tx, caller.user_id, &asked).await?;
    let ids = judged.users(caller.user_id);
    if let Some(outcome) = repeated::outcome(services, &mut tx, caller, &ids).await? {
        return Ok(outcome);
    }
    drop(tx);
    let picture = match judged.change {
        Change::Remove => None,
        _ => Some(picture::make(services, caller.user_id, asked.media.sources()?).await?),
    };
    // What was true before the picture was decoded may not be any more.
    let mut tx = services
        .store
        .begin_for(&[caller.user_id, judged.target_id])
        .await?;
    let judged = judge(services, &mut tx, caller.user_id, &asked).await?;
    apply(services, tx, caller, &judged, picture).await
}

/// A request that may do what it asks.
struct Judged {
    target_id: i64,
    change: Change,
    has_personal: bool,
}

impl Judged {
    /// The users of the answer.
    fn users(&self, caller_id: i64) -> Vec<i64> {
        let caller = self.change.suggests().then_some(caller_id);
        std::iter::once(self.target_id).chain(caller).collect()
    }
}

async fn judge(
    services: &Services,
    tx: &mut Tx,
    caller_id: i64,
    asked: &ForContact,
) -> Result<Judged, Error> {
    let target = peers::resolve(services, tx, caller_id, asked.target).await?;
    let target_id = target.user_id;
    let shape = asked.media.shape();
    some_action(asked.suggest, asked.save, shape)?;
    let contact = contacts::among(tx, caller_id, &[target_id]).await?.pop();
    let mut subject = Subject {
        is_self: target_id == caller_id,
        is_bot: target.bot_owner_id.is_some(),
        is_deleted: target.deleted_at.is_some(),
        is_contact: contact.is_some(),
        ..Subject::default()
    };
    if asked.suggest {
        let newest = message_rows::Window::first(1);
        let newest = message_rows::newest_first(tx, caller_id, target_id, newest).await?;
        subject.has_messages = !newest.is_empty();
        subject.is_blocked = is_blocked(tx, caller_id, target_id).await?;
        subject.blocks_caller = is_blocked(tx, target_id, caller_id).await?;
    }
    subject.admit(asked.suggest, asked.save, services.rules.suggest_requires)?;
    let change = change(asked.suggest, asked.save, shape, asked.combinations)?;
    let has_personal = contact.is_some_and(|contact| contact.personal_photo_id.is_some());
    Ok(Judged {
        target_id,
        change,
        has_personal,
    })
}

/// The target of a request, seen by its caller.
#[derive(Clone, Copy, Debug, Default)]
struct Subject {
    is_self: bool,
    is_bot: bool,
    is_deleted: bool,
    is_contact: bool,
    has_messages: bool,
    /// By the caller.
    is_blocked: bool,
    blocks_caller: bool,
}

impl Subject {
    fn admit(
        self,
        suggest: bool,
        save: bool,
        suggest_requires: SuggestRequires,
    ) -> Result<(), Refusal> {
        if self.is_self || self.is_bot {
            return Err(Refusal::USER_ID_INVALID);
        }
        if self.is_deleted {
            return Err(Refusal::INPUT_USER_DEACTIVATED);
        }
        let known = match suggest_requires {
            SuggestRequires::Contact => self.is_contact,
            SuggestRequires::ContactOrChat => self.is_contact || self.has_messages,
            SuggestRequires::Anyone => true,
        };
        // Only a suggestion and nothing else is open to more than contacts.
        let known = if suggest && !save {
            known
        } else {
            self.is_contact
        };
        if !known {
            return Err(Refusal::CONTACT_MISSING);
        }
        if suggest && self.is_blocked {
            return Err(Refusal::YOU_BLOCKED_USER);
        }
        if suggest && self.blocks_caller {
            return Err(Refusal::USER_IS_BLOCKED);
        }
        Ok(())
    }
}

async fn apply(
    services: &Services,
    mut tx: Tx,
    caller: Caller,
    judged: &Judged,
    picture: Option<Picture>,
) -> Result<Changed, Error> {
    let (caller_id, target_id) = (caller.user_id, judged.target_id);
    let photo = match picture {
        Some(picture) => Some(picture.insert(services, &mut tx, caller_id).await?),
        None => None,
    };
    let photo_id = photo.as_ref().map(|photo| photo.photo_id);
    let mut wake = Vec::new();
    let removes = judged.change == Change::Remove && judged.has_personal;
    if judged.change.sets() || removes {
        contacts::set_personal(&mut tx, caller_id, target_id, photo_id).await?;
        let origin = caller.session_id;
        updates::user_changed(services, &mut tx, caller_id, target_id, origin).await?;
        wake.push(caller_id);
    }
    if let (true, Some(photo_id)) = (judged.change.suggests(), photo_id) {
        wake.extend(messages::suggest(services, &mut tx, caller_id, target_id, photo_id).await?);
    }
    repeated::note(services, &mut tx, caller, photo.as_ref()).await?;
    let ids = judged.users(caller_id);
    let users = peers::view(services, &mut tx, caller_id, &ids).await?;
    services.commit(tx, &wake).await?;
    Ok(Changed { photo, users })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTACT: Subject = Subject {
        is_self: false,
        is_bot: false,
        is_deleted: false,
        is_contact: true,
        has_messages: false,
        is_blocked: false,
        blocks_caller: false,
    };

    fn save(subject: Subject) -> Result<(), Refusal> {
        subject.admit(false, true, SuggestRequires::Contact)
    }

    fn suggest(subject: Subject) -> Result<(), Refusal> {
        subject.admit(true, false, SuggestRequires::Contact)
    }

    /// P13, P15, P121 and 3.7.
    #[test]
    fn oneself_bots_and_deleted_accounts_are_no_subjects() {
        for admit in [save, suggest] {
            let invalid = Err(Refusal::USER_ID_INVALID);
            assert_eq!(
                admit(Subject {
                    is_self: true,
                    ..CONTACT
                }),
                invalid
            );
            assert_eq!(
                admit(Subject {
                    is_bot: true,
                    ..CONTACT
                }),
                invalid
            );
            let deleted = Subject {
                is_deleted: true,
                ..CONTACT
            };
            assert_eq!(admit(deleted), Err(Refusal::INPUT_USER_DEACTIVATED));
            assert_eq!(admit(CONTACT), Ok(()));
        }
    }

    /// P10, P11, P29, P30.
    #[test]
    fn the_setting_widens_suggestions_and_nothing_else() {
        use SuggestRequires::{Anyone, Contact, ContactOrChat};
        let stranger = Subject {
            is_contact: false,
            ..CONTACT
        };
        let chat = Subject {
            has_messages: true,
            ..stranger
        };
        let missing = Err(Refusal::CONTACT_MISSING);
        assert_eq!(stranger.admit(true, false, Contact), missing);
        assert_eq!(chat.admit(true, false, Contact), missing);
        assert_eq!(stranger.admit(true, false, ContactOrChat), missing);
        assert_eq!(chat.admit(true, false, ContactOrChat), Ok(()));
        assert_eq!(stranger.admit(true, false, Anyone), Ok(()));
        for rule in [Contact, ContactOrChat, Anyone] {
            assert_eq!(chat.admit(false, true, rule), missing);
            assert_eq!(chat.admit(false, false, rule), missing);
            assert_eq!(chat.admit(true, true, rule), missing);
        }
    }

    /// P31 to P33.
    #[test]
    fn blocks_stop_suggestions_only() {
        let blocked = Subject {
            is_blocked: true,
            ..CONTACT
        };
        let blocking = Subject {
            blocks_caller: true,
            ..CONTACT
        };
        assert_eq!(suggest(blocked), Err(Refusal::YOU_BLOCKED_USER));
        assert_eq!(suggest(blocking), Err(Refusal::USER_IS_BLOCKED));
        assert_eq!((save(blocked), save(blocking)), (Ok(()), Ok(())));
    }
}
