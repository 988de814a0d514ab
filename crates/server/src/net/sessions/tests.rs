//! The registry alone, with sessions and mailboxes but no sockets.

use std::task::{Context, Poll, Waker};

use super::*;

const START: Time = Time::from_unix_seconds(1_700_000_000);
const SESSION: SessionRef = SessionRef {
    auth_key_id: 1,
    session_id: 2,
};

fn registry() -> Sessions {
    Sessions::new(Duration::from_secs(600))
}

fn mailbox() -> Arc<Mailbox> {
    Arc::new(Mailbox::default())
}

fn session(reference: SessionRef) -> Box<Session> {
    Box::new(Session::new(START, reference, 7))
}

fn mail(mailbox: &Mailbox) -> Vec<Command> {
    match mailbox.poll_take(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(commands) => commands,
        Poll::Pending => Vec::new(),
    }
}

fn facts(perm_auth_key_id: i64, user_id: i64) -> SessionFacts {
    let user_id = Some(user_id);
    SessionFacts {
        perm_auth_key_id,
        user_id,
        layer: 200,
        dc_id: 2,
        wants_updates: true,
        surely: true,
    }
}

#[test]
fn a_session_that_was_left_is_found_again_with_what_came_meanwhile() {
    let sessions = registry();
    let (first, second) = (mailbox(), mailbox());
    assert!(matches!(sessions.find(SESSION, &first), Found::Here(None)));
    sessions.detach(START, &first, vec![session(SESSION)]);
    assert_eq!(sessions.counts(), (1, 1));
    assert!(sessions.push(SESSION, UPDATES_TOO_LONG), "kept for it");
    let Found::Here(Some(found)) = sessions.find(SESSION, &second) else {
        panic!("lost")
    };
    assert_eq!(found.reference(), SESSION);
    assert_eq!(sessions.counts(), (1, 0));
    assert!(sessions.push(SESSION, UPDATES_TOO_LONG));
    assert!(matches!(
        mail(&second)[..],
        [Command::Push {
            session: SESSION,
            ..
        }]
    ));
}

#[test]
fn a_session_on_another_connection_is_asked_for_and_comes_by_mail() {
    let sessions = registry();
    let (first, second) = (mailbox(), mailbox());
    sessions.find(SESSION, &first);
    assert!(matches!(sessions.find(SESSION, &second), Found::Coming));
    let commands = mail(&first);
    let [
        Command::GiveSession {
            session: SESSION,
            to,
        },
    ] = &commands[..]
    else {
        panic!("{commands:?}");
    };
    sessions.give(START, SESSION, Some(session(SESSION)), (&first, to.clone()));
    assert!(matches!(
        mail(&second)[..],
        [Command::SessionFound { found: Some(_), .. }]
    ));
    let answer = Answer::error(400, "X");
    assert!(sessions.deliver(SESSION, MsgId(4), answer));
    assert!(
        matches!(mail(&second)[..], [Command::Answer { .. }]),
        "answers follow it"
    );
}

#[test]
fn a_third_connection_gets_it_from_the_second() {
    let sessions = registry();
    let (first, second, third) = (mailbox(), mailbox(), mailbox());
    sessions.find(SESSION, &first);
    assert!(matches!(sessions.find(SESSION, &second), Found::Coming));
    assert!(matches!(sessions.find(SESSION, &third), Found::Coming));
    let mut taken = Some(session(SESSION));
    for command in mail(&first) {
        let Command::GiveSession { session, to } = command else {
            panic!("{command:?}")
        };
        sessions.give(START, session, taken.take(), (&first, to));
    }
    let commands = mail(&second);
    let [
        Command::SessionFound { found: Some(_), .. },
        Command::GiveSession { to, .. },
    ] = &commands[..]
    else {
        panic!("{commands:?}");
    };
    assert!(Arc::ptr_eq(to, &third));
    sessions.give(
        START,
        SESSION,
        Some(session(SESSION)),
        (&second, to.clone()),
    );
    assert!(matches!(
        mail(&third)[..],
        [Command::SessionFound { found: Some(_), .. }]
    ));
}

#[test]
fn a_session_on_its_way_to_a_connection_that_ended_is_kept() {
    let sessions = registry();
    let (first, second, third) = (mailbox(), mailbox(), mailbox());
    sessions.find(SESSION, &first);
    sessions.find(SESSION, &second);
    sessions.detach(START, &second, Vec::new());
    let commands = mail(&first);
    let [Command::GiveSession { to, .. }] = &commands[..] else {
        panic!("{commands:?}")
    };
    sessions.give(START, SESSION, Some(session(SESSION)), (&first, to.clone()));
    assert!(matches!(
        sessions.find(SESSION, &third),
        Found::Here(Some(_))
    ));
}

#[test]
fn a_connection_that_ends_while_asked_still_gives_its_session() {
    let sessions = registry();
    let (first, second) = (mailbox(), mailbox());
    sessions.find(SESSION, &first);
    sessions.find(SESSION, &second);
    sessions.detach(START, &first, vec![session(SESSION)]);
    assert!(matches!(
        mail(&second)[..],
        [Command::SessionFound { found: Some(_), .. }]
    ));
    assert_eq!(sessions.counts(), (1, 0));
}

