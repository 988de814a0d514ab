//! `upload.*` through a real socket: parts in, stretches out. Tests name their rows of the acceptance
//! matrix.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod parts;
mod stretches;

use testkit::{Account, Refused};
use tl::{enums, types};

fn refused<T>(name: &str) -> Result<T, Refused> {
    Err(Refused::new(400, name))
}

/// Uses an upload as the picture of Bob.
async fn set(
    ada: &Account,
    bob: &Account,
    file: enums::InputFile,
) -> Result<types::Photo, Refused> {
    let mut request = ada.contact_photo(bob).await;
    request.save = true;
    request.file = Some(file);
    match ada.call(request).await?.photo {
        enums::Photo::Photo(photo) => Ok(*photo),
        enums::Photo::Empty(_) => panic!("a set picture is answered with it"),
    }
}
