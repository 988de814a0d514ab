//! News in the words of each session: built once for each data centre that clients believe in, written
//! once for each layer.

use std::collections::HashMap;

use bytes::Bytes;
use domain::updates::News;
use mtproto::SessionRef;
use tl::enums;

use super::Push;
use crate::{
    event::Event,
    net::sessions::{SessionFacts, UPDATES_TOO_LONG},
    rpc::answers::{self, For},
};

/// Sessions that are told the same: data centre, the session that is left out of what it caused itself
/// (0: none), layer.
type Alike = (i32, i64, i32);

impl Push {
    /// Hands news to sessions; returns how many were told something.
    pub(super) fn write(
        &self,
        user_id: i64,
        news: &News,
        sessions: &[(SessionRef, SessionFacts)],
    ) -> usize {
        let mut built: HashMap<(i32, i64), Option<enums::Updates>> = HashMap::new();
        let mut written: HashMap<Alike, Option<Bytes>> = HashMap::new();
        let mut told = 0;
        for (session, facts) in sessions {
            let causes = news
                .entries
                .iter()
                .any(|(_, origin)| *origin == session.session_id);
            let skip = if causes { session.session_id } else { 0 };
            let updates = built
                .entry((facts.dc_id, skip))
                .or_insert_with(|| self.updates(user_id, facts.dc_id, news, skip));
            let body = written
                .entry((facts.dc_id, skip, facts.layer))
                .or_insert_with(|| Some(self.bytes(updates.as_ref()?, facts.layer)));
            if let Some(body) = body {
                self.sessions.push(*session, body.clone());
                told += 1;
            }
        }
        told
    }

    /// The news without what `skip` caused itself; `None`: nothing is left.
    fn updates(&self, user_id: i64, dc_id: i32, news: &News, skip: i64) -> Option<enums::Updates> {
        let to = For {
            viewer: user_id,
            dc_id,
            services: &self.services,
        };
        let entries = news
            .entries
            .iter()
            .filter(|(_, origin)| skip == 0 || *origin != skip);
        let updates: Vec<enums::Update> = entries
            .map(|(entry, _)| answers::update(to, entry, &news.bundle))
            .collect();
        (!updates.is_empty()).then(|| answers::updates(to, updates, &news.bundle, news.date))
    }

    /// In a layer; what has no form there makes the client ask for the difference.
    fn bytes(&self, updates: &enums::Updates, layer: i32) -> Bytes {
        match tl::encode(updates, layer) {
            Ok(bytes) => bytes.into(),
            Err(error) => {
                self.events.emit(Event::Fault {
                    doing: "write updates in a layer",
                    error: &error,
                });
                UPDATES_TOO_LONG
            }
        }
    }
}
