//! Files in and out: processor time of the server per MB against the ciphers, hashes and file
//! access that no server can do without.

use std::{fs::File, io::Write, os::unix::fs::FileExt, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use mtproto::crypto::{Random, aes_ige, sha};
use tl::functions::upload::GetFile;

use super::{
    Row, Rows, account,
    cost::{Problem, cpu_of, least},
    server::Server,
};

/// The largest part. Source: official page on files.
const PART_BYTES: usize = 512 * 1024;
/// The largest stretch. Source: official page on files.
const STRETCH_BYTES: usize = 1024 * 1024;
/// What one round moves: long against the 10 ms in which the kernel counts.
const ROUND_BYTES: usize = 256 * 1024 * 1024;
/// Rounds, ours and the floor in turns; the best of each counts.
const ROUNDS: i64 = 3;
/// Parts or stretches under way at once, as file transfers of clients have.
const IN_FLIGHT: u32 = 4;
/// Source: the bound on both directions.
const RATIO_MAX: f64 = 1.5;
/// `upload.saveBigFilePart`.
const SAVE_BIG_FILE_PART: u32 = 0xde7b_673d;
/// `boolTrue`.
const TRUE: [u8; 4] = 0x9972_75b5_u32.to_le_bytes();
/// The bytes around a stretch in `upload.file`, and those of its padding.
const FILE_HEAD_BYTES: usize = 16;

/// `upload.saveBigFilePart` on one connection.
pub(super) fn upload() -> Rows {
    let server = Server::fresh("upload")?;
    let mut line = account::sign_up(&server, 1)?;
    let data = random_bytes(ROUND_BYTES);
    let part_of = |part: u32| &data[part as usize * PART_BYTES..][..PART_BYTES];
    let parts = u32::try_from(ROUND_BYTES / PART_BYTES)?;
    let (mut ours, mut floor) = (None, None);
    for round in 0..ROUNDS {
        least(&mut floor, per_mb(upload_floor(&server, &data)?));
        let before = server.cpu()?;
        let body = |part: u32| save_big_file_part(round + 1, (part, parts), part_of(part));
        line.pipeline((parts, IN_FLIGHT), body, |answer| **answer == TRUE)?;
        least(&mut ours, per_mb(server.cpu()? - before));
    }
    row("upload.saveBigFilePart, 512 KiB", ours, floor)
}

/// `upload.getFile` on one connection. Pictures are small, so the file behind one is made longer:
/// the way to its bytes stays the same.
pub(super) fn download() -> Rows {
    let server = Server::fresh("download")?;
    let mut line = account::sign_up(&server, 1)?;
    let (location, blob) = account::with_picture(&server, &mut line)?;
    std::fs::write(&blob, random_bytes(ROUND_BYTES))?;
    let stretches = u32::try_from(ROUND_BYTES / STRETCH_BYTES)?;
    let mut bodies = Vec::new();
    for stretch in 0..stretches {
        let mut request = GetFile::new(location.clone(), 0, i32::try_from(STRETCH_BYTES)?);
        request.offset = i64::from(stretch) * i64::try_from(STRETCH_BYTES)?;
        bodies.push(account::body(&request)?);
    }
    let (mut ours, mut floor) = (None, None);
    for _ in 0..ROUNDS {
        least(&mut floor, per_mb(download_floor(&blob)?));
        let before = server.cpu()?;
        let body = |stretch: u32| bodies[stretch as usize].clone();
        let whole = |answer: &Bytes| answer.len() >= FILE_HEAD_BYTES + STRETCH_BYTES;
        line.pipeline((stretches, IN_FLIGHT), body, whole)?;
        least(&mut ours, per_mb(server.cpu()? - before));
    }
    row("upload.getFile, 1 MiB", ours, floor)
}

fn row(name: &str, ours: Option<f64>, floor: Option<f64>) -> Rows {
    let figures = ours.zip(floor).ok_or("no round was run")?;
    Ok(vec![Row::over(name, "ms/MB", figures, RATIO_MAX)])
}

/// What every part needs: decryption, the hash that its message key is checked with, one write.
fn upload_floor(server: &Server, data: &[u8]) -> Result<Duration, Problem> {
    let path = server.data.join("floor");
    let mut file = File::create(&path)?;
    let mut data = data.to_vec();
    let spent = cpu_of(|| {
        for part in data.chunks_mut(PART_BYTES) {
            aes_ige::decrypt_in_place(part, &[1; 32], &[2; 32]);
            std::hint::black_box(sha::sha256(&[part]));
            file.write_all(part)?;
        }
        Ok(())
    });
    std::fs::remove_file(path)?;
    spent
}

/// What every stretch needs: one read, the hash that its message key is made of, encryption.
fn download_floor(blob: &std::path::Path) -> Result<Duration, Problem> {
    let file = File::open(blob)?;
    let mut buffer = vec![0; STRETCH_BYTES];
    cpu_of(|| {
        for at in 0..ROUND_BYTES / STRETCH_BYTES {
            file.read_exact_at(&mut buffer, (at * STRETCH_BYTES) as u64)?;
            std::hint::black_box(sha::sha256(&[&buffer]));
            aes_ige::encrypt_in_place(&mut buffer, &[1; 32], &[2; 32]);
        }
        Ok(())
    })
}

/// Written by hand, so that the client copies the bytes once.
fn save_big_file_part(file_id: i64, (part, parts): (u32, u32), data: &[u8]) -> Bytes {
    let mut body = BytesMut::with_capacity(24 + data.len());
    body.put_u32_le(SAVE_BIG_FILE_PART);
    body.put_i64_le(file_id);
    body.put_u32_le(part);
    body.put_u32_le(parts);
    // The long form of `bytes`; parts are multiples of four, so nothing is padded.
    body.put_u8(254);
    body.put_uint_le(data.len() as u64, 3);
    body.put_slice(data);
    body.freeze()
}

fn random_bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    Random::new([5; 32]).fill(&mut bytes);
    bytes
}

fn per_mb(spent: Duration) -> f64 {
    spent.as_secs_f64() * 1e3 / (ROUND_BYTES as f64 / 1e6)
}
