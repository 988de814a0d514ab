//! A signed-in account on a connection, with a picture of its own.

use std::{fs, path::PathBuf};

use bytes::Bytes;
use tl::{Method, Put, enums, functions, types};

use crate::Outcome;

use super::{
    cost::Problem,
    line::Line,
    pictures,
    server::{CODE, Server},
};

/// The layer that the benchmarks speak.
const LAYER: i32 = tl::LAYER_MAX;
/// `invokeWithLayer`.
const INVOKE_WITH_LAYER: u32 = 0xda9b_0d0d;
/// `initConnection`.
const INIT_CONNECTION: u32 = 0xc1cd_5ea9;

/// A call's bytes.
pub(super) fn body(request: &impl Put) -> Result<Bytes, Problem> {
    Ok(tl::encode(request, LAYER)?.into())
}

/// A call's bytes with what the first call of a connection says.
pub(super) fn first_body(request: &impl Put) -> Result<Bytes, Problem> {
    let mut writer = tl::Writer::new(LAYER);
    writer.id(INVOKE_WITH_LAYER);
    writer.i32(LAYER);
    writer.id(INIT_CONNECTION);
    writer.i32(0);
    writer.i32(1); // api_id
    for text in ["bench", "bench", "1", "en", "", "en"] {
        writer.string(text);
    }
    writer.raw(&body(request)?);
    Ok(writer.into_result()?.into())
}

/// Calls a method and reads its answer.
pub(super) fn ask<M: Method + Put>(line: &mut Line, request: &M) -> Result<M::Output, Problem> {
    read::<M>(line.call(body(request)?)?)
}

fn read<M: Method>(answer: Bytes) -> Result<M::Output, Problem> {
    Ok(M::get_output(&mut tl::Reader::new(answer))?)
}

/// The phone of an account by its number.
fn phone(number: usize) -> String {
    format!("1555{number:07}")
}

/// Connects and makes an account; each needs a number of its own.
pub(super) fn sign_up(server: &Server, number: usize) -> Result<Line, Problem> {
    let mut line = Line::open(server)?;
    let phone = phone(number);
    let send = functions::auth::SendCode {
        phone_number: phone.clone(),
        api_id: 1,
        api_hash: "hash".to_owned(),
        settings: types::CodeSettings::new(),
    };
    let sent = read::<functions::auth::SendCode>(line.call(first_body(&send)?)?)?;
    let enums::auth::SentCode::SentCode(sent) = sent else {
        return Err("no code was sent".into());
    };
    let hash = sent.phone_code_hash.clone();
    let mut sign_in = functions::auth::SignIn::new(phone.clone(), hash.clone());
    sign_in.phone_code = Some(CODE.to_owned());
    ask(&mut line, &sign_in)?;
    let (first, last) = ("Ada".to_owned(), String::new());
    ask(
        &mut line,
        &functions::auth::SignUp::new(phone, hash, first, last),
    )?;
    Ok(line)
}

/// Adds the account with this number to the contacts.
pub(super) fn import(line: &mut Line, number: usize) -> Result<enums::InputUser, Problem> {
    import_phone(line, &phone(number))
}

/// Adds whoever has a phone to the contacts.
pub(super) fn import_phone(line: &mut Line, phone: &str) -> Result<enums::InputUser, Problem> {
    let (first, last) = ("Saved".to_owned(), String::new());
    let contact = types::InputPhoneContact::new(0, phone.to_owned(), first, last);
    let contacts = vec![contact];
    let found = ask(line, &functions::contacts::ImportContacts { contacts })?;
    let Some(enums::User::User(user)) = found.users.into_iter().next() else {
        return Err("nobody has that phone".into());
    };
    let access_hash = user.access_hash.ok_or("no access hash")?;
    let user_id = user.id;
    Ok(types::InputUser {
        user_id,
        access_hash,
    }
    .into())
}

/// Saves a picture of one part, to be used as [`saved`].
pub(super) fn save(line: &mut Line, picture: &[u8]) -> Outcome {
    let part = functions::upload::SaveFilePart {
        file_id: 1,
        file_part: 0,
        bytes: Bytes::copy_from_slice(picture),
    };
    ask(line, &part)?;
    Ok(())
}

/// The picture that was saved.
pub(super) fn saved() -> enums::InputFile {
    let (name, md5_checksum) = ("picture.jpg".to_owned(), String::new());
    types::InputFile {
        id: 1,
        parts: 1,
        name,
        md5_checksum,
    }
    .into()
}

/// A photo as its receiver names it.
pub(super) fn named(photo: &enums::Photo) -> Result<enums::InputPhoto, Problem> {
    let enums::Photo::Photo(photo) = photo else {
        return Err("no photo".into());
    };
    Ok(types::InputPhoto {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
    }
    .into())
}

/// Gives the account a main picture.
pub(super) fn picture_of(line: &mut Line) -> Result<enums::InputPhoto, Problem> {
    save(line, &pictures::jpeg(640, 640)?)?;
    let mut upload = functions::photos::UploadProfilePhoto::new();
    upload.file = Some(saved());
    named(&ask(line, &upload)?.photo)
}

/// Gives the account a picture and says where its largest size can be downloaded, and the file
/// that the server keeps it in.
pub(super) fn with_picture(
    server: &Server,
    line: &mut Line,
) -> Result<(enums::InputFileLocation, PathBuf), Problem> {
    let enums::InputPhoto::InputPhoto(photo) = picture_of(line)? else {
        return Err("no photo".into());
    };
    let location = types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: "c".to_owned(),
    };
    let mut blobs = Vec::new();
    for folder in fs::read_dir(server.data.join("blobs"))? {
        for blob in fs::read_dir(folder?.path())? {
            let blob = blob?;
            blobs.push((blob.metadata()?.len(), blob.path()));
        }
    }
    let (_, largest) = blobs.into_iter().max().ok_or("no blob is kept")?;
    Ok((location.into(), largest))
}
