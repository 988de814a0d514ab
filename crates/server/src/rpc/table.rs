//! The table of methods: from an id on the wire to the handler behind it.

use std::{collections::HashMap, future::Future, pin::Pin, sync::LazyLock};

use bytes::Bytes;
use domain::{Error, Fault, Refusal};
use tl::{
    ReadError,
    wire::{Reader, Writer},
};

use super::{Cx, Origin, Rpc, caller::Admit};

/// The TL bytes of a result, in the caller's layer.
pub(super) type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Error>> + Send + 'a>>;

/// One row of the table.
pub(crate) struct Method {
    pub(super) ids: &'static [u32],
    pub(super) call: for<'a> fn(u32, Bytes, Origin, &'a Cx) -> Answer<'a>,
}

impl Method {
    /// The row of method `M`.
    pub(crate) const fn of<M: Rpc>() -> Self {
        Self {
            ids: M::IDS,
            call: call::<M>,
        }
    }
}

/// Admits the caller, decodes, handles, encodes.
fn call<M: Rpc>(id: u32, body: Bytes, origin: Origin, cx: &Cx) -> Answer<'_> {
    Box::pin(async move {
        let layer = origin.layer;
        let caller = M::Caller::admit(origin)?;
        let request = decode::<M>(id, body)?;
        let outcome = request.handle(caller, cx).await?;
        let mut writer = Writer::new(layer);
        M::put_output(&outcome, &mut writer);
        Ok(writer
            .into_result()
            .map_err(Fault::doing("write an answer in the caller's layer"))?)
    })
}

fn decode<M: Rpc>(id: u32, body: Bytes) -> Result<M, Refusal> {
    let mut reader = Reader::new(body);
    let request = M::get(&mut reader, id).and_then(|request| {
        reader.finish()?;
        Ok(request)
    });
    request.map_err(|error| unreadable(&error))
}

/// The words for bytes that are not what they claim to be.
pub(super) fn unreadable(error: &ReadError) -> Refusal {
    match error {
        ReadError::Method(id) => Refusal::unknown_method(*id),
        ReadError::Constructor(_) => Refusal::INPUT_CONSTRUCTOR_INVALID,
        ReadError::TooLong => Refusal::INPUT_REQUEST_TOO_LONG,
        _ => Refusal::INPUT_FETCH_FAIL,
    }
}

/// Every method with a handler, by each of its ids in every layer.
pub(super) static METHODS: LazyLock<HashMap<u32, &'static Method>> = LazyLock::new(|| {
    let rows = [
        super::account::METHODS,
        super::auth::METHODS,
        super::contacts::METHODS,
        super::help::METHODS,
        super::messages::METHODS,
        super::photos::METHODS,
        super::updates::METHODS,
        super::upload::METHODS,
        super::users::METHODS,
        super::quiet::METHODS,
    ];
    rows.into_iter()
        .flatten()
        .flat_map(|row| row.ids.iter().map(move |id| (*id, row)))
        .collect()
});