#[test]
fn left_sessions_are_forgotten_after_their_time() {
    let sessions = registry();
    let first = mailbox();
    sessions.find(SESSION, &first);
    sessions.note(SESSION, facts(1, 10));
    sessions.detach(START, &first, vec![session(SESSION)]);
    sessions.expire(START.plus(Duration::from_secs(599)));
    assert_eq!(sessions.counts(), (1, 1));
    sessions.expire(START.plus(Duration::from_secs(600)));
    assert_eq!(sessions.counts(), (0, 0));
    assert!(sessions.of_user(10).is_empty());
    assert!(!sessions.push(SESSION, UPDATES_TOO_LONG));
}

#[test]
fn a_key_with_too_many_sessions_loses_the_one_left_first() {
    let sessions = registry();
    let at = |session_id| SessionRef {
        auth_key_id: 1,
        session_id,
    };
    let max = i64::try_from(SESSIONS_PER_KEY_MAX).unwrap();
    for session_id in 1..=max {
        let mailbox = mailbox();
        sessions.find(at(session_id), &mailbox);
        sessions.detach(START, &mailbox, vec![session(at(session_id))]);
    }
    sessions.find(at(max + 1), &mailbox());
    assert_eq!(sessions.counts().0, SESSIONS_PER_KEY_MAX);
    assert!(!sessions.push(at(1), UPDATES_TOO_LONG));
    assert!(sessions.push(at(2), UPDATES_TOO_LONG));
}

#[test]
fn a_note_says_what_it_replaced_and_is_corrected_only_while_it_stands() {
    let sessions = registry();
    sessions.find(SESSION, &mailbox());
    assert_eq!(sessions.note(SESSION, facts(1, 10)), None);
    let signed_in = facts(1, 11);
    assert_eq!(sessions.note(SESSION, signed_in), Some(facts(1, 10)));
    sessions.correct(SESSION, &facts(1, 10), facts(1, 12));
    assert_eq!(sessions.facts(SESSION), Some(signed_in));
    sessions.correct(SESSION, &signed_in, facts(1, 12));
    assert_eq!(sessions.of_user(12).len(), 1);
    assert!(sessions.of_user(11).is_empty());
}

#[test]
fn signing_out_ends_updates_and_a_lost_key_ends_sessions() {
    let sessions = registry();
    let (first, second) = (mailbox(), mailbox());
    let temporary = SessionRef {
        auth_key_id: 5,
        session_id: 1,
    };
    sessions.find(SESSION, &first);
    sessions.find(temporary, &second);
    sessions.note(SESSION, facts(1, 10));
    sessions.note(temporary, facts(1, 10));
    assert_eq!(sessions.of_user(10).len(), 2);
    sessions.drop_user_key(1);
    assert!(sessions.of_user(10).is_empty());
    assert_eq!(
        sessions.layer(SESSION),
        Some(200),
        "what it speaks is still known"
    );
    sessions.note(SESSION, facts(1, 11));
    assert_eq!(sessions.of_user(11).len(), 1);
    sessions.drop_key(1);
    assert!(matches!(mail(&first)[..], [Command::ForgetKey(1)]));
    assert!(sessions.of_user(11).is_empty());
    assert!(mail(&second).is_empty(), "another key");
}

#[test]
fn destroying_tells_whether_there_was_one() {
    let sessions = registry();
    let first = mailbox();
    assert!(!sessions.destroy(SESSION));
    sessions.find(SESSION, &first);
    assert!(sessions.destroy(SESSION));
    assert!(matches!(mail(&first)[..], [Command::DropSession(SESSION)]));
    assert!(!sessions.destroy(SESSION));
}

#[test]
fn left_sessions_that_hold_too_much_make_room_the_first_left_first() {
    let sessions = registry();
    let at = |number: i64| SessionRef {
        auth_key_id: number,
        session_id: 1,
    };
    let update = Bytes::from(vec![0; 60 * 1024]);
    let most = i64::try_from(SESSIONS_DETACHED_BYTES_MAX / update.len()).unwrap();
    for number in 1..=most + 10 {
        let mailbox = mailbox();
        sessions.find(at(number), &mailbox);
        sessions.detach(START, &mailbox, vec![session(at(number))]);
        assert!(sessions.push(at(number), update.clone()));
    }
    assert!(sessions.counts().1 <= usize::try_from(most).unwrap());
    assert!(!sessions.push(at(1), UPDATES_TOO_LONG));
    assert!(sessions.push(at(most + 10), UPDATES_TOO_LONG));
    let state = sessions.state();
    assert!(state.detached_bytes <= SESSIONS_DETACHED_BYTES_MAX);
}

#[test]
fn a_session_given_on_after_its_taker_ended_is_not_doubled() {
    let sessions = registry();
    let (first, second, third) = (mailbox(), mailbox(), mailbox());
    sessions.find(SESSION, &first);
    sessions.find(SESSION, &second);
    sessions.find(SESSION, &third);
    let mut taken = Some(session(SESSION));
    let mut asked = mail(&first).into_iter();
    let mut give = |command: Option<Command>| {
        let Some(Command::GiveSession { session, to }) = command else {
            panic!("not asked")
        };
        sessions.give(START, session, taken.take(), (&first, to));
    };
    give(asked.next());
    let found = mail(&second).into_iter().find_map(|command| match command {
        Command::SessionFound { found, .. } => found,
        _ => None,
    });
    sessions.detach(START, &second, vec![found.unwrap()]);
    give(asked.next());
    assert!(matches!(
        mail(&third)[..],
        [Command::SessionFound { found: Some(_), .. }]
    ));
    assert_eq!(sessions.counts(), (1, 0));
}
